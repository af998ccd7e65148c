// Locks in the database: two processes and any number of sessions agree with a plain map of who holds what.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import type { DataClassDef } from '../../../src/model/model.ts';
import type { Key } from '../../../src/query/selection.ts';
import { lockEntity, unlockEntity, type LockResult } from '../../../src/session/locks.ts';
import { lockTable } from '../../../src/store/sql/columns.ts';
import { sql } from '../../../src/store/sql/sql.ts';
import { cookieOf, createSession, dataClass, minute, second, TestDatabase, type Process } from './open-database.ts';

function open(t: TestContext, settings: Partial<Config> = {}): TestDatabase {
  const database = new TestDatabase(settings);
  t.after(() => database.close());
  return database;
}

const note = dataClass('Note');
const page = dataClass('Page');

/** Requests for locks as a process makes them. */
function locksOf(database: TestDatabase, { engine }: Process) {
  return {
    lock: (id: string, key: Key, of: DataClassDef = note): Promise<LockResult> =>
      engine.write((tx) =>
        lockEntity(tx, of, key, { sessionId: id, now: database.now, most: database.config.maxLocksPerSession }),
      ),
    unlock: (id: string | undefined, key: Key, of: DataClassDef = note): Promise<LockResult> =>
      engine.write((tx) => unlockEntity(tx, of, key, { sessionId: id, now: database.now })),
  };
}

test('a lock taken in one process holds in another, and after a restart', async (t) => {
  const database = open(t);
  const one = await database.start();
  const { lock } = locksOf(database, one);
  const [ann, bob] = [await createSession(one.sessions), await createSession(one.sessions)];
  assert.equal(await lock(ann.session.id, ['a']), 'done');
  assert.equal(await lock(ann.session.id, ['a']), 'done', 'again');
  await one.engine.close();
  const two = locksOf(database, await database.start());
  assert.equal(await two.lock(bob.session.id, ['a']), 'lockedByOther');
  assert.equal(await two.unlock(bob.session.id, ['a']), 'lockedByOther');
  assert.equal(await two.unlock(undefined, ['a']), 'lockedByOther', 'without a session');
  assert.equal(await two.unlock(ann.session.id, ['a']), 'done');
  assert.equal(await two.unlock(undefined, ['a']), 'done', 'nobody holds it');
  assert.equal(await two.lock(bob.session.id, ['a']), 'done');
});

test('keys of several parts never meet, nor do classes', async (t) => {
  const database = open(t);
  const process = await database.start();
  const { lock } = locksOf(database, process);
  const [ann, bob] = [await createSession(process.sessions), await createSession(process.sessions)];
  assert.equal(await lock(ann.session.id, ['a&b', 'c'], page), 'done');
  assert.equal(await lock(bob.session.id, ['a', 'b&c'], page), 'done');
  assert.equal(await lock(bob.session.id, ['a&b', 'c'], page), 'lockedByOther');
  assert.equal(await lock(ann.session.id, ['x'], note), 'done');
  assert.equal(await lock(bob.session.id, ['x'], page), 'done');
});

test('the lock of a session that was idle for too long does not count, swept or not', async (t) => {
  const database = open(t);
  const process = await database.start();
  const { lock, unlock } = locksOf(database, process);
  const ann = await createSession(process.sessions);
  await lock(ann.session.id, ['a']);
  await lock(ann.session.id, ['b']);
  database.now += 61 * minute - second;
  const bob = await createSession(process.sessions);
  assert.equal(await lock(bob.session.id, ['a']), 'lockedByOther');
  database.now += second;
  assert.equal(await lock(bob.session.id, ['a']), 'done');
  assert.equal(await unlock(undefined, ['b']), 'done');
  await process.sessions.sweep();
  assert.equal(await process.sessions.find(cookieOf(ann)), undefined);
  const rows = await process.engine.rows(sql`SELECT session, key FROM ${lockTable}`);
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ session: bob.session.id, key: 'a' }],
  );
});

test('a session that another process has ended takes no lock and blames nobody', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const ann = await createSession(one.sessions);
  await two.sessions.end(ann.session.id);
  assert.equal(await locksOf(database, one).lock(ann.session.id, ['a']), 'sessionOver');
});

test('past the limit of locks: 429; what is held may be taken again or given back', async (t) => {
  const database = open(t, { maxLocksPerSession: 2 });
  const process = await database.start();
  const { lock, unlock } = locksOf(database, process);
  const [ann, bob] = [await createSession(process.sessions), await createSession(process.sessions)];
  const tooMany = (error: unknown): boolean => error instanceof KeystampError && error.status === 429;
  await lock(bob.session.id, ['z']);
  for (const key of ['a', 'b']) assert.equal(await lock(ann.session.id, [key]), 'done');
  await assert.rejects(lock(ann.session.id, ['c']), tooMany);
  assert.equal(await lock(ann.session.id, ['a']), 'done');
  assert.equal(await lock(ann.session.id, ['z']), 'lockedByOther');
  await unlock(ann.session.id, ['a']);
  assert.equal(await lock(ann.session.id, ['c']), 'done');
});

const act = fc.record({
  kind: fc.constantFrom('lock', 'lock', 'unlock', 'end'),
  process: fc.nat(1),
  session: fc.nat(3),
  key: fc.constantFrom('a', 'b', 'c'),
});

test('two processes and four sessions agree with a plain map of who holds what', async (t) => {
  const database = open(t);
  const processes = [await database.start(), await database.start()] as const;
  const locks = processes.map((process) => locksOf(database, process));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const [first] = processes;
      const ids = (await Promise.all([0, 1, 2, 3].map(() => createSession(first.sessions)))).map(
        ({ session }) => session.id,
      );
      const holders = new Map<string, string>();
      const over = new Set<string>();
      for (const { kind, process, session, key } of acts) {
        const id = ids[session] as string;
        const { lock, unlock } = locks[process] as (typeof locks)[number];
        const holder = holders.get(key);
        const free = holder === undefined || holder === id;
        if (kind === 'lock') {
          const expected = over.has(id) ? 'sessionOver' : free ? 'done' : 'lockedByOther';
          assert.equal(await lock(id, [key]), expected);
          if (expected === 'done') holders.set(key, id);
        } else if (kind === 'unlock') {
          assert.equal(await unlock(id, [key]), free ? 'done' : 'lockedByOther');
          if (free) holders.delete(key);
        } else {
          await processes[process as 0 | 1].sessions.end(id);
          over.add(id);
          for (const [held, by] of holders) if (by === id) holders.delete(held);
        }
      }
      for (const id of ids) await first.sessions.end(id);
    }),
    { numRuns: 60 },
  );
});
