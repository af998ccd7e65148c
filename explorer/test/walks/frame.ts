// Around the data: what screen readers, keyboards, narrow screens and dark rooms need, and the views of the server itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from '../faults.ts';
import { stage, until, walkTo } from '../stage.ts';

/** Each view, and what is there when it is. */
const views: readonly (readonly [path: string, ready: string])[] = [
  ['', '.diagram-node'],
  ['Member', '[data-key="1"] img'],
  ['Member?open=1', '.entity-title :is(h1, h2)'],
  ['Member?$filter=nmae%20%3D%201', '.filter-error'],
  ['Member?$filter=fee%20%3E%205000', '.notice-title'],
  ['Member(1)', '.entity-title :is(h1, h2)'],
  ['Member(77777)', '.notice-title'],
  ['Member()', '.entity-title :is(h1, h2)'],
  ['Member(1)/photo', '.formats'],
  ['$call', '.call-list'],
  ['$call?function=Member%2Frichest', '.call-form'],
  ['$info', 'h1'],
  ['$login', 'h1'],
  ['Nobody', '.notice-title'],
];

test('every view can be heard, reached and read, in light and dark, and fits a narrow screen', async (t) => {
  const page = await stage.open(t, '');
  const look = async (what: string): Promise<void> => {
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await faultsOf(page), [], what);
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await faultsOf(page, ['color-contrast']), [], `${what}, dark`);
  };
  for (const [path, ready] of views) {
    await walkTo(page, path);
    await page.locator(ready).first().waitFor();
    if (path.endsWith('photo')) await page.getByRole('button', { name: 'Ask the server' }).click();
    await look(path);
    await page.setViewportSize({ width: 360, height: 700 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, `${path} is wider than the screen`);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  await walkTo(page, 'Member');
  await page.getByRole('button', { name: 'Columns' }).click();
  await look('the choice of columns');
  await page.getByRole('combobox').fill('name ');
  await page.getByRole('option').first().waitFor();
  await look('the completions');
});

test('on a narrow screen one thing at a time is seen', async (t) => {
  const page = await stage.open(t, 'Member?open=1', { viewport: { width: 360, height: 700 } });
  await page.locator('.entity-title :is(h1, h2)').waitFor();
  assert.ok(await page.getByRole('grid').isHidden(), 'the form has the screen for itself');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('grid').waitFor();
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Team' }).click();
  await page.waitForURL(/\/Team$/);
  assert.ok(await page.getByRole('navigation').isHidden(), 'the menu has closed');
});

test('the keyboard alone reaches an entity and comes back', async (t) => {
  const page = await stage.open(t, `${stage.server.url}/explorer/Member`);
  await page.locator('[data-key="1"]').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the view');
  await page.getByRole('grid').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('complementary', { name: 'Member 2' }).getByRole('heading').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('open'), '2');
  const outline = await page.evaluate(`(() => {
    document.querySelector('.panel [aria-label=Close]').focus();
    return getComputedStyle(document.activeElement).outlineStyle;
  })()`);
  assert.equal(outline, 'solid', 'what has the focus can be seen');
  await page.keyboard.press('Enter');
  await until(() => page.locator('.panel').count(), 0);
});

test('light and dark follow the system, or the choice made here', async (t) => {
  const page = await stage.open(t, 'Member', { colorScheme: 'dark' });
  await page.locator('[data-key="1"]').waitFor();
  const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  const dark = await ground();
  await page.getByRole('radio', { name: 'Light' }).check();
  const light = await ground();
  assert.notEqual(light, dark);
  await page.reload();
  await page.locator('[data-key="1"]').waitFor();
  assert.equal(await ground(), light);
});

test('sessions, sets and locks are told', async (t) => {
  const page = await stage.open(t, 'Member?open=3');
  await page.getByRole('button', { name: 'Lock' }).click();
  await page.getByRole('button', { name: 'Lock', pressed: true }).waitFor();
  // Another window is another session: it may look, and not save.
  const other = await stage.open(t, 'Member(3)');
  await other.getByRole('button', { name: 'Lock' }).click();
  await other.getByText('Another session holds Member 3').waitFor();
  await page.getByRole('link', { name: 'Sessions and sets' }).click();
  await page.getByRole('region', { name: 'Locks' }).getByRole('row').nth(1).waitFor();
  assert.match(await page.getByRole('region', { name: 'Locks' }).innerText(), /Member\s+3\s+[0-9A-F]{8}…/);
  assert.match(await page.getByRole('region', { name: 'Sessions' }).innerText(), /default guest/);
  await page.goBack();
  await page.getByRole('button', { name: 'Lock', pressed: true }).click();
  await page.getByRole('button', { name: 'Lock', pressed: false }).waitFor();
});

test('who administers the server ends the sessions of others; everybody ends their own', async (t) => {
  const other = await stage.open(t, 'Member(4)');
  await other.getByRole('button', { name: 'Lock' }).click();
  await other.getByRole('button', { name: 'Lock', pressed: true }).waitFor();
  const page = await stage.open(t, '$login');
  await page.getByLabel('Name').fill('root');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'root' }).waitFor();
  await walkTo(page, '$info');
  const locks = page.getByRole('region', { name: 'Locks' });
  const held = await locks
    .getByRole('row', { name: /^Member 4 / })
    .getByRole('cell')
    .nth(2)
    .innerText();
  assert.match(held, /^[0-9A-F]{32}$/);
  await page.getByRole('button', { name: `End session ${held.slice(0, 8)}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await until(() => page.getByRole('row', { name: /^Member 4 / }).count(), 0);
  await page.getByText(`The session ${held.slice(0, 8)} is ended`).waitFor();

  await walkTo(other, 'Member');
  await other.locator('[data-key="1"]').waitFor();
  await walkTo(other, '$info');
  // Who logs out goes on under a new session, which holds nothing.
  const session = other.getByRole('region', { name: 'Sessions' }).getByRole('cell').first();
  const own = await session.innerText();
  await other.getByRole('button', { name: /^End session/ }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await other.getByText('No set is kept').waitFor();
  await until(async () => (await session.innerText()) !== own, true);
});

test('one logs in and out', async (t) => {
  const page = await stage.open(t, '$login');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Name and password do not match.').waitFor();
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Ada Joubert' }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});
