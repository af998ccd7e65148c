// The client alone in a real browser: a page without the explorer, which imports what the package holds.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { stage, until } from '../stage.ts';

const root = join(import.meta.dirname, '../../..');

/** Reads, pictures, a conflict, a function and the feed, in the page. What it tells is compared outside. */
const program = `
import { createClient, ConflictError } from './index.js';

const ds = createClient();
const show = async (url) => {
  const image = document.querySelector('img');
  image.src = url;
  await image.decode();
  return [image.naturalWidth, image.naturalHeight];
};
const found = await ds.Member.query('name begin :1', 'Member 00', {
  orderBy: 'name', top: 2, attributes: ['name', 'team.name'],
});
const names = found.entities.map(({ name, team }) => [name, team?.name ?? null]);

const mine = await ds.Member.get(50);
const theirs = await ds.Member.get(50);
await theirs.save({ points: 5 });
let conflict;
try {
  await mine.save({ points: 6 });
} catch (error) {
  if (!(error instanceof ConflictError)) throw error;
  conflict = [error.mine.points, error.theirs.points];
  await error.resolve('mine');
}
const locked = await mine.lock();

const canvas = new OffscreenCanvas(30, 20);
canvas.getContext('2d').fillRect(0, 0, 30, 20);
await mine.save({ photo: await canvas.convertToBlob() });
const first = ds.image(mine, 'photo', { width: 15, format: 'webp' });
const size = await show(first);
const widths = ds.srcset(mine, 'photo', { widths: [10, 20] }).split(', ').length;
const promoted = await mine.call.promote(3);
await mine.unlock();

const control = new AbortController();
window.told = [];
(async () => {
  for await (const change of ds.changes({ dataClasses: ['Member'], signal: control.signal }))
    if (change.kind === 'saved' && change.key === '50') {
      window.told.push([change.stamp, await show(change.images.photo.url({ format: 'best' }))]);
      window.moved = ds.image(mine, 'photo', { width: 15, format: 'webp' }) !== first;
    }
})();
window.result = {
  names, conflict, points: mine.points, locked: locked !== false, size, widths, level: promoted.level - mine.level,
};
`;

test('the client alone: queries, pictures, a conflict, a function, and the feed', async (t) => {
  const built = mkdtempSync(join(tmpdir(), 'keystamp-client-'));
  t.after(() => rmSync(built, { recursive: true }));
  const compiler = join(root, 'node_modules/.bin/tsc');
  await promisify(execFile)(compiler, ['-p', join(root, 'client/tsconfig.build.json'), '--outDir', built]);
  // A window that is used for nothing else: what it shows is no explorer.
  const page = await stage.open(t, `${stage.server.url}/health`, { timezoneId: 'UTC' });
  await page.route('**/client-page/*', (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    if (name === 'page.html')
      return route.fulfill({
        contentType: 'text/html',
        body: '<img alt=""><script type="module" src="program.js"></script>',
      });
    const body = name === 'program.js' ? program : readFileSync(join(built, name), 'utf8');
    return route.fulfill({ contentType: 'text/javascript', body });
  });
  await page.goto(`${stage.server.url}/client-page/page.html`);
  await page.waitForFunction('window.result');
  assert.deepEqual(await page.evaluate('window.result'), {
    names: [
      ['Member 000', null],
      ['Member 001', 'Blues'],
    ],
    conflict: [6, 5],
    points: 6,
    locked: true,
    size: [15, 10],
    widths: 2,
    level: 3,
  });
  // Somebody else replaces the picture: the page hears of it, and its URLs follow.
  await until(async () => {
    await stage.replace('Member', '50', 'photo');
    return ((await page.evaluate('window.told')) as readonly unknown[]).length > 0;
  }, true);
  const [[, size] = []] = (await page.evaluate('window.told')) as [stamp: number, size: readonly number[]][];
  assert.equal(size?.[1], 64);
  assert.equal(await page.evaluate('window.moved'), true);
});
