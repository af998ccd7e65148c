// The browser's own cache: a page shows pictures by the uris of the JSON, pictures change, and what is seen is counted
// in pixels, what was asked for at the server (spec 10 § 9).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from './browser.ts';
import { ItemServer } from './item-server.ts';
import { makePicture, sameColour, type Colour, type Picture } from './pictures.ts';

/** Side of a picture on the page, and the step from one to the next, in pixels. */
const side = 64;
const step = 80;

const codes = ['ada', 'ben', 'cleo', 'dora', 'emil', 'fay'] as const;
type Code = (typeof codes)[number];

let server: ItemServer;
let browser: Browser;
let pages: ReturnType<typeof createServer>;
/** What the page shows: the `src` of each picture. */
let sources: readonly string[] = [];
let pictures = 0;
const shown = new Map<Code, Picture>();

before(async () => {
  server = await ItemServer.start();
  browser = await launchBrowser();
  // The page comes from another origin than the pictures, as with a front end of its own.
  pages = createServer((_request, response) => {
    const place = (at: number): string => `position:absolute;top:8px;left:${8 + at * step}px`;
    const images = sources.map(
      (source, at) => `<img src="${source}" width=${side} height=${side} style="${place(at)}">`,
    );
    response.setHeader('Cache-Control', 'no-store');
    response
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .end(`<!doctype html><title>People</title>${images.join('\n')}`);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  for (const code of codes) {
    await save({ code, title: code });
    await replace(code);
  }
});

after(async () => {
  await browser?.close();
  pages?.closeAllConnections();
  pages?.close();
  await server?.end();
});

async function save(body: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${server.url}/rest/Item?$method=update`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.text());
}

/** Gives the entity a picture that nobody has seen yet. */
async function replace(code: Code): Promise<void> {
  const picture = await makePicture(pictures++, side);
  const url = `${server.url}/rest/Item(${code})/photo?$rawPict=image/${picture.format}`;
  assert.equal((await fetch(url, { method: 'POST', body: picture.bytes as Uint8Array<ArrayBuffer> })).status, 200);
  shown.set(code, picture);
}

/** The pictures' uris as the JSON has them now. */
async function currentUris(): Promise<readonly string[]> {
  const answer = await fetch(`${server.url}/rest/Item?$orderby=code`);
  const { __ENTITIES } = (await answer.json()) as { __ENTITIES: { photo: { __deferred: { uri: string } } }[] };
  return __ENTITIES.map(({ photo }) => server.url + photo.__deferred.uri);
}

const withoutVersion = (uri: string): string => uri.replace(/&\$version=\d+/, '');

interface Viewer {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** A browser of its own with an empty cache. */
async function openViewer(t: { after: (end: () => Promise<void>) => void }): Promise<Viewer> {
  const context = await browser.newContext({ viewport: { width: codes.length * step + 16, height: side + 16 } });
  t.after(() => context.close());
  context.setDefaultTimeout(240_000);
  return { context, page: await context.newPage() };
}

const pageUrl = (): string => `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`;

/** Shows the page with these pictures, by a reload when it is there already; answers the statuses the server gave. */
async function view(page: Page, uris: readonly string[]): Promise<readonly number[]> {
  sources = uris;
  server.takeAnswered();
  if (page.url() === pageUrl()) await page.reload();
  else await page.goto(pageUrl());
  return server
    .takeAnswered()
    .filter(({ url }) => url.includes('/photo?'))
    .map(({ status }) => status)
    .toSorted();
}

async function coloursOn(page: Page): Promise<readonly Colour[]> {
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sources.map((_, at): Colour => {
    const pixel = ((8 + side / 2) * info.width + 8 + at * step + side / 2) * info.channels;
    return [data[pixel] ?? 0, data[pixel + 1] ?? 0, data[pixel + 2] ?? 0];
  });
}

/** Every picture on the page is the one that is stored now. */
async function assertCurrent(page: Page): Promise<void> {
  const seen = await coloursOn(page);
  for (const [at, code] of codes.entries()) {
    const wanted = shown.get(code)?.colour;
    const got = seen[at];
    assert.ok(wanted && got && sameColour(got, wanted), `${code}: ${got} instead of ${wanted}`);
  }
}

const all = (status: number, count: number = codes.length): readonly number[] => Array(count).fill(status);

test('pictures that did not change are never asked for again, changed ones once', async (t) => {
  const { context, page } = await openViewer(t);
  assert.deepEqual(await view(page, await currentUris()), all(200));
  await assertCurrent(page);
  assert.deepEqual(await view(page, await currentUris()), []);
  await assertCurrent(page);

  const shots = process.env['KEYSTAMP_SHOTS'];
  if (shots) await mkdir(shots, { recursive: true });
  for (const changed of [['ben'], ['ada', 'fay'], [...codes], []] as const) {
    if (shots) await page.screenshot({ path: `${shots}/${changed.length}.png` });
    for (const code of changed) await replace(code);
    assert.deepEqual(await view(page, await currentUris()), all(200, changed.length), `after changes of ${changed}`);
    await assertCurrent(page);
  }
  await save({ __KEY: 'cleo', title: 'another title' });
  assert.deepEqual(await view(page, await currentUris()), [], 'the picture has not changed');

  // Another tab shares the cache; a server that starts again changes nothing.
  const tab = await context.newPage();
  assert.deepEqual(await view(tab, await currentUris()), []);
  await server.restart(Number(new URL(server.url).port));
  assert.deepEqual(await view(tab, await currentUris()), []);
  await assertCurrent(tab);
});

test('URLs without a version are asked for each time, and not sent again while nothing changed', async (t) => {
  const { page } = await openViewer(t);
  const uris = (await currentUris()).map(withoutVersion);
  assert.deepEqual(await view(page, uris), all(200));
  assert.deepEqual(await view(page, uris), all(304));
  await assertCurrent(page);
  await replace('dora');
  await replace('ada');
  assert.deepEqual(await view(page, uris), [...all(200, 2), ...all(304, codes.length - 2)]);
  await assertCurrent(page);
});

test('old URLs show the latest pictures to whoever has not kept them', async (t) => {
  const old = await currentUris();
  for (const code of codes) await replace(code);
  const { page } = await openViewer(t);
  assert.deepEqual(await view(page, old), all(200));
  await assertCurrent(page);
  assert.deepEqual(await view(page, old), all(304));
  await replace('emil');
  assert.deepEqual(await view(page, old), [200, ...all(304, codes.length - 1)]);
  await assertCurrent(page);
});

test('a version that is asked for too early keeps nothing from being seen later', async (t) => {
  const { page } = await openViewer(t);
  const later = (await currentUris()).map((uri) =>
    uri.replace(/\$version=(\d+)/, (_, n) => `$version=${Number(n) + 1}`),
  );
  for (let times = 0; times < 2; times++) assert.deepEqual(await view(page, later), all(200));
  await assertCurrent(page);
  for (const code of codes) await replace(code);
  const now = await currentUris();
  // Where nothing else was saved the number asked for is the current one now.
  assert.ok(now.filter((uri) => later.includes(uri)).length >= codes.length - 1);
  assert.deepEqual(await view(page, now), all(200));
  await assertCurrent(page);
});

test('an entity made again under the same key never shows the old one', async (t) => {
  const { page } = await openViewer(t);
  await view(page, await currentUris());
  // Twice the same life: by its stamps alone, the second one would have the version numbers of the first.
  for (let life = 0; life < 2; life++) {
    for (const code of ['ada', 'cleo'] as const) {
      assert.equal((await fetch(`${server.url}/rest/Item(${code})?$method=delete`, { method: 'POST' })).status, 200);
      await save({ code, title: 'again' });
      await replace(code);
    }
    assert.deepEqual(await view(page, await currentUris()), all(200, 2));
    await assertCurrent(page);
  }
});
