// Several models on one server: each has its data, its functions, its session, and its own pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExplorer } from '../explorer-server.ts';
import { dropFile, stage, until } from '../stage.ts';

test('several models are looked at beside each other', async (t) => {
  const server = await startExplorer({}, true);
  t.after(() => server.end());
  const added = await fetch(`${server.url}/rest/library/Book?$method=update`, {
    method: 'POST',
    body: JSON.stringify([{ title: 'Momo' }, { title: 'Emil' }]),
  });
  assert.equal(added.status, 200);
  const page = await stage.open(t, `${server.url}/explorer/`);
  await page.getByRole('heading', { name: 'club' }).waitFor();
  await page.getByRole('combobox', { name: 'Model' }).selectOption('library');
  await page.waitForURL('**/explorer/~library/');
  await page.getByRole('navigation').getByRole('link', { name: /Book/ }).click();
  await page.waitForURL('**/explorer/~library/Book');
  const nav = page.getByRole('navigation', { name: 'Datastore' });
  await until(async () => (await nav.getByRole('link').allInnerTexts())[0], 'Book\n2\nentities');
  assert.equal(await nav.getByRole('link', { name: 'Functions' }).count(), 0, 'this model has none');

  // Its pictures, and what its feed tells.
  const picture = await stage.picture();
  await dropFile(page, '[data-key="1"]', picture);
  await page.locator('[data-key="1"] img').waitFor();
  assert.match(
    (await page.locator('[data-key="1"] img').getAttribute('src')) ?? '',
    /^\/rest\/library\/Book\(1\)\/cover/,
  );
  await fetch(`${server.url}/rest/library/Book?$method=update`, {
    method: 'POST',
    body: JSON.stringify({ __KEY: '2', title: 'Emil and the detectives' }),
  });
  await page.locator('[data-key="2"]').getByText('Emil and the detectives').waitFor();

  // Its session: the list holds an entity set in this model alone.
  await nav.getByRole('link', { name: 'Sessions and sets' }).click();
  await page.getByRole('region', { name: 'Sessions' }).getByText('default guest', { exact: true }).waitFor();
  await page.waitForURL('**/explorer/~library/$info');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('club');
  await page.waitForURL('**/explorer/~club/');
  await nav.getByRole('link', { name: 'Sessions and sets' }).click();
  await page.getByText('No session is open').waitFor();

  // And its functions, under its own address.
  await nav.getByRole('link', { name: 'Functions' }).click();
  await page.getByRole('navigation', { name: 'Functions' }).getByRole('link', { name: 'greet' }).click();
  await page.getByLabel('Parameters').fill('["Bo", true]');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.locator('.call-json').getByText('HELLO Bo').waitFor();
  assert.match(await page.locator('.request-url').innerText(), /^\/rest\/club\/\$catalog\/greet/);

  // Logins too.
  await nav.getByRole('link', { name: 'User' }).click();
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Ada Joubert' }).waitFor();
});
