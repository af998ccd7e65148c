// Entity sets on disk: they come back as they were, also after a kill; they are bounded in memory and on disk; they go.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { readConfig, type Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import {
  keyBytes,
  keyCount,
  keyListParts,
  keyValues,
  packKeys,
  readKeyList,
  type KeyList,
} from '../../../src/query/key-list.ts';
import { EntitySets } from '../../../src/session/entity-sets.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { openEngine } from '../../../src/store/open.ts';
import { entitySetPartTable, entitySetTable } from '../../../src/store/sql/columns.ts';
import { sql } from '../../../src/store/sql/sql.ts';
import { item, model, note, numbers } from './sets-model.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-sets-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = (): string => join(root, String(++folders));
const minute = 60_000;
const mine = { sessionId: 'ME', dataClass: item, timeoutSeconds: undefined };

/** What one process has; all times are of its clock. */
class Process {
  now = Date.UTC(2025, 5, 1, 9);
  readonly faults: unknown[] = [];
  readonly engine: Engine;
  readonly sets: EntitySets;

  private constructor(engine: Engine, config: Config) {
    this.engine = engine;
    this.sets = new EntitySets(
      engine,
      config,
      () => this.now,
      (cause) => this.faults.push(cause),
    );
  }

  static async start(data: string, settings: Partial<Config> = {}): Promise<Process> {
    return new Process(await openEngine(readConfig({ data }), model), readConfig({ data, ...settings }));
  }

  async stop(): Promise<void> {
    await this.engine.close();
    assert.deepEqual(this.faults, []);
  }

  async rowsOf(table: typeof entitySetTable): Promise<number> {
    this.engine.refresh();
    return Number((await this.engine.row(sql`SELECT count(*) AS n FROM ${table}`))?.['n']);
  }

  async keys(id: string, dataClass = item): Promise<readonly unknown[] | undefined> {
    const set = await this.sets.find(id, dataClass, 'ME');
    return set && keyValues(await this.sets.keys(set));
  }
}

const key = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
);

test('keys are packed and come back from their bytes, in any parts', () => {
  const lists = fc.oneof(fc.array(fc.integer()), fc.array(key), fc.array(fc.string({ unit: 'grapheme' })));
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 9 }), (keys, cut) => {
      const list = packKeys(keys);
      assert.deepEqual(
        keyValues(list),
        keys.map((k) => (Object.is(k, -0) ? 0 : k)),
      );
      const parts = keyListParts(list, 8 * cut);
      assert.ok(parts.every((part) => part.length > 0 && part.length <= 8 * cut));
      const again = readKeyList(list.kind, keyCount(list), parts);
      assert.deepEqual(again && keyValues(again), keyValues(list));
    }),
  );
});

test('an integer key takes 4 bytes in memory and not 10 on disk', async () => {
  const list = packKeys(numbers(100_000));
  assert.equal(keyBytes(list), 400_000);
  const process = await Process.start(newFolder());
  await process.sets.create(mine, list);
  const stored = await process.engine.row(sql`SELECT sum(length(bytes)) AS n FROM ${entitySetPartTable}`);
  assert.equal(stored?.['n'], 400_000);
  await process.stop();
});

test('sets of every size and kind come back in their order, in another process and after a restart', async () => {
  const data = newFolder();
  const texts = numbers(90_000).map((n) => `é${n}`);
  const lists: readonly [KeyList, typeof item][] = [
    [packKeys([]), item],
    [packKeys([3, 1, 2]), item],
    [packKeys(numbers(65_536)), item],
    [packKeys(numbers(300_001)), item],
    [packKeys(numbers(100_000).map((n) => n + 2 ** 40)), item],
    [packKeys(['b', 'a']), note],
    [packKeys(texts), note],
  ];
  const first = await Process.start(data);
  const made = await Promise.all(
    lists.map(async ([list, dataClass]) => (await first.sets.create({ ...mine, dataClass }, list)).id),
  );
  const second = await Process.start(data);
  const check = async (process: Process): Promise<void> => {
    for (const [i, [list, dataClass]] of lists.entries())
      assert.deepEqual(await process.keys(made[i] as string, dataClass), keyValues(list));
  };
  await check(first);
  await check(second);
  await first.stop();
  await second.stop();
  const third = await Process.start(data);
  await check(third);
  await third.stop();
});

test('a set that was told of is there after a kill; half sets are not, and are swept', async () => {
  const data = newFolder();
  await (await Process.start(data)).stop();
  const maker = fork(join(import.meta.dirname, 'set-maker.ts'), [data], { execArgv: ['--conditions=keystamp-source'] });
  const [[small, large]] = (await once(maker, 'message')) as [[string, string]];
  await new Promise((resolve) => setTimeout(resolve, 50));
  maker.kill('SIGKILL');
  await once(maker, 'exit');
  const process = await Process.start(data);
  process.now = Date.now();
  assert.deepEqual(await process.keys(small), numbers(5));
  assert.deepEqual(await process.keys(large), numbers(300_000));
  const whole = await process.engine.rows(sql`SELECT content, parts FROM ${entitySetTable} WHERE complete = 1`);
  for (const { content, parts } of whole) {
    const found = await process.engine.row(
      sql`SELECT count(*) AS n FROM ${entitySetPartTable} WHERE content = ${content as string}`,
    );
    assert.equal(found?.['n'], parts);
  }
  process.now += 7 * 86_400_000;
  await process.sets.sweep();
  assert.equal(await process.rowsOf(entitySetTable), 0);
  assert.equal(await process.rowsOf(entitySetPartTable), 0);
  await process.stop();
});

test('sets unused for longest leave memory, not the disk', async () => {
  const process = await Process.start(newFolder(), { maxEntitySetBytes: 1_000_000 });
  const made: string[] = [];
  for (let i = 0; i < 5; i++) made.push((await process.sets.create(mine, packKeys(numbers(100_000 + i)))).id);
  for (const [i, id] of made.entries()) assert.equal((await process.keys(id))?.length, 100_000 + i);
  // Without the disk, only those in memory are there: as many as fit, the last ones used.
  await process.engine.write((tx) => tx.run(sql`DELETE FROM ${entitySetPartTable}`));
  for (const i of [3, 4]) assert.equal((await process.keys(made[i] as string))?.length, 100_000 + i);
  for (const i of [0, 1, 2])
    await assert.rejects(process.keys(made[i] as string), /^KeystampError: .* cannot be found$/);
  await process.stop();
});

const tooMany =
  (detail: RegExp) =>
  (error: unknown): boolean =>
    error instanceof KeystampError && error.status === 429 && detail.test(error.message);

test('a session has so many sets: a new one takes the place of the one that would end first', async () => {
  const process = await Process.start(newFolder(), { maxEntitySetsPerSession: 3 });
  const make = async (seconds: number, session = 'ME'): Promise<string> =>
    (await process.sets.create({ ...mine, sessionId: session, timeoutSeconds: seconds }, packKeys([1]))).id;
  const others = await make(5, 'OTHER');
  const first = await make(50);
  const short = await make(10);
  const third = await make(60);
  const fourth = await make(5);
  const has = async (id: string, session = 'ME'): Promise<boolean> =>
    (await process.sets.peek(id, session)) !== undefined;
  assert.deepEqual(await Promise.all([first, short, third, fourth].map((id) => has(id))), [true, false, true, true]);
  process.now += 4000;
  assert.ok(await has(fourth));
  const last = await make(60);
  // Used a moment ago, but for five seconds more alone.
  assert.deepEqual(await Promise.all([first, third, fourth, last].map((id) => has(id))), [true, true, false, true]);
  assert.ok(await has(others, 'OTHER'));
  await process.stop();
});

test('past the space for sets there is an error, until others go; a set too large for memory never fits', async () => {
  const process = await Process.start(newFolder(), { maxEntitySetBytes: 500_000, maxEntitySetDiskBytes: 1_000_000 });
  const create = async (count: number): Promise<string> =>
    (await process.sets.create({ ...mine, timeoutSeconds: 60 }, packKeys(numbers(count)))).id;
  await assert.rejects(create(130_000), tooMany(/entities in one set/));
  const first = await create(100_000);
  await create(100_000);
  await assert.rejects(create(100_000), tooMany(/too much space/));
  assert.equal(await process.sets.release(first, 'ME'), true);
  const third = await create(100_000);
  await assert.rejects(create(100_000), tooMany(/too much space/));
  process.now += 4 * minute;
  await create(100_000);
  assert.equal(await process.keys(third), undefined);
  await process.stop();
});

test('what is released, expired or of a session that ended goes with its parts', async () => {
  const process = await Process.start(newFolder());
  const create = (session: string, count: number, seconds?: number) =>
    process.sets.create({ ...mine, sessionId: session, timeoutSeconds: seconds }, packKeys(numbers(count)));
  const kept = await create('ME', 200_000);
  const released = await create('ME', 200_000);
  await create('ME', 5, 30);
  const theirs = await create('OTHER', 200_000);
  assert.equal(await process.sets.release(released.id, 'OTHER'), false);
  assert.equal(await process.sets.release(released.id, 'ME'), true);
  assert.equal(await process.sets.release(released.id, 'ME'), false);
  await process.engine.write((tx) => process.sets.releaseSession(tx, 'OTHER'));
  assert.equal(await process.sets.find(theirs.id, item, 'OTHER'), undefined);
  process.now += 3 * minute;
  await process.sets.sweep();
  assert.equal(await process.rowsOf(entitySetTable), 1);
  assert.equal(await process.rowsOf(entitySetPartTable), 4);
  assert.equal((await process.keys(kept.id))?.length, 200_000);
  await process.stop();
});

test('a use is written at most once a minute, and another process does not sweep what was used', async () => {
  const data = newFolder();
  const [one, two] = [await Process.start(data), await Process.start(data)];
  const { id } = await one.sets.create({ ...mine, timeoutSeconds: 300 }, packKeys([1]));
  const stored = async (): Promise<number> => {
    one.engine.refresh();
    return Number((await one.engine.row(sql`SELECT expires FROM ${entitySetTable}`))?.['expires']);
  };
  const begun = one.now;
  for (let second = 1; second <= 29; second++) {
    one.now += 1000;
    await one.keys(id);
  }
  assert.equal(await stored(), begun + 5 * minute);
  one.now += 2000;
  await one.keys(id);
  await one.engine.write(async () => {});
  assert.equal(await stored(), begun + 31_000 + 5 * minute);
  one.now += 20_000;
  await one.keys(id);
  two.now = one.now + 5 * minute - 1;
  await two.sets.sweep();
  one.now = two.now;
  assert.deepEqual(await one.keys(id), [1]);
  await one.sets.flush();
  await one.engine.write(async () => {});
  assert.equal(await stored(), one.now + 5 * minute);
  await one.stop();
  await two.stop();
});

test('a use that is written is known to others before it is answered, however long the write takes', async () => {
  const data = newFolder();
  const [one, two] = [await Process.start(data), await Process.start(data)];
  const { id } = await one.sets.create({ ...mine, timeoutSeconds: 600 }, packKeys([1]));
  const write = one.engine.write.bind(one.engine);
  one.engine.write = async (work) => {
    await sleep(50);
    return write(work);
  };
  one.now += 9 * minute;
  assert.deepEqual(await one.keys(id), [1]);
  two.now = one.now + 9 * minute;
  assert.deepEqual(await two.keys(id), [1]);

  // One that cannot be written does not hold up the read, and is made up for with the next use.
  one.now = two.now + 5 * minute;
  one.engine.write = () => Promise.reject(new Error('the disk is full'));
  assert.deepEqual(await one.keys(id), [1]);
  assert.equal(one.faults.splice(0).length, 1);
  one.engine.write = write;
  assert.deepEqual(await one.keys(id), [1]);
  two.now = one.now + 9 * minute;
  assert.deepEqual(await two.keys(id), [1]);
  await one.stop();
  await two.stop();
});

test('two that make a set again at once under one id end with one whole set', async () => {
  const process = await Process.start(newFolder());
  await Promise.all(
    [100_000, 150_000].map((count) =>
      process.sets.create({ ...mine, timeoutSeconds: 60, id: 'AGAIN' }, packKeys(numbers(count))),
    ),
  );
  const another = await Process.start(join(root, String(folders)));
  const found = await another.keys('AGAIN');
  assert.ok(found && [100_000, 150_000].includes(found.length));
  assert.deepEqual(found, numbers(found.length));
  await another.stop();
  await process.stop();
});
