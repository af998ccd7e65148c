// Runs inside the page: what people with a screen reader, a keyboard or weak eyes would stumble over, one line each.
(() => {
  const faults = [];
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const textOf = (id) => document.getElementById(id)?.textContent ?? '';
  const nameOf = (element) =>
    (
      (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean).map(textOf).join(' ') ||
      element.getAttribute('aria-label') ||
      [...(element.labels ?? [])].map((label) => label.textContent).join(' ') ||
      element.getAttribute('alt') ||
      element.textContent ||
      element.getAttribute('title') ||
      ''
    ).trim();
  const tell = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 140)}`);

  const named =
    'a[href], button, input, select, textarea, dialog[open], [role=grid], [role=listbox], [role=radiogroup], [role=region], [role=columnheader]';
  for (const element of document.querySelectorAll(named))
    if (isShown(element) && nameOf(element) === '') tell('no name', element);
  for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) tell('no alt', image);
  for (const graphic of document.querySelectorAll('svg'))
    if (graphic.getAttribute('aria-hidden') !== 'true' && !graphic.getAttribute('aria-label'))
      tell('drawing without a name', graphic);

  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id given twice: ${id}`);
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-activedescendant'])
    for (const element of document.querySelectorAll(`[${attribute}]`))
      for (const id of element.getAttribute(attribute).split(/\s+/))
        if (!document.getElementById(id)) tell(`${attribute} leads nowhere`, element);

  if (document.querySelectorAll('main').length !== 1) faults.push('not one <main>');
  if (![...document.querySelectorAll('h1, h2')].some(isShown)) faults.push('no heading');
  if (!document.documentElement.lang) faults.push('no language');
  for (const element of document.querySelectorAll('[tabindex]'))
    if (element.tabIndex > 0) tell('an order of its own for Tab', element);
  for (const row of document.querySelectorAll('[role=row]'))
    if (row.querySelector('[role=gridcell], [role=columnheader]') === null) tell('a row without cells', row);

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, at) => value * a + below[at] * (1 - a));
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = rgba(getComputedStyle(at).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (
      node.textContent.trim() === '' ||
      !isShown(element) ||
      element.closest('.sr-only, .skip, svg, :disabled, .stamp')
    )
      continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = over(rgba(style.color), ground);
    const [bright, dark] = [light(ink), light(ground)].toSorted((a, b) => b - a);
    const contrast = (bright + 0.05) / (dark + 0.05);
    const isLarge =
      parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    const key = `${style.color} on ${ground.map(Math.round)} in .${element.className}`;
    if (contrast >= (isLarge ? 3 : 4.5) || seen.has(key)) continue;
    seen.add(key);
    faults.push(`contrast ${contrast.toFixed(2)}: ${key} "${node.textContent.trim().slice(0, 30)}"`);
  }
  return faults;
})();
