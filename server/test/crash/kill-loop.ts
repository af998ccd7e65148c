// `kill -9` in the middle of everything: no acknowledged save is lost, nothing is half there.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../examples/company/random.ts';
import { buildModel } from '../../src/model/load.ts';
import { makePicture } from '../caching/pictures.ts';
import { checkData } from './check-data.ts';
import definition from './model.ts';
import { ServerProcess } from './server-process.ts';
import { Writer, type Pool } from './writer.ts';

const kinds = ['create', 'title', 'picture directly', 'pictures by upload', 'remove', 'delete'];

const savesOf = (writers: readonly Writer[]): number => writers.reduce((sum, { saves }) => sum + saves, 0);

/** Waits until so many more saves are acknowledged; a hang fails. */
async function acknowledged(writers: readonly Writer[], more: number): Promise<void> {
  const target = savesOf(writers) + more;
  for (let waited = 0; savesOf(writers) < target; waited += 2) {
    assert.ok(waited < 120_000, 'the writers hang');
    await sleep(2);
  }
}

/** The database, when it has a process of its own: it is killed as well, and started again. */
export interface DatabaseServer {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Kills the server in the middle of saves, so many times, and looks at what is stored after each. */
export async function killLoop(t: TestContext, kills: number, seed: number, database?: DatabaseServer): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'keystamp-crash-'));
  const random = createRandom(seed);
  const model = buildModel(definition);
  const settings = { KEYSTAMP_DATABASE: database?.url ?? '' };
  let server = new ServerProcess(data, settings);
  t.after(async () => {
    await server.kill();
    await rm(data, { recursive: true, force: true });
  });
  const pool: Pool = {
    pictures: await Promise.all(Array.from({ length: 12 }, (_, number) => makePicture(number))),
    // One is empty, one takes several parts of storage.
    files: [0, 10, 1000, 2_500_000].map((size) => Buffer.alloc(size, `file of ${size} `)),
  };
  const writers = ['a', 'b', 'c', 'd', 'e', 'f'].map(
    (name, i) => new Writer(name, 5, pool, createRandom(seed * 100 + i)),
  );

  let interrupted = 0;
  let early = 0;
  for (let kill = 0; kill < kills; kill++) {
    const url = await server.ready();
    const running = Promise.all(writers.map((writer) => writer.run(url)));
    // Counted in saves, then some milliseconds more: a slow machine is killed in the middle of its work too.
    await acknowledged(writers, random.int(20, 140));
    await Promise.race([running, sleep(random.int(0, 30))]);
    // The one, the other, both, and so on.
    const which = database ? kill % 3 : 0;
    if (which > 0) await database?.kill();
    if (which !== 1) await server.kill();
    await running;
    if (which > 0) await database?.start();
    if (which === 1) await server.kill();
    interrupted += writers.filter((writer) => writer.interrupted).length;

    server = new ServerProcess(data, settings);
    if (random.chance(0.4)) {
      // Dies again while it comes up.
      await sleep(random.int(50, 500));
      await server.kill();
      early++;
      server = new ServerProcess(data, settings);
    }
    const again = await server.ready();
    assert.deepEqual(await checkData(data, model, database?.url), [], `after kill ${kill + 1}`);
    for (const writer of writers) await writer.verify(again);
  }
  assert.equal(await server.stop(), 0);
  assert.deepEqual(await checkData(data, model, database?.url), [], 'after an orderly end');

  const counts = kinds.map((kind) => [kind, writers.reduce((sum, { counts: own }) => sum + (own.get(kind) ?? 0), 0)]);
  t.diagnostic(`acknowledged: ${counts.map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
  t.diagnostic(`under way at a kill: ${interrupted}; killed while starting: ${early}`);
  for (const [kind, count] of counts) assert.ok(Number(count) > 0, `no ${kind} was ever acknowledged`);
  assert.ok(interrupted > 0, 'no save was under way at any kill');
}
