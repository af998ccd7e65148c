// Sessions in the database: two processes agree on who lives, a known one costs nothing, and none ends too early.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import type { Sessions } from '../../../src/session/session.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { sessionTable } from '../../../src/store/sql/columns.ts';
import { sql } from '../../../src/store/sql/sql.ts';
import { cookieOf, createSession, minute, second, TestDatabase } from './open-database.ts';

function open(t: TestContext, settings: Partial<Config> = {}): TestDatabase {
  const database = new TestDatabase(settings);
  t.after(() => database.close());
  return database;
}

const ends = async (engine: Engine): Promise<readonly number[]> =>
  (await engine.rows(sql`SELECT expires FROM ${sessionTable} ORDER BY id`)).map((row) => Number(row['expires']));

test('without a cookie, and for a session it knows, a process does not ask the database', async (t) => {
  const { sessions } = await open(t).start();
  assert.equal(sessions.find(undefined), undefined);
  assert.equal(sessions.find('other=1; WASID4D=garbage'), undefined);
  const session = await createSession(sessions);
  assert.equal(sessions.find(cookieOf(session)), session);
});

test('a session is on disk when its cookie may go out; another process finds it, and it lives after a restart', async (t) => {
  const database = open(t);
  const first = await database.start();
  const { id } = await createSession(first.sessions);
  const other = await database.start();
  assert.equal((await other.sessions.find(cookieOf({ id })))?.id, id);
  await first.engine.close();
  const again = await database.start();
  assert.equal((await again.sessions.find(cookieOf({ id })))?.id, id);
});

test('an unknown id is never adopted', async (t) => {
  const { sessions, engine } = await open(t).start();
  await createSession(sessions);
  assert.equal(await sessions.find(cookieOf({ id: '0123456789ABCDEF0123456789ABCDEF' })), undefined);
  assert.equal((await ends(engine)).length, 1);
});

test('the first cookie that names a living session counts, in the order of the dialect', async (t) => {
  const database = open(t);
  const { sessions } = await database.start();
  const [one, two] = [await createSession(sessions), await createSession(sessions)];
  const dead = '0123456789ABCDEF0123456789ABCDEF';
  assert.equal(sessions.find(`WASID=${two.id}; WASID4D=${one.id}`), one);
  assert.equal(await sessions.find(`WASID=${two.id}; WASID4D=${dead}`), two);
  // An unknown one in front is looked up before a known one behind it counts.
  const other = (await database.start()).sessions;
  await other.find(cookieOf(two));
  assert.equal((await other.find(`WASID=${two.id}; WASID4D=${one.id}`))?.id, one.id);
});

test('what one process ends, another one notices within a minute', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const session = await createSession(one.sessions);
  await two.sessions.find(cookieOf(session));
  await two.sessions.end(session.id);
  assert.deepEqual(two.ended, [session.id]);
  assert.equal(await two.sessions.find(cookieOf(session)), undefined);
  assert.equal(one.sessions.find(cookieOf(session)), session, 'believed for a while');
  database.now += minute;
  assert.equal(await one.sessions.find(cookieOf(session)), undefined);
});

test('uses are written at most once a minute', async (t) => {
  const database = open(t);
  const { sessions, engine } = await database.start();
  const session = await createSession(sessions);
  const [begin] = await ends(engine);
  for (let use = 0; use < 12; use++) {
    await sessions.find(cookieOf(session));
    await sessions.flush();
    database.now += 5 * second;
  }
  assert.deepEqual(await ends(engine), [begin]);
  database.now += second;
  await sessions.find(cookieOf(session));
  assert.deepEqual(await ends(engine), [begin], 'behind the request');
  await sessions.flush();
  assert.deepEqual(await ends(engine), [Number(begin) + 61 * second]);
});

test('a session that was idle for too long ends with what it holds when its cookie comes', async (t) => {
  const database = open(t);
  const { sessions, engine, ended } = await database.start();
  const session = await createSession(sessions);
  database.now += 61 * minute;
  assert.equal(await sessions.find(cookieOf(session)), undefined);
  assert.deepEqual(ended, [session.id]);
  assert.deepEqual(await ends(engine), []);
});

test('the sweep ends all that were idle for too long, however many, and no other', async (t) => {
  const database = open(t);
  const { sessions, ended } = await database.start();
  const idle = await Promise.all(Array.from({ length: 1203 }, () => createSession(sessions)));
  database.now += 59 * minute;
  const live = await createSession(sessions);
  const used = idle.pop() as typeof live;
  await sessions.find(cookieOf(used));
  await sessions.flush();
  await sessions.sweep();
  assert.deepEqual(ended, [], 'none is over yet');
  database.now += 2 * minute;
  await sessions.sweep();
  assert.deepEqual(ended.toSorted(), idle.map(({ id }) => id).toSorted());
  for (const session of [live, used]) assert.ok(await sessions.find(cookieOf(session)));
});

test('past the limit a new session is refused with 402, whichever process made the others', async (t) => {
  const database = open(t, { maxSessions: 3 });
  const [one, two] = [await database.start(), await database.start()];
  const full = (error: unknown): boolean => error instanceof KeystampError && error.status === 402;
  await createSession(one.sessions);
  database.now += 30 * minute;
  for (const { sessions } of [one, two]) await createSession(sessions);
  const refused = two.sessions.create();
  await assert.rejects(async () => refused.stored, full);
  assert.equal(await two.sessions.find(cookieOf(refused)), undefined);
  await assert.rejects(async () => one.sessions.create().stored, full);
  database.now += 31 * minute;
  await createSession(two.sessions);
  await assert.rejects(async () => one.sessions.create().stored, full, 'only one was over');
});

/** One use through one of two processes after a pause. */
const step = fc.record({
  pause: fc.oneof(
    fc.integer({ min: 0, max: 90 * second }),
    fc.integer({ min: 0, max: 60 * minute }),
    fc.integer({ min: 59 * minute, max: 63 * minute }),
  ),
  process: fc.nat(1),
  sweeps: fc.boolean(),
  restarts: fc.boolean(),
});

test('no session ends within its idle time, none lives more than a minute longer', async (t) => {
  const database = open(t);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const processes = [await database.start(), await database.start()];
      const session = await createSession((processes[0] as { sessions: Sessions }).sessions);
      let lastUse = database.now;
      for (const { pause, process, sweeps, restarts } of steps) {
        database.now += pause;
        const idle = database.now - lastUse;
        const { sessions, engine } = processes[process] as (typeof processes)[number];
        if (sweeps) for (const { sessions: each } of processes) await each.sweep();
        const found = await sessions.find(cookieOf(session));
        if (idle <= 60 * minute) assert.ok(found, `over after ${idle} ms`);
        if (idle >= 61 * minute) assert.equal(found, undefined, `alive after ${idle} ms`);
        if (!found) break;
        lastUse = database.now;
        // Timers do this within so long.
        database.now += 5 * second;
        await sessions.flush();
        if (!restarts) continue;
        await engine.close();
        processes[process] = await database.start();
      }
      for (const { engine } of processes) await engine.close();
    }),
    { numRuns: 40 },
  );
});
