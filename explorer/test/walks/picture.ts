// Pictures: small ones in the list, dropping new ones, formats and URLs, and what caches may keep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { sameColour, type Colour } from '../../../server/test/caching/pictures.ts';
import { dropFile, seen, stage, until } from '../stage.ts';

const thumbnail = (page: Page, key: string): ReturnType<Page['locator']> => page.locator(`[data-key="${key}"] img`);
const versionIn = async (page: Page, key: string): Promise<string | null> =>
  page.locator(`[data-key="${key}"] .stamp`).getAttribute('title');

/** The colour in the middle of what an element shows. */
async function colourOf(page: Page, selector: string): Promise<Colour> {
  const { data, info } = await sharp(await page.locator(selector).screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

const whenLoaded = (page: Page, key: string): Promise<void> =>
  until(
    () =>
      thumbnail(page, key).evaluate((image: unknown) => {
        const { complete, naturalWidth } = image as { readonly complete: boolean; readonly naturalWidth: number };
        return complete && naturalWidth;
      }),
    64,
  );

test('the list shows small WebP pictures, as many pixels as the screen has, and their version', async (t) => {
  stage.server.takeAnswered();
  const page = await stage.open(t, 'Member', { deviceScaleFactor: 2 });
  await whenLoaded(page, '1');
  await whenLoaded(page, '2');
  assert.match(
    (await thumbnail(page, '1').getAttribute('src')) ?? '',
    /\$imageformat=webp&\$version=2&.*\$imagewidth=64&\$imageheight=64&\$imagefit=cover/,
  );
  assert.equal(await versionIn(page, '1'), 'version 2');
  const url = stage.server.url + ((await thumbnail(page, '1').getAttribute('src')) ?? '');
  assert.equal((await fetch(url)).headers.get('Content-Type'), 'image/webp');
});

test('after a reload no byte of an unchanged picture is fetched again', async (t) => {
  const page = await stage.open(t, 'Member', { deviceScaleFactor: 2 });
  for (const key of ['1', '2', '3']) await whenLoaded(page, key);
  stage.server.takeAnswered();
  await page.reload();
  for (const key of ['1', '2', '3']) await whenLoaded(page, key);
  const asked = (): readonly string[] =>
    stage.server
      .takeAnswered()
      .filter(({ url }) => url.includes('/photo?') && url.includes('imageformat'))
      .map(({ url }) => decodeURIComponent(url));
  assert.deepEqual(asked(), []);
  // The change feed would have it fetched just before the reload breaks that off.
  await page.evaluate(seen(false));
  await stage.replace('Member', '2', 'photo');
  await page.reload();
  await until(() => versionIn(page, '2'), 'version 3');
  await whenLoaded(page, '2');
  const again = asked();
  assert.equal(again.length, 1, again.join('\n'));
  assert.match(again[0] ?? '', /Member\(2\)\/photo\?.*\$version=3/);
});

test('a picture that is dropped on a row becomes its picture', async (t) => {
  const page = await stage.open(t, 'Member');
  await page.locator('[data-key="5"]').waitFor();
  const picture = await stage.picture();
  await dropFile(page, '[data-key="5"] [data-path="name"]', picture);
  await thumbnail(page, '5').waitFor();
  await until(async () => sameColour(await colourOf(page, '[data-key="5"] img'), picture.colour), true);
  assert.equal(await versionIn(page, '5'), 'version 2');
  const { photo } = (await stage.read('Member(5)')) as { photo: { __deferred: { uri: string } } };
  const stored = await fetch(`${stage.server.url}${photo.__deferred.uri}&$binary=true`);
  assert.deepEqual(Buffer.from(await stored.arrayBuffer()), picture.bytes);
});

test('what is no picture is refused in words', async (t) => {
  const page = await stage.open(t, 'Member');
  await page.locator('[data-key="6"]').waitFor();
  await dropFile(page, '[data-key="6"]', { ...(await stage.picture()), bytes: Buffer.from('not a picture') });
  await page.getByText(/not a picture of a known type/).waitFor();
  assert.equal((await stage.read('Member(6)'))['photo'], null);
});

test('the page of a picture shows formats, sizes, URLs, and what caches may keep', async (t) => {
  const page = await stage.open(t, 'Member(1)/photo');
  await page.getByText(/^image\/png, 68 × 64/).waitFor();
  const row = (format: string): ReturnType<Page['locator']> =>
    page.getByRole('row', { name: new RegExp(`^${format} `) });
  for (const format of ['best', 'webp', 'avif', 'jpeg', 'png', 'gif', 'tiff'])
    await row(format)
      .getByText(/\d (B|kB)$/)
      .waitFor();
  await row('avif').getByRole('radio').check();
  await page.getByRole('radio', { name: '80', exact: true }).check();
  await page.getByRole('radio', { name: 'cover' }).check();
  await page.getByText(/^image\/avif, /).waitFor();
  await page.getByRole('button', { name: 'Copy Current version, to be kept for ever' }).click();
  const url = String(await page.evaluate('navigator.clipboard.readText()'));
  const answer = await fetch(url);
  assert.equal(answer.headers.get('Content-Type'), 'image/avif');
  assert.equal(answer.headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
  const size = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  assert.deepEqual([size.width, size.height], [80, 80]);

  await page.getByRole('button', { name: 'Ask the server' }).click();
  const lesson = async (title: string): Promise<readonly string[]> => {
    const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
    const status = await item.locator('dd b').innerText();
    return [status, await item.locator('.telling dd').innerText()];
  };
  assert.deepEqual(await lesson('The current version'), ['200', 'public, max-age=31536000, immutable']);
  assert.deepEqual(await lesson('An older version'), ['200', 'public, no-cache']);
  assert.deepEqual(await lesson('No version'), ['200', 'public, no-cache']);
  assert.deepEqual(await lesson('No version, asked by a cache that has it'), ['304', 'public, no-cache']);
  assert.equal((await lesson('A version that is not there yet'))[1]?.includes('no-store'), true);
});

test('the page of a picture replaces it', async (t) => {
  const page = await stage.open(t, 'Member(7)/photo');
  await page.getByText('No photo').waitFor();
  const picture = await stage.picture();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'new', mimeType: `image/${picture.format}`, buffer: picture.bytes });
  await page.locator('.picture-stage img').waitFor();
  await until(async () => sameColour(await colourOf(page, '.picture-stage img'), picture.colour), true);
});

test('a picture that is replaced in one window is seen in another, without a reload', async (t) => {
  const one = await stage.open(t, 'Member');
  const other = await stage.open(t, 'Member?open=8');
  const page = await stage.open(t, 'Member(8)/photo');
  await one.locator('[data-key="8"]').waitFor();
  await other.locator('.panel').getByText('Drop a picture here').waitFor();
  await page.getByText('No photo').waitFor();
  for (const round of [1, 2]) {
    const picture = await stage.picture();
    await dropFile(one, '[data-key="8"]', picture);
    for (const [window, place] of [
      [one, '[data-key="8"] img'],
      [other, '[data-key="8"] img'],
      [other, '.panel .thumbnail img'],
      [page, '.picture-stage img'],
    ] as const) {
      await window.locator(place).waitFor();
      await until(async () => sameColour(await colourOf(window, place), picture.colour), true);
    }
    assert.equal(await versionIn(other, '8'), `version ${round + 1}`);
  }
  // And an entity that somebody makes elsewhere is counted and offered.
  const { __COUNT } = await stage.read('Member?$top=0');
  const { __KEY } = await stage.save('Member', { name: 'Newcomer' });
  await other.getByRole('button', { name: 'Entities came or went' }).click();
  await other
    .getByText(`${Number(__COUNT) + 1} entities`, { exact: true })
    .first()
    .waitFor();
  await stage.delete('Member', String(__KEY));
});
