// The check of a data folder finds what it is there to find: each fault is made on purpose.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import { buildModel } from '../../src/model/load.ts';
import { registerFunctions } from '../../src/store/sqlite/functions.ts';
import { makePicture } from '../caching/pictures.ts';
import { checkData } from './check-data.ts';
import definition from './model.ts';
import { ServerProcess } from './server-process.ts';

const model = buildModel(definition);
let root: string;

/** Two entities share a picture; one has had an earlier life; an upload is waiting; a converted copy is on disk. */
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'keystamp-check-'));
  const server = new ServerProcess(join(root, 'sound'));
  try {
    const url = await server.ready();
    const send = async (path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> => {
      const answer = await fetch(url + path, { method: 'POST', body });
      assert.equal(answer.status, 200, await answer.text());
    };
    const { bytes } = await makePicture(1);
    const other = await makePicture(2);
    for (const code of ['a', 'b', 'a']) {
      if (code === 'b') await send('/rest/Note(a)?$method=delete', '');
      await send('/rest/Note?$method=update', JSON.stringify({ code, title: `title of ${code}` }));
      await send(`/rest/Note(${code})/photo?$rawPict=true`, new Uint8Array(bytes));
    }
    await send('/rest/$upload?$rawPict=true', new Uint8Array(other.bytes));
    assert.equal((await fetch(`${url}/rest/Note(a)/photo?$imageformat=webp`)).status, 200);
  } finally {
    assert.equal(await server.stop(), 0);
  }
});

after(() => rm(root, { recursive: true, force: true }));

test('sound data has no fault', async () => {
  assert.deepEqual(await checkData(join(root, 'sound'), model), []);
});

const shared = `(SELECT photo FROM Note WHERE code = 'a')`;

/** A fault to make in the database, and what the check must say. */
const faults: readonly (readonly [sql: string, said: RegExp])[] = [
  [`DELETE FROM keystamp_content WHERE hash = ${shared}`, /is held and missing/],
  [`DELETE FROM keystamp_content WHERE hash = ${shared}`, /1 parts belong to no content/],
  [`DELETE FROM keystamp_content_part WHERE hash = ${shared}`, /has 0 bytes instead of \d+/],
  [`UPDATE keystamp_content_part SET part = 1`, /lacks a part/],
  [`UPDATE keystamp_content_part SET bytes = zeroblob(length(bytes))`, /has other bytes/],
  [`UPDATE keystamp_content SET refs = refs + 1 WHERE hash = ${shared}`, /counts 3 holders and has 2/],
  [`DELETE FROM keystamp_upload`, /is held by nobody/],
  [`UPDATE Note SET photo = NULL WHERE code = 'b'`, /counts 2 holders and has 1/],
  [`UPDATE Note SET photo__stamp = 9`, /photo ahead of its entity/],
  [`UPDATE Note SET photo__time = NULL`, /photo without its numbers/],
  [`UPDATE Note SET __stamp = 0`, /stamp below 1/],
  [`UPDATE Note SET __base = 0`, /version numbers of an earlier life/],
];

for (const [number, [sql, said]] of faults.entries())
  test(`it is told after ${sql}`, async () => {
    const data = join(root, `broken-${number}`);
    await cp(join(root, 'sound'), data, { recursive: true });
    const database = new Database(join(data, 'keystamp.db'));
    registerFunctions(database);
    assert.ok(database.prepare(sql).run().changes > 0);
    database.close();
    assert.match((await checkData(data, model)).join('\n'), said);
  });

test('damaged files are told: the database and a converted copy', async () => {
  const data = join(root, 'damaged');
  await cp(join(root, 'sound'), data, { recursive: true });
  const variants = join(data, 'variants');
  const [copy] = readdirSync(variants, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('webp'));
  assert.ok(copy);
  writeFileSync(join(variants, copy), readFileSync(join(variants, copy)).fill(7, 40));
  assert.match((await checkData(data, model)).join('\n'), /webp\S* is damaged/);

  // The index of titles gets a title that no entity has.
  const database = new Database(join(data, 'keystamp.db'));
  database.function('fold', { deterministic: true }, (text: unknown) => `other ${String(text)}`);
  database.exec(`REINDEX`);
  database.close();
  assert.match((await checkData(data, model)).join('\n'), /missing from index/);
});
