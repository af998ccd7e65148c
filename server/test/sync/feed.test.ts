// Clients that follow the changes: over broken connections, restarts, two servers, slow reading and more changes than a
// batch holds, what they hold in the end is what the server holds.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createClient,
  NetworkError,
  PermissionError,
  RequestError,
  ServerError,
  type Change,
  type ChangeFeed,
  type Client,
} from '@keystamp/client';
import { defineModel, implement } from 'keystamp';
import { createRandom } from '../../../examples/company/random.ts';
import { pruneDeletions, setGlobalStamp, touchClass } from '../../src/store/global-stamps.ts';
import { endAll, keystamp } from '../cli/keystamp-process.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { BadNetwork, FeedServers } from './feed-servers.ts';
import definition, { trackedNames } from './model.ts';
import { RandomWriter } from './random-writer.ts';

type Model = typeof definition;
type Tracked = (typeof trackedNames)[number];

const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);
const rounds = process.env['KEYSTAMP_LONG'] === '1' ? 150 : 15;

/** Keys and stamps of all entities of the tracked classes, as text. */
async function stateOf(ds: Client<Model>): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of trackedNames) lines.push(...(await linesOf(ds, name)).values());
  return lines.toSorted();
}

async function linesOf(ds: Client<Model>, name: Tracked): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for await (const { __KEY, __STAMP } of ds.dataClass(name).all({ top: 1000 }))
    lines.set(`${name}(${__KEY})`, `${name}(${__KEY}) ${__STAMP}`);
  return lines;
}

/** A copy of keys and stamps that is kept by a feed. */
class Follower {
  readonly held = new Map<string, string>();
  readonly seen = { saved: 0, deleted: 0, reload: 0 };
  readonly feed: ChangeFeed<Tracked>;
  readonly #ds: Client<Model>;
  readonly #control = new AbortController();
  readonly #reading: Promise<void>;

  /** @param pauseMs how long it works on each change */
  constructor(ds: Client<Model>, since: number | undefined, pauseMs = 0) {
    this.#ds = ds;
    this.feed = ds.changes<Tracked>({
      signal: this.#control.signal,
      silence: 5,
      ...(since !== undefined && { since }),
    });
    this.#reading = this.#read(pauseMs);
  }

  async #read(pauseMs: number): Promise<void> {
    for await (const change of this.feed) {
      await this.#take(change);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  }

  async #take(change: Change<Tracked>): Promise<void> {
    this.seen[change.kind]++;
    switch (change.kind) {
      case 'saved': {
        const { dataClass, key, stamp } = change;
        this.held.set(`${dataClass}(${key})`, `${dataClass}(${key}) ${stamp}`);
        break;
      }
      case 'deleted':
        this.held.delete(`${change.dataClass}(${change.key})`);
        break;
      case 'reload':
        for (const name of change.dataClass ? [change.dataClass] : trackedNames) await this.reload(name);
        break;
      default:
        change satisfies never;
    }
  }

  async reload(name: Tracked): Promise<void> {
    const lines = await this.#persist(() => linesOf(this.#ds, name));
    for (const key of this.held.keys()) if (key.startsWith(`${name}(`)) this.held.delete(key);
    for (const [key, line] of lines) this.held.set(key, line);
  }

  /** The network is bad for reads, too. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof ServerError)) throw error;
        await sleep(20);
      }
    }
  }

  async reach(position: number): Promise<void> {
    for (let waited = 0; (this.feed.position ?? 0) < position; waited += 20) {
      assert.ok(waited < 240_000, `it stands at ${this.feed.position}, not at ${position}`);
      await sleep(20);
    }
  }

  get state(): readonly string[] {
    return [...this.held.values()].toSorted();
  }

  async close(): Promise<void> {
    this.#control.abort();
    await this.#reading;
  }
}

const counterOf = async (servers: FeedServers): Promise<number> =>
  (await (await servers.node(1)).keystamp.services.changes.signal.read()).value;

for (const engine of ['sqlite', 'postgres'] as const)
  test(`followers hold what the server holds, ${engine}, seed ${seed}`, async (t) => {
    const database = engine === 'postgres' ? await newDatabase() : '';
    const random = createRandom(seed);
    const servers = new FeedServers({ database, changesPerBatch: 7, changesHeartbeatSeconds: 1 });
    const network = new BadNetwork(servers, random);
    const url = `${await network.listen()}/rest`;
    const ds = createClient<Model>({ url });
    // Writers are not shaken: what they were told is not of interest here.
    const direct = { send: async (path: string, body?: object) => {
    const { url: own } = await servers.node(random.int(1, 2));
    const answer = await fetch(`${own}/rest/${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
    return (await answer.json()) as Readonly<Record<string, unknown>>;
  } }; // oxfmt-ignore
    const writers = [1, 2].map((i) => new RandomWriter(direct, createRandom(seed * 10 + i)));
    const followers = [new Follower(ds, 1), new Follower(ds, 1, 3), new Follower(createClient<Model>({ url }), 1)];
    for (let round = 0; round < rounds; round++) {
      await Promise.all(writers.map((writer) => writer.write(random.int(2, 12))));
      network.shake();
      if (random.chance(0.2)) await servers.stop(random.int(1, 2));
      // Whoever comes late and knows nothing reads everything first.
      if (round === 5) {
        const since = await counterOf(servers);
        const late = new Follower(createClient<Model>({ url }), since);
        followers.push(late);
        for (const name of trackedNames) await late.reload(name);
      }
      if (random.chance(0.3)) await sleep(random.int(0, 50));
    }
    const position = await counterOf(servers);
    await Promise.all(followers.map((follower) => follower.reach(position)));
    const calm = createClient<Model>({ url: `${(await servers.node(1)).url}/rest` });
    const held = await stateOf(calm);
    assert.ok(held.length > 10, 'something was written');
    for (const follower of followers) assert.deepEqual(follower.state, held);
    const [first] = followers as [Follower];
    t.diagnostic(`${position} changes, ${network.cuts} cuts, the first follower saw ${JSON.stringify(first.seen)}`);
    assert.ok(network.cuts > 3 && first.seen.deleted > 0, 'it was shaken');
    await Promise.all(followers.map((follower) => follower.close()));
    network.close();
    await servers.close();
    if (database !== '') await dropDatabase(database);
    assert.deepEqual(servers.faults, []);
  });

describe('the feed', () => {
  let servers: FeedServers;
  let ds: Client<Model>;
  let other: Client<Model>;

  before(async () => {
    servers = new FeedServers({ changesPerBatch: 5, changesPollMs: 50 });
    ds = createClient<Model>({ url: `${(await servers.node(1)).url}/rest` });
    other = createClient<Model>({ url: `${(await servers.node(2)).url}/rest` });
  });
  after(async () => {
    await servers.close();
    assert.deepEqual(servers.faults, []);
  });

  /** The next changes of a feed, read while something is done. */
  async function taken(feed: ChangeFeed<Tracked>, count: number): Promise<readonly Change<Tracked>[]> {
    const changes: Change<Tracked>[] = [];
    for await (const change of feed) {
      changes.push(change);
      if (changes.length === count) break;
    }
    return changes;
  }

  const since = (): Promise<number> => counterOf(servers);

  test('tells what is saved and deleted here and in another process, in order', async () => {
    const start = await since();
    const reading = taken(ds.changes<Tracked>({ since: start }), 4);
    const ada = await ds.Person.create({ name: 'Ada' }).save();
    await other.Place.create({ code: 'a&b' }).save();
    await ada.save({ salary: 3 });
    await (await other.Person.get(ada.__KEY as string)).delete();
    const changes = await reading;
    const told = changes.map((change) => [change.kind, change.dataClass, 'key' in change && change.key]);
    assert.deepEqual(told.at(-1), ['deleted', 'Person', ada.__KEY]);
    assert.deepEqual(changes.map(({ globalStamp }) => globalStamp), changes.map(({ globalStamp }) => globalStamp).toSorted((a, b) => a - b)); // oxfmt-ignore
    assert.ok(told.some(([, name, key]) => name === 'Place' && key === 'a&b'));
  });

  test('without a number it begins with what happens next; classes are chosen', async () => {
    const control = new AbortController();
    const feed = ds.changes<Tracked>({ dataClasses: ['Place'], signal: control.signal });
    const reading = taken(feed, 1);
    while (feed.position === undefined) await sleep(10);
    await ds.Person.create({ name: 'Bo' }).save();
    await ds.Place.create({ code: 'x' }).save();
    const [change] = await reading;
    assert.deepEqual([change?.kind, change?.dataClass], ['saved', 'Place']);
    control.abort();
  });

  test('a command that gives a whole class one number is told as a reload of the class', async () => {
    for (let i = 0; i < 8; i++) await ds.Person.create({ name: 'many' }).save();
    const start = await since();
    const { engine } = (await servers.node(1)).keystamp.services;
    const person = (await servers.node(1)).keystamp.parts[0]?.model.dataClasses.get('Person');
    await engine.write((tx) => touchClass(tx, person as never));
    assert.deepEqual(await taken(ds.changes<Tracked>({ since: start }), 1), [
      { kind: 'reload', dataClass: 'Person', globalStamp: start },
    ]);
  });

  test('who comes with a number whose deletions are forgotten, or that was never given, is to read everything', async () => {
    const start = await since();
    const one = await ds.Person.create({ name: 'one' }).save();
    await one.delete();
    const now = await since();
    const { engine } = (await servers.node(1)).keystamp.services;
    await engine.write((tx) => pruneDeletions(tx, { kind: 'stamp', stamp: now }));
    const everything = [{ kind: 'reload', globalStamp: now - 1 }];
    assert.deepEqual(await taken(ds.changes<Tracked>({ since: start }), 1), everything);
    assert.deepEqual(await taken(ds.changes<Tracked>({ since: now + 1000 }), 1), everything);
    await engine.write((tx) => setGlobalStamp(tx, now + 10));
    const [next] = await Promise.all([
      taken(ds.changes<Tracked>({ since: now }), 1),
      ds.Person.create({ name: 'two' }).save(),
    ]);
    assert.equal(next[0]?.globalStamp, now + 10);
  });

  test(
    'numbers that are given again, since the counter was set back, are told with what has them now',
    { timeout: 240_000 },
    async () => {
      const start = await since();
      await ds.Person.create({ name: 'before' }).save();
      await taken(ds.changes<Tracked>({ since: start }), 1);
      const { engine } = (await servers.node(1)).keystamp.services;
      await engine.write((tx) => setGlobalStamp(tx, start, true));
      const both = taken(ds.changes<Tracked>({ since: start }), 2);
      await sleep(300);
      await ds.Person.create({ name: 'after' }).save();
      assert.deepEqual(
        (await both).map(({ globalStamp }) => globalStamp),
        [start, start],
      );
    },
  );

  test('Last-Event-ID goes before since', async () => {
    const start = await since();
    await ds.Person.create({ name: 'a' }).save();
    await ds.Person.create({ name: 'b' }).save();
    const control = new AbortController();
    const answer = await fetch(ds.resolve(`$changes?since=${start}`), {
      headers: { 'Last-Event-ID': String(start + 1) },
      signal: control.signal,
    });
    assert.equal(answer.headers.get('Content-Type'), 'text/event-stream; charset=UTF-8');
    let text = '';
    for await (const bytes of answer.body as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(bytes);
      if (text.includes('data:')) break;
    }
    control.abort();
    assert.match(
      text,
      new RegExp(`^: \nid: ${start + 1}\n\nid: ${start + 2}\ndata: {"kind":"saved","__DATACLASS":"Person",`),
    );
  });

  test('a class that is not tracked is refused, once and for all', async () => {
    await assert.rejects(taken(ds.changes({ dataClasses: ['Note'] }) as never, 1), RequestError);
  });
});

test('a row filter holds for the feed, and is asked again each time', async () => {
  let hidden = 'secret';
  const app = implement(definition, {
    dataClasses: { Person: { restrict: () => ({ query: 'name != :1', parameters: [hidden] }) } },
  });
  const servers = new FeedServers({}, app);
  const ds = createClient<Model>({ url: `${(await servers.node(1)).url}/rest` });
  const control = new AbortController();
  const names: (string | null)[] = [];
  const feed = ds.changes<Tracked>({ since: 1, signal: control.signal });
  const reading = (async () => {
    for await (const change of feed) {
      assert.equal(change.kind, 'saved');
      if (change.kind === 'saved') names.push((await ds.Person.get(change.key)).name);
    }
  })();
  const save = async (name: string): Promise<void> => {
    await ds.Person.create({ name }).save();
    const position = await counterOf(servers);
    while ((feed.position ?? 0) < position) await sleep(10);
  };
  for (const name of ['secret', 'open']) await save(name);
  hidden = 'open';
  for (const name of ['secret', 'open']) await save(name);
  await (await ds.Person.query('name = secret')).entities[0]?.delete();
  await save('end');
  assert.deepEqual(names, ['open', 'secret', 'end']);
  control.abort();
  await reading;
  await servers.close();
  assert.deepEqual(servers.faults, []);
});

test('roles hold for the feed: classes and pictures that may not be read are not told, and a logout ends it', async () => {
  const model = defineModel({
    dataClasses: {
      Person: {
        track: true,
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          name: { type: 'string' },
          photo: { type: 'image' },
          scan: { type: 'image' },
        },
      },
      Payslip: {
        track: true,
        attributes: { ID: { type: 'long', primKey: true, autosequence: true }, sum: { type: 'long' } },
      },
    },
  });
  const app = implement(model, { directory: { login: (name) => ({ name, belongsTo: ['payroll'] }) } });
  const everybody = { read: ['guest'], create: ['guest'], update: ['guest'], drop: ['guest'], execute: ['guest'] };
  const roles = {
    privileges: [{ privilege: 'payroll' }],
    permissions: {
      allowed: [
        { applyTo: 'ds', type: 'datastore', ...everybody },
        { applyTo: 'Payslip', type: 'dataclass', ...everybody, read: ['payroll'] },
        { applyTo: 'Person.scan', type: 'attribute', read: ['payroll'] },
      ],
    },
  };
  const servers = new FeedServers({}, app, roles);
  const url = `${(await servers.node(1)).url}/rest`;
  let cookie = '';
  const guest = createClient<typeof app>({ url });
  const clerk = createClient<typeof app>({
    url,
    // Node keeps no cookies.
    fetch: async (input, init) => {
      const answer = await fetch(input, { ...init, headers: { ...(init?.headers as object), cookie } });
      cookie = answer.headers.get('Set-Cookie')?.split(';')[0] ?? cookie;
      return answer;
    },
  });
  assert.equal(await clerk.login('clara', 'x'), true);
  const control = new AbortController();
  const told = (
    ds: typeof guest,
  ): { lines: string[]; feed: ChangeFeed<'Person' | 'Payslip'>; reading: Promise<void> } => {
    const lines: string[] = [];
    const feed = ds.changes({ since: 1, signal: control.signal });
    const reading = (async () => {
      for await (const change of feed)
        lines.push(change.kind === 'saved' ? `${change.dataClass} ${Object.keys(change.images).join()}` : change.kind);
    })();
    return { lines, feed, reading };
  };
  const seen = [told(guest), told(clerk)] as const;
  const caughtUp = async (): Promise<void> => {
    const position = await counterOf(servers);
    for (const { feed } of seen) while ((feed.position ?? 0) < position) await sleep(10);
  };
  /** Everybody may add one, and not look at it. */
  const addPayslip = async (): Promise<void> => {
    const answer = await fetch(`${url}/Payslip?$method=update`, { method: 'POST', body: '{"sum":5}' });
    assert.equal(answer.status, 200);
  };
  await guest.Person.create({ name: 'Ada' }).save();
  await caughtUp();
  await addPayslip();
  await caughtUp();
  await guest.Person.create({ name: 'Bo' }).save();
  await caughtUp();
  assert.deepEqual(seen[0].lines, ['Person photo', 'Person photo']);
  assert.deepEqual(seen[1].lines, ['Person photo,scan', 'Payslip ', 'Person photo,scan']);
  // One class alone that may not be read is refused.
  await assert.rejects(
    (async () => {
      for await (const change of guest.changes({ dataClasses: ['Payslip'] })) assert.fail(change.kind);
    })(),
    PermissionError,
  );
  // Who was told as somebody is not told as somebody else: the connection ends, and the next one is a guest's.
  await clerk.logout();
  await addPayslip();
  await guest.Person.create({ name: 'Cy' }).save();
  await caughtUp();
  assert.deepEqual(seen[1].lines.slice(3), ['Person photo']);
  control.abort();
  await Promise.all(seen.map(({ reading }) => reading));
  await servers.close();
  assert.deepEqual(servers.faults, []);
});

test('followers of two processes of the operating system, one of which dies, hold what the server holds', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'keystamp-feed-'));
  const modelFile = fileURLToPath(new URL('model.ts', import.meta.url));
  const server = keystamp(['serve', modelFile, '--data', data, '--port', '0', '--workers', '2']);
  t.after(async () => {
    await endAll();
    rmSync(data, { recursive: true, force: true });
  });
  const url = await server.url;
  const workers = (): readonly string[] =>
    readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ');
  assert.equal(workers().length, 2);
  // Each request over a connection of its own, so that the processes take turns.
  const send = async (path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
    try {
      const headers = { Connection: 'close' };
      // What is given up and done all the same would come after the end.
      const signal = AbortSignal.timeout(60_000);
      const sent = { method: 'POST', headers, signal, body: JSON.stringify(body ?? {}) };
      const answer = await fetch(`${url}/${path}`, sent);
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    } catch {
      return {}; // The process that was asked may be the one that died, and nobody answers: what it did shows in the end.
    }
  };
  const followers = [0, 0, 2, 0].map((pause) => new Follower(createClient<Model>({ url }), 1, pause));
  const writers = [1, 2, 3].map((i) => new RandomWriter({ send }, createRandom(seed * 100 + i)));
  for (let round = 0; round < (process.env['KEYSTAMP_LONG'] ? 20 : 1); round++) {
    await Promise.all(writers.map((writer) => writer.write(15)));
    process.kill(Number(workers()[round % 2]), 'SIGKILL');
    await Promise.all(writers.map((writer) => writer.write(15)));
  }
  const calm = createClient<Model>({ url });
  const { globalStamp } = await calm.Person.all({ top: 1 }).page();
  for (const follower of followers) await follower.reach(globalStamp);
  const held = await stateOf(calm);
  assert.ok(held.length > 10, 'something was written');
  for (const follower of followers) assert.deepEqual(follower.state, held);
  await Promise.all(followers.map((follower) => follower.close()));
  server.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

test('more readers than the server takes are asked to come later', async () => {
  const servers = new FeedServers({ maxChangeReaders: 1 });
  const { url } = await servers.node(1);
  const { changes: counted } = (await servers.node(1)).keystamp.services;
  const crowd = new AbortController();
  const come = (): Promise<Response> => fetch(`${url}/rest/$changes`, { signal: crowd.signal });
  const statuses = (await Promise.all(Array.from({ length: 8 }, come))).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [200, ...Array.from({ length: 7 }, () => 503)], 'all at once');
  crowd.abort();
  while (counted.readers > 0) await sleep(10);
  const control = new AbortController();
  const first = await fetch(`${url}/rest/$changes`, { signal: control.signal });
  const reader = first.body!.getReader();
  await reader.read();
  const second = await fetch(`${url}/rest/$changes`);
  assert.deepEqual([second.status, second.headers.get('Retry-After')], [503, '5']);
  control.abort();
  const { changes } = (await servers.node(1)).keystamp.services;
  while (changes.readers > 0) await sleep(10);
  await servers.close();
});
