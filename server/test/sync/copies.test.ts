// Copies that are kept by the algorithms of the known clients, while random writes go on: in the end they are what the
// server holds (spec 17 § 11).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../../examples/company/random.ts';
import { AndroidCopy, IosCopy, PagingCopy, serverState, type Copy } from './copies.ts';
import { RandomWriter } from './random-writer.ts';
import { SyncServer } from './sync-server.ts';

const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);
const rounds = process.env['KEYSTAMP_LONG'] === '1' ? 300 : 25;

let server: SyncServer;
before(async () => void (server = await SyncServer.start()));
after(() => server.close());

/** As plain objects in the order of their keys. */
const plain = (copy: Copy): unknown =>
  Object.fromEntries(
    [...copy].map(([name, entities]) => [name, [...entities].toSorted(([a], [b]) => (a < b ? -1 : 1))]),
  );

test(`copies follow ${rounds} rounds of random writes, seed ${seed}`, async (t) => {
  const random = createRandom(seed);
  const writers = [1, 2, 3].map((i) => new RandomWriter(server, createRandom(seed * 10 + i)));
  const copies = [new AndroidCopy(server), new IosCopy(server), new PagingCopy(server, 3)];
  for (let round = 0; round < rounds; round++) {
    const writing = writers.map((writer) => writer.write(random.int(0, 8)));
    const syncing = copies.map((copy) => (random.chance(0.7) ? copy.sync() : undefined));
    await Promise.all([...writing, ...syncing]);
    if (round % 5 !== 4) continue;
    // Nobody writes now: one more time, and every copy is what the server holds.
    await Promise.all(copies.map((copy) => copy.sync()));
    const held = await serverState(server);
    assert.deepEqual(plain(copies[0]!.copy), plain(held), `Android, round ${round}`);
    assert.deepEqual(plain(copies[1]!.copy), plain(held), `iOS, round ${round}`);
    const { Person, Place } = plain(held) as Record<string, unknown>;
    const paged = plain(copies[2]!.copy) as Record<string, unknown>;
    assert.deepEqual({ Person: paged['Person'], Place: paged['Place'] }, { Person, Place }, `pages, round ${round}`);
  }
  const done = writers.reduce((sum, writer) => sum + writer.done, 0);
  t.diagnostic(`${done} writes were carried out`);
  assert.ok(done > rounds * 3, 'the writers wrote');
});

test('pruning: the list of deletions tells from where on it is complete', async () => {
  const { engine } = server.keystamp.services;
  const { pruneDeletions } = await import('../../src/store/global-stamps.ts');
  const before = await server.list('__DeletedRecords');
  assert.equal(before.__OldestStamp, undefined);
  const stamps = before.__ENTITIES.map((row) => Number(row['__Stamp']));
  const middle = stamps.toSorted((a, b) => a - b)[Math.floor(stamps.length / 2)] as number;
  await engine.write((tx) => pruneDeletions(tx, { kind: 'stamp', stamp: middle }));
  const after = await server.list('__DeletedRecords');
  const kept = stamps.filter((stamp) => stamp >= middle);
  assert.deepEqual(
    after.__ENTITIES.map((row) => row['__Stamp']),
    kept,
  );
  assert.ok((after.__OldestStamp as number) <= middle);
  assert.equal(after.__OldestStamp, Math.max(...stamps.filter((stamp) => stamp < middle)) + 1);
});
