// Functions: each kind of them is found, called, and its result shown as what it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { curl } from '../../../server/test/curl.ts';
import { stage, until, walkTo } from '../stage.ts';

const parameters = (page: Page): ReturnType<Page['getByLabel']> => page.getByLabel('Parameters');
const call = (page: Page): Promise<void> => page.getByRole('button', { name: 'Call', exact: true }).click();
const result = (page: Page): ReturnType<Page['locator']> => page.locator('.call-result');
const valueOf = async (page: Page): Promise<unknown> => JSON.parse(await result(page).locator('pre').innerText());
const linkTo = (page: Page, name: string): ReturnType<Page['locator']> =>
  page.getByRole('navigation', { name: 'Functions' }).getByRole('link', { name });

test('the functions of the datastore take parameters as JSON and show what they return', async (t) => {
  const page = await stage.open(t, 'Member');
  await page.getByRole('navigation').getByRole('link', { name: 'Functions' }).click();
  await until(() => page.locator('.call-list .nav-title').allInnerTexts(), ['Datastore', 'Member', 'Door, singleton']);
  await linkTo(page, 'greet').click();
  await parameters(page).fill('["Zoé"');
  assert.match(await page.locator('.field-errors').innerText(), /Line 1|not finished/);
  await parameters(page).fill('"Zoé"');
  assert.match(await page.locator('.field-errors').innerText(), /An array is expected/);
  assert.ok(await page.getByRole('button', { name: 'Call', exact: true }).isDisabled());
  await parameters(page).fill('["Zoé"]');
  await parameters(page).press('Control+Enter');
  await until(() => valueOf(page), { greeting: 'Zoé' });
  assert.equal(new URL(page.url()).searchParams.get('$params'), '["Zoé"]', 'the address keeps the call');
  await page.locator('.requests').getByRole('button', { name: 'curl', exact: true }).click();
  const command = String(await page.evaluate('navigator.clipboard.readText()'));
  assert.deepEqual(JSON.parse(await curl(command, '.')), { result: { greeting: 'Zoé' } });
  await parameters(page).fill('["Zoé", true]');
  await call(page);
  await until(() => valueOf(page), 'HELLO Zoé');
  await linkTo(page, 'fail').click();
  await call(page);
  await page.getByRole('alert').getByText('Not today (4711)').waitFor();
});

test('a function of a list runs on what the filter of the list finds', async (t) => {
  const page = await stage.open(t, 'Member?$filter=team.name%20%3D%20%27Reds%27');
  await page.locator('.page-head').getByRole('link', { name: 'Functions' }).click();
  await linkTo(page, 'howMany').click();
  await until(() => page.getByLabel('Filter').inputValue(), "team.name = 'Reds'");
  await call(page);
  await until(() => valueOf(page), { members: 65 });
  assert.match(await page.locator('.request .method').innerText(), /GET/);
  await linkTo(page, 'richest').click();
  assert.equal(await page.locator('.call-help').innerText(), 'It takes number.');
  assert.equal(await parameters(page).getAttribute('placeholder'), '[5]');
  await parameters(page).fill('[3]');
  await call(page);
  const names = result(page).locator('tbody td:first-child');
  await until(async () => (await names.allInnerTexts()).length, 3);
  await result(page).getByText('3 of Member').waitFor();
  const link = names.first().getByRole('link');
  const target = await link.getAttribute('href');
  assert.match(target ?? '', /Member\(\d+\)$/);
  await link.click();
  await page.waitForURL(`**${target}`);
});

test('a function of an entity is reached from its form, and its entity or picture shown', async (t) => {
  const page = await stage.open(t, 'Member(2)');
  await page.locator('.entity-tools').getByRole('link', { name: 'Functions' }).click();
  await until(() => page.getByLabel('Key of the Member').inputValue(), '2');
  const before = Number((await stage.read('Member(2)'))['level']);
  await parameters(page).fill('[2]');
  await call(page);
  await until(() => result(page).locator('[data-attribute=level] dd').innerText(), String(before + 2));
  assert.equal((await stage.read('Member(2)'))['level'], before + 2);
  await linkTo(page, 'portrait').click();
  await until(() => page.getByLabel('Key of the Member').inputValue(), '2');
  await call(page);
  await until(
    () =>
      page.getByRole('img', { name: 'What the function returned' }).evaluate((image: unknown) => {
        const { complete, naturalHeight } = image as { readonly complete: boolean; readonly naturalHeight: number };
        return complete && naturalHeight;
      }),
    64,
  );
  await page.getByLabel('Key of the Member').fill('77777');
  await call(page);
  await page.getByRole('alert').getByText(/77777/).waitFor();
  await walkTo(page, '$call?function=%24singleton%2FDoor%2Fknock');
  await call(page);
  await page.getByText('The function returned nothing.').waitFor();
  await walkTo(page, '$call?function=nothing%2Fhere');
  await page.getByText('There is no function nothing/here').waitFor();
});
