// The form of an entity: every type of attribute, what is refused, and what others save meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { dropFile, seen, stage, until } from '../stage.ts';

const field = (page: Page, name: string): ReturnType<Page['locator']> => page.locator(`[data-attribute="${name}"]`);
const control = (page: Page, name: string): ReturnType<Page['locator']> =>
  field(page, name).locator('input, textarea').first();
const save = (page: Page): Promise<void> => page.getByRole('button', { name: 'Save' }).click();
/** What was said of another entity may still be there. */
const saved = (page: Page, key: string): Promise<void> => page.getByText(`Member ${key} is saved with stamp`).waitFor();

test('every type of attribute can be edited', async (t) => {
  const page = await stage.open(t, 'Member(10)', { timezoneId: 'Europe/Paris' });
  await control(page, 'name').fill('Zoé');
  await control(page, 'about').fill('Two\nlines');
  await control(page, 'card').fill('0123abcd-0123-4567-89ab-0123456789ab');
  await field(page, 'active').getByRole('radio', { name: 'false' }).check();
  await control(page, 'level').fill('-128');
  await control(page, 'shirt').fill('32767');
  await control(page, 'points').fill('2147483647');
  await control(page, 'steps').fill('9007199254740991');
  await control(page, 'fee').fill('12.75');
  await control(page, 'best').fill('1:02:03.450');
  await control(page, 'born').fill('1999-12-31');
  await control(page, 'seen').fill('2025-07-01T10:30:00.250');
  await control(page, 'extra').fill('{"deep": {"list": [1, "two", null]}}');
  await field(page, 'team').getByRole('combobox').fill('gre');
  await page.getByRole('option', { name: /Greens/ }).click();
  await field(page, 'contract')
    .locator('input[type=file]')
    .setInputFiles({ name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from('signed') });
  const picture = await stage.picture();
  await dropFile(page, '.picture-field', picture);
  await field(page, 'photo').getByText('not saved yet').waitFor();
  await page.getByText('16 attributes changed').waitFor();
  await save(page);
  await saved(page, '10');
  const stored = await stage.read('Member(10)');
  const { __KEY, __STAMP, __TIMESTAMP, __GlobalStamp, __DATACLASS, __entityModel, photo, contract, team, ...values } =
    stored;
  assert.deepEqual(values, {
    ID: 10,
    name: 'Zoé',
    about: 'Two\nlines',
    card: '0123ABCD0123456789AB0123456789AB',
    active: false,
    level: -128,
    shirt: 32767,
    points: 2147483647,
    steps: 9007199254740991,
    fee: 12.75,
    best: 3723450,
    born: '31!12!1999',
    seen: '2025-07-01T08:30:00.250Z',
    extra: { deep: { list: [1, 'two', null] } },
    teamID: 2,
  });
  assert.equal((team as { __deferred: { __KEY: string } }).__deferred.__KEY, '2');
  const bytes = async (value: unknown, binary = ''): Promise<Buffer> =>
    Buffer.from(
      await (
        await fetch(stage.server.url + (value as { __deferred: { uri: string } }).__deferred.uri + binary)
      ).arrayBuffer(),
    );
  assert.equal((await bytes(contract)).toString(), 'signed');
  assert.deepEqual(await bytes(photo, '&$binary=true'), picture.bytes);

  // Null is a value too.
  for (const name of ['level', 'born', 'extra', 'fee']) await control(page, name).fill('');
  await page.getByRole('button', { name: 'Set null for about' }).click();
  await page.getByRole('button', { name: 'Clear team' }).click();
  await page.getByRole('button', { name: 'Remove photo' }).click();
  await page.getByRole('button', { name: 'Remove contract' }).click();
  await field(page, 'active').getByRole('radio', { name: 'null' }).check();
  await save(page);
  await until(async () => {
    const {
      level,
      born,
      extra,
      fee,
      about,
      team: none,
      photo: noPhoto,
      contract: noFile,
      active,
    } = await stage.read('Member(10)');
    return [level, born, extra, fee, about, none, noPhoto, noFile, active];
  }, Array(9).fill(null));
});

test('what is no value of its type is refused while it is typed', async (t) => {
  const page = await stage.open(t, 'Member(11)');
  const wrong: readonly (readonly [name: string, text: string, why: RegExp])[] = [
    ['level', '300', /between -128 and 127/],
    ['points', '1.5', /whole number/],
    ['fee', 'much', /A number is expected/],
    ['card', '123', /32 hexadecimal digits/],
    ['best', '1:99', /h:mm:ss/],
    ['extra', '{\n  "a": 1,\n  b\n}', /Line 3, column 3/],
  ];
  for (const [name, text, why] of wrong) {
    await control(page, name).fill(text);
    assert.match(await field(page, name).locator('.field-errors').innerText(), why);
    assert.equal(await control(page, name).getAttribute('aria-invalid'), 'true');
    await save(page);
    assert.match(
      await page.evaluate('document.activeElement.closest("[data-attribute]").dataset.attribute'),
      new RegExp(name),
    );
    await field(page, name).getByRole('button', { name: 'Undo' }).click();
  }
  assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0, 'nothing is left to save');
  assert.equal((await stage.read('Member(11)'))['__STAMP'], 1);
});

test('what the server refuses is said at the field it is about', async (t) => {
  const page = await stage.open(t, 'Member(12)');
  await control(page, 'fee').fill('5000');
  await control(page, 'name').fill('');
  await page.getByText('2 attributes changed').waitFor();
  await control(page, 'about').fill('fine');
  await field(page, 'name').getByRole('button', { name: 'Undo' }).click();
  await save(page);
  await until(
    async () => (await field(page, 'fee').locator('.field-errors').innerText()).trim(),
    'Value cannot be greater than 1000',
  );
  assert.equal(await field(page, 'about').locator('.field-errors').count(), 0);
  assert.equal((await stage.read('Member(12)'))['about'], null, 'nothing of it is saved');
  await control(page, 'fee').fill('999');
  await save(page);
  await saved(page, '12');
  assert.equal((await stage.read('Member(12)'))['fee'], 999);

  const fresh = await stage.open(t, 'Member()');
  // What the model gives a new entity is shown.
  await until(() => field(fresh, 'active').getByRole('radio', { name: 'true' }).isChecked(), true);
  assert.match(await control(fresh, 'card').inputValue(), /^[0-9a-f]{8}-/);
  assert.equal(await control(fresh, 'name').inputValue(), '');
  await fresh.getByRole('button', { name: 'Create' }).click();
  await until(
    async () => (await field(fresh, 'name').locator('.field-errors').innerText()).trim(),
    'The "name" attribute is mandatory and cannot be null',
  );
});

test('somebody else has saved: theirs or mine, for each attribute', async (t) => {
  const page = await stage.open(t, 'Member(20)');
  await control(page, 'name').fill('Mine');
  await control(page, 'points').fill('1');
  await control(page, 'about').fill('only mine');
  // The change feed tells, before anybody tries to save.
  await stage.save('Member', { __KEY: '20', name: 'Theirs', points: 2, level: 7 });
  const notice = page.getByRole('alert');
  await notice.getByText('name and points').waitFor();
  assert.match(await notice.innerText(), /Taken over: level/);
  assert.equal(await control(page, 'level').inputValue(), '7');
  assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
  await page.getByText('2 to decide').waitFor();
  await page.getByRole('radiogroup', { name: 'Whose name' }).getByText('Theirs').first().click();
  await page.getByRole('radiogroup', { name: 'Whose points' }).getByText('Mine').click();
  await save(page);
  await saved(page, '20');
  const { name, points, about, level, __STAMP } = await stage.read('Member(20)');
  assert.deepEqual(
    { name, points, about, level, __STAMP },
    { name: 'Theirs', points: 1, about: 'only mine', level: 7, __STAMP: 3 },
  );
});

test('who has not heard of another save meets it with their own', async (t) => {
  const page = await stage.open(t, 'Member(23)');
  await control(page, 'points').fill('1');
  await page.evaluate(seen(false));
  await stage.save('Member', { __KEY: '23', points: 2 });
  await save(page);
  await page.getByRole('alert').getByText('points').waitFor();
  assert.equal((await stage.read('Member(23)'))['points'], 2);
  const whose = page.getByRole('radiogroup', { name: 'Whose points' });
  assert.match(await whose.innerText(), /Theirs\s+2\s+Mine\s+1/);
  await whose.getByText('Mine').click();
  await save(page);
  await saved(page, '23');
  assert.equal((await stage.read('Member(23)'))['points'], 1);
});

test('changes that do not meet are both kept', async (t) => {
  const page = await stage.open(t, 'Member(21)');
  await control(page, 'about').fill('mine');
  // The change feed tells, before anybody tries to save.
  await stage.save('Member', { __KEY: '21', points: 77 });
  await page.getByText('Your changes do not touch theirs').waitFor();
  await save(page);
  await saved(page, '21');
  const { points, about } = await stage.read('Member(21)');
  assert.deepEqual({ points, about }, { points: 77, about: 'mine' });
});

test('an entity that somebody deletes is said to be gone', async (t) => {
  const page = await stage.open(t, 'Member(22)');
  await control(page, 'about').fill('late');
  assert.equal((await fetch(`${stage.server.url}/rest/Member(22)?$method=delete`, { method: 'POST' })).status, 200);
  // The change feed tells, before anybody tries to save. What was typed can be taken along.
  await page.getByText('Member 22 does not exist').waitFor();
  await page.getByText('"about": "late"').waitFor();
});

test('relations lead to the entities at their other end', async (t) => {
  const page = await stage.open(t, 'Member(1)');
  await page.getByRole('link', { name: 'Open team' }).click();
  await page.waitForURL(/Team\(1\)$/);
  await page.getByRole('heading', { name: 'Blues' }).waitFor();
  await field(page, 'members').getByRole('link', { name: /^All/ }).click();
  await page.waitForURL(/Member\?/);
  assert.equal(new URL(page.url()).searchParams.get('$filter'), 'team.ID = 1');
  await page.getByText(/\d+ entities found/).waitFor();
  await page.locator('.grid-row [data-path=team] a').first().click();
  await page.waitForURL(/Team\(1\)$/);
});

test('a form that was edited is not left by mistake', async (t) => {
  const page = await stage.open(t, 'Member(30)');
  await control(page, 'about').fill('not saved');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const stay = async (): Promise<void> => {
    await question.getByRole('button', { name: 'Keep editing' }).click();
    await until(() => question.count(), 0);
    assert.equal(new URL(page.url()).pathname, '/explorer/Member(30)');
    assert.equal(await control(page, 'about').inputValue(), 'not saved');
  };
  await page.getByRole('link', { name: 'Model' }).click();
  await stay();
  await page.getByRole('link', { name: 'Model' }).click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL('**/explorer/');
});

test('edits beside a list are not lost to another row, to Escape, or to the way back', async (t) => {
  const page = await stage.open(t, 'Member?$filter=ID%20%3E%2039');
  await page.locator('[data-key="41"] [data-path=name]').click();
  await page.waitForURL(/open=41$/);
  await control(page, 'about').fill('not saved');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const leaves: readonly (() => Promise<unknown>)[] = [
    () => page.locator('[data-key="40"] [data-path=name]').click(),
    () => page.keyboard.press('Escape'),
    () => page.evaluate('history.back()'),
    () => page.getByRole('button', { name: 'Close' }).click(),
  ];
  for (const leave of leaves) {
    await control(page, 'about').focus();
    await leave();
    await question.waitFor();
    await page.keyboard.press('Escape');
    await until(() => question.count(), 0);
    assert.match(page.url(), /open=41$/);
    assert.equal(await control(page, 'about').inputValue(), 'not saved');
  }
  await page.evaluate('history.back()');
  await question.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL(/ID%20%3E%2039$/);
  await until(() => page.locator('.panel').count(), 0);
});

test('what is typed while a save is on its way is kept', async (t) => {
  const page = await stage.open(t, 'Member(32)');
  await control(page, 'about').fill('first');
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(/method=update/, async (route) => {
    await held;
    await route.continue();
  });
  await save(page);
  await page.getByRole('button', { name: 'Saving …' }).waitFor();
  await control(page, 'about').fill('second');
  await control(page, 'points').fill('5');
  go();
  await saved(page, '32');
  await page.unroute(/method=update/);
  assert.equal((await stage.read('Member(32)'))['about'], 'first');
  assert.equal(await control(page, 'about').inputValue(), 'second');
  await page.getByText('2 attributes changed').waitFor();
  await save(page);
  await until(
    async () => {
      const { about, points } = await stage.read('Member(32)');
      return { about, points };
    },
    { about: 'second', points: 5 },
  );
});

test('a save that meets no server can be tried again', async (t) => {
  const page = await stage.open(t, 'Member(33)');
  await control(page, 'about').fill('kept');
  await page.route(/method=update/, (route) => route.abort());
  await save(page);
  await page.getByRole('alert').getByText('The server does not answer').waitFor();
  await page.unroute(/method=update/);
  await save(page);
  await saved(page, '33');
  assert.equal((await stage.read('Member(33)'))['about'], 'kept');
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('the keyboard alone finds an entity, edits it, gives it a picture and saves', async (t) => {
  const page = await stage.open(t, `${stage.server.url}/explorer/Member?$filter=ID%20%3E%2033`);
  await page.locator('[data-key="34"]').waitFor();
  const focused = (): Promise<unknown> =>
    page.evaluate(
      "document.activeElement.closest('[data-attribute]')?.dataset.attribute ?? document.activeElement.textContent",
    );
  const tabTo = async (wanted: string): Promise<void> => {
    for (let steps = 0; steps < 60 && (await focused()) !== wanted; steps++) await page.keyboard.press('Tab');
    assert.equal(await focused(), wanted);
  };
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  // Who enters with the keyboard goes on in the entity.
  await until(() => page.evaluate("document.activeElement.getAttribute('aria-label')"), 'Member 34');
  await page.getByRole('complementary', { name: 'Member 34' }).getByRole('heading').waitFor();
  await tabTo('photo');
  const picture = await stage.picture();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await chooser.setFiles({ name: 'own', mimeType: `image/${picture.format}`, buffer: picture.bytes });
  await field(page, 'photo').getByText('not saved yet').waitFor();
  await tabTo('name');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('By hand');
  await page.keyboard.press('Enter');
  await saved(page, '34');
  const { name, photo } = await stage.read('Member(34)');
  assert.equal(name, 'By hand');
  assert.ok(photo);
  // And comes back to the list.
  await page.keyboard.press('Escape');
  await until(() => page.locator('.panel').count(), 0);
  assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), 'grid');
});
