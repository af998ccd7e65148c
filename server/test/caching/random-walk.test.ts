// No stale picture, ever: thousands of random saves and reads through real HTTP caches (spec 10 §§ 2.7, 9).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ItemServer } from './item-server.ts';
import { RandomWalk } from './random-walk.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';
const seeds = process.env['KEYSTAMP_SEED'] ? [Number(process.env['KEYSTAMP_SEED'])] : long ? [1, 2, 3, 4, 5, 6] : [1];
const rounds = long ? 20 : 6;
const stepsPerRound = long ? 600 : 400;

/** What a run must have met at least once; otherwise it has proved nothing. */
const essential = [
  'current, by the server',
  'current, by a cache that asked (200)',
  'current, by a cache alone',
  'old: latest bytes, by the server',
  'old: latest bytes, by a cache that asked (304)',
  'old: kept copy, by a cache alone',
  'between, by a cache that asked (304)',
  'newer, by the server',
  'newer, by a cache that asked (200)',
  'no version, by a cache that asked (200)',
  'no version, by a cache that asked (304)',
  'garbage, by a cache that asked (200)',
  'JSON of a picture',
  'not modified by if-none-match',
  'modified by if-none-match',
  'not modified by if-modified-since',
  'modified by if-modified-since',
  'set directly',
  'set by upload',
  'picture removed',
  'title saved',
  'entity deleted',
  'entity made again',
  'replaced under readers',
  'restart',
];

for (const seed of seeds)
  test(`no cache ever shows a stale picture: ${rounds * stepsPerRound} random steps, seed ${seed}`, async (t) => {
    // Little memory, so that copies are dropped and read back from disk.
    const server = await ItemServer.start({ converters: 2, variantMemoryBytes: 64 * 1024 });
    const walk = new RandomWalk(server, seed);
    t.after(async () => {
      await walk.end();
      await server.end();
    });
    await walk.begin();
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await walk.restartServer();
      await walk.steps(stepsPerRound);
    }
    for (const [what, count] of [...walk.counts].toSorted()) t.diagnostic(`${String(count).padStart(6)} ${what}`);
    assert.deepEqual(
      essential.filter((what) => !walk.counts.has(what)),
      [],
      'never met',
    );
  });
