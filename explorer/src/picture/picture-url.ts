// URLs of a picture, made from the one the server gave: it carries the version number.

/** The same URL with other values; undefined takes a parameter away. */
export function withParams(uri: string, params: Readonly<Record<string, string | number | undefined>>): string {
  const [path = '', query = ''] = uri.split(/\?(.*)/s);
  const given = new Map(
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => [part.split('=', 1)[0] as string, part]),
  );
  for (const [name, value] of Object.entries(params))
    if (value === undefined) given.delete(name);
    else given.set(name, `${name}=${encodeURIComponent(value)}`);
  return `${path}?${[...given.values()].join('&')}`;
}

/** The version number in a URL; undefined without one. */
export function versionOf(uri: string): number | undefined {
  const found = /[?&]\$version=(\d+)/.exec(uri)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Never drawn by the server, so never converted or made smaller. */
export const isAsItIs = (mediatype: string | undefined): boolean =>
  mediatype === 'image/svg+xml' || mediatype === 'application/pdf';

/** How large pictures shall be, in CSS pixels; sharp screens get as many more. */
export function pictureParams(size: number, fit: 'cover' | 'inside') {
  const pixels = Math.min(4096, Math.ceil(size * Math.min(3, devicePixelRatio || 1)));
  return { $imageformat: 'webp', $imagewidth: pixels, $imageheight: pixels, $imagefit: fit } as const;
}

/** A picture at a size, or as it is where it cannot be made smaller. */
export function sizedUri(uri: string, mediatype: string | undefined, size: number, fit: 'cover' | 'inside'): string {
  if (isAsItIs(mediatype))
    return withParams(uri, {
      $imageformat: 'best',
      $imagewidth: undefined,
      $imageheight: undefined,
      $imagefit: undefined,
    });
  return withParams(uri, pictureParams(size, fit));
}
