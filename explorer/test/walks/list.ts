// The list of a dataclass: counts, order, pages, columns, filter, and what is asked of the server for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { curl } from '../../../server/test/curl.ts';
import { memberCount, stage, until } from '../stage.ts';

const rows = (page: Page): ReturnType<Page['locator']> => page.locator('.grid-body .grid-row:not(.empty)');
const columnOf = async (page: Page, path: string, most = 3): Promise<readonly string[]> =>
  (await page.locator(`.grid-body [data-path="${path}"]`).allInnerTexts()).slice(0, most);
const searchOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);
const filterBox = (page: Page): ReturnType<Page['locator']> => page.getByRole('combobox', { name: /^Filter/ });

test('the model leads to its dataclasses, with their counts', async (t) => {
  const page = await stage.open(t, `${stage.server.url}/`);
  const nav = page.getByRole('navigation');
  await until(
    () => nav.getByRole('link').allInnerTexts(),
    ['Team\n3\nentities', `Member\n${memberCount}\nentities`, 'Model', 'Functions', 'Sessions and sets', 'User'],
  );
  const box = page.getByRole('link', { name: `Member, ${memberCount} entities, 18 attributes` });
  await box.waitFor();
  assert.equal(await page.locator('.diagram-edge').count(), 1);
  assert.match(await page.locator('.request-url').innerText(), /\/rest\/\$catalog\/\$all/);
  await box.click();
  await page.waitForURL('**/explorer/Member');
  await until(() => page.locator('.page-count').innerText(), `${memberCount} entities`);
  assert.equal(await page.title(), 'Member · Keystamp');
});

test('a click on a column sorts, and the address keeps it', async (t) => {
  const page = await stage.open(t, 'Member');
  await page.getByRole('button', { name: 'name', exact: true }).click();
  await until(() => columnOf(page, 'name'), ['Member 000', 'Member 001', 'Member 002']);
  assert.deepEqual(searchOf(page), { $orderby: 'name' });
  await page.getByRole('button', { name: 'name', exact: true }).click();
  await until(() => columnOf(page, 'name'), ['Member 259', 'Member 258', 'Member 257']);
  assert.equal(await page.getByRole('columnheader', { name: 'name' }).getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', { name: 'level' }).click({ modifiers: ['Shift'] });
  await until(() => Promise.resolve(searchOf(page)), { $orderby: 'name desc, level' });
  await page.reload();
  await until(() => columnOf(page, 'name', 1), ['Member 259']);
  await page.goBack();
  await until(() => Promise.resolve(searchOf(page)), { $orderby: 'name desc' });
});

test('pages come out of one entity set as they are looked at', async (t) => {
  stage.server.takeAnswered();
  const page = await stage.open(t, 'Member');
  await rows(page).first().waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  await until(() => rows(page).last().locator('[data-path="ID"]').innerText(), String(memberCount));
  assert.equal(await rows(page).last().getAttribute('aria-rowindex'), String(memberCount + 1));
  const asked = stage.server.takeAnswered().map(({ url }) => decodeURIComponent(url));
  const made = asked.filter((url) => url.includes('$method=entityset'));
  assert.equal(made.length, 1);
  assert.ok(
    asked.some((url) => /\/rest\/Member\/\$entityset\/\w+\?.*\$skip=200&\$top=100/.test(url)),
    asked.join('\n'),
  );
  await page.keyboard.press('Home');
  await until(() => rows(page).first().locator('[data-path="ID"]').innerText(), '1');
});

test('a list stays until the next one is there, and when a page of it cannot be read', async (t) => {
  const page = await stage.open(t, 'Member');
  await rows(page).first().waitFor();
  const grid = page.getByRole('grid');
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(/orderby/, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: 'name', exact: true }).click();
  await until(() => grid.getAttribute('aria-busy'), 'true');
  assert.deepEqual(await columnOf(page, 'ID'), ['1', '2', '3']);
  go();
  await until(() => columnOf(page, 'name'), ['Member 000', 'Member 001', 'Member 002']);
  assert.equal(await grid.getAttribute('aria-busy'), 'false');
  await page.unroute(/orderby/);

  await page.route(/entityset\//, (route) => route.abort());
  await grid.focus();
  await page.keyboard.press('End');
  await page.getByRole('alert').getByText('The server does not answer').waitFor();
  assert.ok((await page.locator('.grid-row.empty').count()) > 0);
  await page.unroute(/entityset\//);
  await page.getByRole('button', { name: 'Try again' }).click();
  await until(() => rows(page).last().locator('[data-path="name"]').innerText(), `Member ${memberCount - 1}`);
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('columns are chosen, those of related entities too, and stay in the address', async (t) => {
  const page = await stage.open(t, 'Member');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('searchbox', { name: 'Find an attribute' }).fill('team.name');
  await page.getByRole('checkbox').check();
  await until(() => columnOf(page, 'team.name', 4), ['Blues', 'Greens', 'Reds', 'null']);
  await page.getByRole('searchbox').fill('fee');
  await page.getByRole('checkbox').uncheck();
  await until(() => page.locator('[data-path="fee"]').count(), 0);
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('searchbox').count(), 0);
  const columns = searchOf(page)['$attributes']?.split(',');
  assert.equal(columns?.at(-1), 'team.name');
  assert.ok(!columns.includes('fee'));
  await page.reload();
  await until(() => columnOf(page, 'team.name', 1), ['Blues']);
});

test('the edge of a column is moved by keys as well', async (t) => {
  const page = await stage.open(t, 'Member');
  await rows(page).first().waitFor();
  const edge = page.getByRole('separator', { name: 'Width of name' });
  const head = page.getByRole('columnheader', { name: 'name' });
  const width = async (): Promise<number> => Math.round((await head.boundingBox())?.width ?? 0);
  const before = await width();
  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await until(width, before + 32);
  assert.equal(await edge.getAttribute('aria-valuenow'), String(before + 32));
  await page.keyboard.press('Home');
  await until(width, 56);
});

test('the filter completes attributes, relations, operators and values', async (t) => {
  const page = await stage.open(t, 'Member');
  const box = filterBox(page);
  const options = page.getByRole('option');
  await box.click();
  await box.pressSequentially('te');
  await until(async () => (await options.allInnerTexts())[0], 'team\none Team');
  await page.keyboard.press('Tab');
  assert.equal(await box.inputValue(), 'team.');
  await until(
    () => options.allInnerTexts(),
    ['ID\nlong', 'name\nstring', 'crest\nimage', 'members\nmany Member'].map((text) => `team.${text}`),
  );
  await page.keyboard.type('n');
  await page.keyboard.press('Tab');
  assert.equal(await box.inputValue(), 'team.name ');
  await until(
    async () => (await options.allInnerTexts()).map((text) => text.split('\n')[0]),
    ['=', '!=', 'begin', '%', 'in', '<', '>'],
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until(() => box.inputValue(), 'team.name = ');
  // The values that the attribute has, then those that begin as typed.
  await until(() => options.allInnerTexts(), ["'Blues'", "'Greens'", "'Reds'", 'null']);
  await page.keyboard.type('re');
  await until(() => options.allInnerTexts(), ["'Reds'"]);
  await page.keyboard.press('Tab');
  await until(() => box.inputValue(), "team.name = 'Reds' ");
  await page.keyboard.press('Enter');
  await until(() => page.locator('.page-count').innerText(), '65 entities found');
  assert.deepEqual(searchOf(page), { $filter: "team.name = 'Reds'" });
});

test('a conjunction of another kind puts brackets around what stands before', async (t) => {
  const page = await stage.open(t, 'Member');
  const box = filterBox(page);
  await box.fill('level = 1 and fee > 2 o');
  await page.getByRole('option', { name: /^or/ }).click();
  await until(() => box.inputValue(), '(level = 1 and fee > 2) or ');
  await box.fill('level = 1 and fee > 2 or fee < 1');
  await page.getByText('Read from left to right').waitFor();
});

test('what is wrong with a filter is said at its place', async (t) => {
  const page = await stage.open(t, 'Member');
  const wrong = page.locator('.filter-layer .wrong');
  const expected: readonly (readonly [filter: string, place: string, message: RegExp])[] = [
    ['nmae = 1', 'nmae', /"nmae" attribute cannot be found/],
    ['(level = 1) and team.nam = x', 'nam', /"nam" attribute cannot be found/],
    ['fee > abc', 'abc', /wrong type: abc/],
    ['fee > 1 and (level = 3', '(', /Parenthesis/],
    ["name = 'open", "'open", /no closing quote/],
    ['name ~ 3', '~', /Wrong comparison operator/],
    ['name = :1', ':1', /placeholder :1/],
    ['level =', '=', /no value/],
  ];
  for (const [filter, place, message] of expected) {
    await filterBox(page).fill(filter);
    await filterBox(page).press('Enter');
    await until(async () => (await wrong.allInnerTexts()).join(''), place);
    assert.match(await page.getByRole('alert').innerText(), message, filter);
  }
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await until(() => page.locator('.page-count').innerText(), `${memberCount} entities`);
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('a filter that finds nothing says so', async (t) => {
  const page = await stage.open(t, 'Member?$filter=fee%20%3E%205000');
  await page.getByText('No Member matches the filter').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await until(() => page.locator('.page-count').innerText(), `${memberCount} entities`);
});

test('the request behind the view can be taken along, as a URL and for curl', async (t) => {
  const page = await stage.open(t, 'Member?$filter=name%20%3D%20%27Member%20000%27');
  await until(() => page.locator('.page-count').innerText(), '1 entity found');
  await page.getByRole('button', { name: 'URL', exact: true }).click();
  const url = String(await page.evaluate('navigator.clipboard.readText()'));
  assert.ok(url.startsWith(`${stage.server.url}/rest/Member?`), url);
  const answer = (await (await fetch(url)).json()) as { __COUNT: number };
  assert.equal(answer.__COUNT, 1);
  await page.getByRole('button', { name: 'curl', exact: true }).click();
  const command = String(await page.evaluate('navigator.clipboard.readText()'));
  assert.equal((JSON.parse(await curl(command, '.')) as { __COUNT: number }).__COUNT, 1);
});

test('entities that come while the list is looked at are offered', async (t) => {
  const page = await stage.open(t, 'Team');
  await until(() => page.locator('.page-count').innerText(), '3 entities');
  await page.getByRole('link', { name: 'New' }).click();
  await page.locator('[data-attribute=name] input').fill('Yellows');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/Team\(\d+\)$/);
  await until(() => page.getByRole('navigation').getByRole('link').first().innerText(), 'Team\n4\nentities');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(/\/Team$/);
  await until(() => page.locator('.page-count').innerText(), '3 entities');
});
