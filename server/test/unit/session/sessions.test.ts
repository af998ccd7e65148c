// Sessions in the database: two processes agree on who lives, a known one costs nothing, and none ends too early.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import { identityOf } from '../../../src/session/identity.ts';
import { newId, type Ticket } from '../../../src/session/session.ts';
import type { Beginning, Sessions } from '../../../src/session/sessions.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { sessionTable } from '../../../src/store/sql/columns.ts';
import { sql } from '../../../src/store/sql/sql.ts';
import { cookieOf, createSession, minute, second, TestDatabase } from './open-database.ts';

function open(t: TestContext, settings: Partial<Config> = {}): TestDatabase {
  const database = new TestDatabase(settings);
  t.after(() => database.close());
  return database;
}

const tooLarge = (error: unknown): boolean => error instanceof KeystampError && error.status === 413;

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
  const ticket = await createSession(first.sessions);
  const { id } = ticket.session;
  const other = await database.start();
  assert.equal((await other.sessions.find(cookieOf(ticket)))?.session.id, id);
  await first.engine.close();
  const again = await database.start();
  assert.equal((await again.sessions.find(cookieOf(ticket)))?.session.id, id);
});

test('an unknown id is never adopted', async (t) => {
  const { sessions, engine } = await open(t).start();
  await createSession(sessions);
  assert.equal(await sessions.find(cookieOf({ secret: '0123456789ABCDEF0123456789ABCDEF' })), undefined);
  assert.equal((await ends(engine)).length, 1);
});

test('the first cookie that names a living session counts, in the order of the dialect', async (t) => {
  const database = open(t);
  const { sessions } = await database.start();
  const [one, two] = [await createSession(sessions), await createSession(sessions)];
  const dead = '0123456789ABCDEF0123456789ABCDEF';
  assert.equal(sessions.find(`WASID=${two.secret}; WASID4D=${one.secret}`), one);
  assert.equal(await sessions.find(`WASID=${two.secret}; WASID4D=${dead}`), two);
  // An unknown one in front is looked up before a known one behind it counts.
  const other = (await database.start()).sessions;
  await other.find(cookieOf(two));
  assert.equal((await other.find(`WASID=${two.secret}; WASID4D=${one.secret}`))?.session.id, one.session.id);
});

test('what one process ends, another one notices within a minute', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const session = await createSession(one.sessions);
  await two.sessions.find(cookieOf(session));
  await two.sessions.end(session.session.id);
  assert.deepEqual(two.ended, [session.session.id]);
  assert.equal(await two.sessions.find(cookieOf(session)), undefined);
  assert.equal(one.sessions.find(cookieOf(session)), session, 'believed for a while');
  database.now += minute;
  assert.equal(await one.sessions.find(cookieOf(session)), undefined);
});

test('uses are written now and then, not each of them', async (t) => {
  const database = open(t);
  const { sessions, engine } = await database.start();
  const session = await createSession(sessions);
  const [begin] = await ends(engine);
  for (let use = 0; use < 10; use++) {
    await sessions.find(cookieOf(session));
    await sessions.flush();
    database.now += 5 * second;
  }
  assert.deepEqual(await ends(engine), [begin]);
  database.now += second;
  await sessions.find(cookieOf(session));
  assert.deepEqual(await ends(engine), [begin], 'behind the request');
  await sessions.flush();
  assert.deepEqual(await ends(engine), [Number(begin) + 51 * second]);
});

test('a session that was idle for too long ends with what it holds when its cookie comes', async (t) => {
  const database = open(t);
  const { sessions, engine, ended } = await database.start();
  const session = await createSession(sessions);
  database.now += 61 * minute;
  assert.equal(await sessions.find(cookieOf(session)), undefined);
  assert.deepEqual(ended, [session.session.id]);
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
  assert.deepEqual(ended.toSorted(), idle.map(({ session }) => session.id).toSorted());
  for (const session of [live, used]) assert.ok(await sessions.find(cookieOf(session)));
});

const full = (error: unknown): boolean => error instanceof KeystampError && error.status === 402;

test('past the limit a guest is refused with 402 while all others are busy, whichever process made them', async (t) => {
  const database = open(t, { maxGuestSessions: 3 });
  const [one, two] = [await database.start(), await database.start()];
  await createSession(one.sessions);
  database.now += minute;
  for (const { sessions } of [one, two]) await createSession(sessions);
  const refused = two.sessions.create();
  await assert.rejects(async () => refused.session.stored, full);
  assert.equal(await two.sessions.find(cookieOf(refused)), undefined);
  await assert.rejects(async () => one.sessions.create().session.stored, full);
});

test('the guest that was idle for longest makes room for another one', async (t) => {
  const database = open(t, { maxGuestSessions: 3 });
  const [one, two] = [await database.start(), await database.start()];
  const guests = [await createSession(one.sessions), await createSession(one.sessions)];
  database.now += 10 * minute;
  const [first, second] = guests as [(typeof guests)[0], (typeof guests)[0]];
  await one.sessions.find(cookieOf(first));
  await one.sessions.flush();
  await createSession(two.sessions);
  await createSession(two.sessions);
  assert.deepEqual(two.ended, [second.session.id]);
  assert.equal((await two.sessions.find(cookieOf(first)))?.session.id, first.session.id);
});

async function become(sessions: Sessions, ticket: Ticket, beginning: Beginning): Promise<Ticket> {
  const next = sessions.become(ticket, beginning);
  await next.session.stored;
  return next;
}

const ada = identityOf('user', { userName: 'ada', privileges: ['viewStaff'], roles: ['Clerk'] });

test('who becomes somebody keeps the session under another secret; the old one is dead everywhere at once', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const guest = await createSession(one.sessions);
  await two.sessions.find(cookieOf(guest));
  const user = await become(one.sessions, guest, { identity: ada, storage: { cart: [1, 2] } });
  assert.equal(user.session.id, guest.session.id);
  assert.equal(await one.sessions.find(cookieOf(guest)), undefined);
  const found = await two.sessions.find(cookieOf(user));
  assert.deepEqual([found?.session.identity, found?.session.storage.value], [ada, { cart: [1, 2] }]);
  assert.equal(two.sessions.find(cookieOf(user)), found, 'nothing has changed meanwhile');
  // The other process still takes the guest's secret, for what it was worth, a guest's.
  const late = await two.sessions.find(cookieOf(guest));
  assert.equal(late?.session.identity.kind, 'guest');
  const again = await become(one.sessions, user, { identity: identityOf('user', { userName: 'bo' }) });
  assert.equal(await two.sessions.find(cookieOf(user)), undefined, 'a user is asked for again when the data changes');
  await one.sessions.end(again.session.id);
  assert.equal(await two.sessions.find(cookieOf(again)), undefined);
  assert.deepEqual(one.ended, [guest.session.id]);
});

test('who becomes somebody after the session has ended has one again', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const guest = await createSession(one.sessions);
  await two.sessions.end(guest.session.id);
  const user = await become(one.sessions, guest, { identity: ada, idleMs: 120 * minute });
  assert.deepEqual(two.ended, [guest.session.id]);
  database.now += 119 * minute;
  assert.equal((await two.sessions.find(cookieOf(user)))?.session.identity.userName, 'ada');
});

test('those who have logged in are counted apart, and none makes room for another', async (t) => {
  const database = open(t, { maxSessions: 1, maxGuestSessions: 2 });
  const { sessions } = await database.start();
  const guests = [await createSession(sessions), await createSession(sessions)];
  const first = await become(sessions, guests[0]!, { identity: ada });
  database.now += 30 * minute;
  await assert.rejects(become(sessions, guests[1]!, { identity: ada }), full);
  assert.ok(await sessions.find(cookieOf(guests[1]!)), 'still a guest');
  await become(sessions, first, { identity: identityOf('user', { userName: 'bo' }) });
  await createSession(sessions);
});

test('what functions keep in a session is there in another process, and what they have not saved is not lost', async (t) => {
  const database = open(t);
  const [one, two] = [await database.start(), await database.start()];
  const guest = await createSession(one.sessions);
  const mine = guest.session.storage.value;
  mine['cart'] = ['pen'];
  await one.sessions.save(guest.session);
  const theirs = (await two.sessions.find(cookieOf(guest)))!.session;
  assert.deepEqual(theirs.storage.value, { cart: ['pen'] });
  theirs.storage.value['cart'] = ['ink'];
  await two.sessions.save(theirs);
  database.now += minute;
  await one.sessions.find(cookieOf(guest));
  assert.deepEqual(mine, { cart: ['ink'] });
  mine['cart'] = ['nib'];
  theirs.storage.value['cart'] = ['cap'];
  await two.sessions.save(theirs);
  database.now += minute;
  await one.sessions.find(cookieOf(guest));
  assert.deepEqual(mine, { cart: ['nib'] });
});

test('what could not be stored of a session is not taken for stored', async (t) => {
  const database = open(t, { maxSessionStorageBytes: 60 });
  const { engine, sessions } = await database.start();
  const { session } = await createSession(sessions);
  session.storage.value['cart'] = ['pen'];
  const write = t.mock.method(engine, 'write', () => Promise.reject(new Error('the disk is full')));
  await assert.rejects(sessions.save(session), /the disk is full/);
  write.mock.restore();
  await sessions.save(session);
  const stored = async (): Promise<unknown> => (await engine.rows(sql`SELECT storage FROM ${sessionTable}`))[0]?.['storage']; // oxfmt-ignore
  assert.equal(await stored(), '{"cart":["pen"]}');
  session.storage.value['notes'] = 'x'.repeat(60);
  await assert.rejects(sessions.save(session), tooLarge);
  assert.deepEqual(session.storage.value, { cart: ['pen'] });
  await sessions.save(session);
});

test('a login that brings too much for the storage changes nothing', async (t) => {
  const database = open(t, { maxSessionStorageBytes: 60 });
  const { sessions } = await database.start();
  const guest = await createSession(sessions);
  guest.session.storage.value['cart'] = ['pen'];
  await sessions.save(guest.session);
  await assert.rejects(become(sessions, guest, { identity: ada, storage: { theme: 'x'.repeat(60) } }), tooLarge);
  assert.equal(await sessions.find(cookieOf(guest)), guest);
  assert.deepEqual(guest.session.storage.value, { cart: ['pen'] });
  await assert.rejects(
    sessions.create({ identity: ada, storage: { theme: 'x'.repeat(60) } }).session.stored!,
    tooLarge,
  );
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

const use = (pause: number) => ({ pause, process: 0, sweeps: false, restarts: false });

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
        // Processes of their own have turns of their own: what one reads now is not what it has read before the pause.
        await new Promise(setImmediate);
        if (!restarts) continue;
        await engine.close();
        processes[process] = await database.start();
      }
      for (const { engine } of processes) await engine.close();
    }),
    { numRuns: 40, examples: [[[use(51_346), use(3_593_654)]], [[use(50_000), use(3_595_000)]]] },
  );
});

test('what the session of an API key keeps outlasts sweeps, and a row that could not be written', async (t) => {
  const database = open(t);
  const { engine, sessions } = await database.start();
  const key = { id: newId(), identity: identityOf('key', { userName: 'importer' }) };
  const session = sessions.keys.of(key);
  session.storage.value['cart'] = ['pen'];
  const write = t.mock.method(engine, 'write', () => Promise.reject(new Error('the disk is full')));
  await assert.rejects(sessions.save(session), /the disk is full/);
  await assert.rejects(sessions.keys.open(session).stored ?? Promise.resolve(), /the disk is full/);
  write.mock.restore();
  assert.equal(session.stored, undefined);
  // A request may take longer than from one sweep to the next.
  await sessions.sweep();
  await sessions.save(session);
  database.now += 30 * minute;
  await sessions.sweep();
  assert.equal(sessions.keys.of(key), session);
  await sessions.flush();
  database.now += 59 * minute;
  await sessions.sweep();
  assert.deepEqual(sessions.keys.of(key).storage.value, { cart: ['pen'] });
  await sessions.flush();
  database.now += 62 * minute;
  await sessions.sweep();
  assert.deepEqual(sessions.keys.of(key).storage.value, {});
  assert.deepEqual(await ends(engine), []);
});
