// Two server processes over one data folder, `kill -9` for both: at no time do two sessions hold one entity, and every
// session and every lock that was acknowledged is there afterwards.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../../examples/company/random.ts';
import { ServerProcess } from './server-process.ts';

const kills = process.env['KEYSTAMP_LONG'] === '1' ? 25 : 3;
const seed = Number(process.env['KEYSTAMP_SEED'] ?? 1);
const codes = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Who holds an entity for certain: it has been told so, and has not begun to give it back. */
type Certain = Map<string, Client>;

/** A client that locks and unlocks without pause, at either server. */
class Client {
  readonly name: string;
  /** Answers of each kind. */
  readonly counts = { taken: 0, refused: 0, given: 0 };
  readonly #random: Random;
  readonly #certain: Certain;
  /** Sent and not answered: it may hold these entities or not. */
  readonly #open = new Set<string>();
  #cookie: string | undefined;

  constructor(name: string, random: Random, certain: Certain) {
    this.name = name;
    this.#random = random;
    this.#certain = certain;
  }

  get interrupted(): boolean {
    return this.#open.size > 0;
  }

  /** Goes on until the servers are gone. */
  async run(urls: readonly string[]): Promise<void> {
    try {
      for (;;) await this.#step(this.#random.pick(urls), this.#random.pick(codes));
    } catch (error) {
      // What fetch throws when the connection breaks.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #step(url: string, code: string): Promise<void> {
    const holder = this.#certain.get(code);
    this.#open.add(code);
    if (holder === this) {
      this.#certain.delete(code);
      assert.ok(await this.#ask(url, code, false), `${this.name} could not give ${code} back`);
      this.counts.given++;
    } else if (await this.#ask(url, code, true)) {
      const other = this.#certain.get(code);
      assert.equal(other, undefined, `${this.name} and ${other?.name} hold ${code}`);
      this.#certain.set(code, this);
      this.counts.taken++;
    } else this.counts.refused++;
    this.#open.delete(code);
  }

  /** What it was told is still so. Afterwards it holds nothing. */
  async verify(url: string): Promise<void> {
    for (const code of codes) {
      const holder = this.#certain.get(code);
      if (holder === this) assert.ok(await this.#ask(url, code, true), `${this.name} has lost ${code}`);
      else if (holder) assert.ok(!(await this.#ask(url, code, true)), `${this.name} got ${code} of ${holder.name}`);
    }
    for (const code of this.#open) await this.#ask(url, code, false);
    this.#open.clear();
  }

  /** True when it holds the lock afterwards, or nobody does. */
  async #ask(url: string, code: string, lock: boolean): Promise<boolean> {
    const answer = await fetch(`${url}/rest/Note(${code})?$lock=${lock}`, {
      headers: this.#cookie === undefined ? {} : { cookie: this.#cookie },
    });
    const json = (await answer.json()) as { readonly result: boolean };
    assert.equal(answer.status, 200, JSON.stringify(json));
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) assert.equal(this.#cookie ?? cookie, cookie, `${this.name} has lost its session`);
    this.#cookie ??= cookie;
    return json.result;
  }
}

test(`two processes agree on locks, and ${kills} times kill -9 loses none, seed ${seed}`, async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'keystamp-crash-'));
  const random = createRandom(seed);
  let servers: readonly ServerProcess[] = [];
  const start = async (): Promise<readonly string[]> => {
    servers = [new ServerProcess(data), new ServerProcess(data)];
    return Promise.all(servers.map((server) => server.ready()));
  };
  const killAll = (): Promise<unknown> => Promise.all(servers.map((server) => server.kill()));
  t.after(async () => {
    await killAll();
    await rm(data, { recursive: true, force: true });
  });

  let urls = await start();
  for (const code of codes) {
    const body = JSON.stringify({ code });
    const answer = await fetch(`${urls[0]}/rest/Note?$method=update`, { method: 'POST', body });
    assert.equal(answer.status, 200);
  }
  const certain: Certain = new Map();
  const clients = ['ann', 'bob', 'carl', 'dora'].map(
    (name, i) => new Client(name, createRandom(seed * 100 + i), certain),
  );
  const total = (kind: keyof Client['counts']): number => clients.reduce((sum, { counts }) => sum + counts[kind], 0);
  let interrupted = 0;
  let held = 0;
  for (let kill = 0; kill < kills; kill++) {
    const enough = total('taken') + random.int(30, 90);
    const running = Promise.all(clients.map((client) => client.run(urls)));
    while (total('taken') < enough) await Promise.race([running, sleep(5)]);
    await killAll();
    await running;
    interrupted += clients.filter((client) => client.interrupted).length;
    held += certain.size;
    urls = await start();
    for (const client of clients) await client.verify(random.pick(urls));
  }
  t.diagnostic(`${total('taken')} taken, ${total('refused')} refused, ${total('given')} given back`);
  t.diagnostic(`held at the kills: ${held}; under way: ${interrupted}`);
  for (const kind of ['taken', 'refused', 'given'] as const) assert.ok(total(kind) > 0, `none was ${kind}`);
  assert.ok(held > 0, 'nothing was held at any kill');
  assert.ok(interrupted > 0, 'no request was under way at any kill');
  assert.deepEqual(await Promise.all(servers.map((server) => server.stop())), [0, 0]);
});
