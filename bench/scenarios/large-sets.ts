// Entity sets of a million: what others notice while they are made, sorted and combined; what a page of them costs at
// their beginning, near their end and without them; what making one takes.
import { childrenRss } from '../children-rss.ts';
import { million, millionEmployees } from '../million.ts';
import { startKeystamp, startLoad, type Load } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { median, quantile, rangeOf } from '../statistics.ts';

const rounds = 3;
const seconds = 3;
/** Reads per second. */
const rate = 200;
/** The p99 may be this many times that of a quiet server, or as many milliseconds if that is more. */
const times = 2;
const milliseconds = 5;
const far = 900_000;
const pageSeconds = 2;
/** A page near the end against the first one, and against `$skip` without a set. */
const mostOfFirst = 1.5;
const leastOfOffset = 20;

/** A client with a session. */
class Client {
  readonly #base: string;
  cookie = '';

  constructor(port: number) {
    this.#base = `http://127.0.0.1:${port}/rest/`;
  }

  /** The answer and the milliseconds until it was there. */
  async get(path: string): Promise<{ body: { readonly __ENTITYSET?: string }; ms: number }> {
    const begun = performance.now();
    const response = await fetch(this.#base + path, { headers: { Cookie: this.cookie } });
    const text = await response.text();
    const ms = performance.now() - begun;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    return { body: JSON.parse(text) as { readonly __ENTITYSET?: string }, ms };
  }

  /** Makes a set: its path, and how long that took. */
  async makeSet(path: string): Promise<{ set: string; ms: number }> {
    const { body, ms } = await this.get(`${path}${path.includes('?') ? '&' : '?'}$method=entityset&$top=0`);
    return { set: (body.__ENTITYSET ?? '').replace('/rest/', ''), ms };
  }

  async release(set: string): Promise<void> {
    await this.get(`${set}?$method=release`);
  }
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const data = await millionEmployees(bench);
  const keystamp = await startKeystamp({ ...bench, data, nodeArgs: [] }, { core: undefined });
  const reader = startLoad({});
  const client = new Client(keystamp.port);
  const before = (await keystamp.child.usage()).rss;
  const ordered: { set: string; ms: number }[] = [];
  for (let round = 0; round < rounds; round++) ordered.push(await client.makeSet('Employee?$orderby=lastName'));
  const grown = ((await keystamp.child.usage()).rss - before) / rounds;
  const lanes = childrenRss(keystamp.child.pid);
  const a = ordered[0]?.set ?? '';
  const b = (await client.makeSet('Employee?$filter="salary > 40000"')).set;
  const { ms: firstPlain } = await client.makeSet('Employee');

  const rows = [
    await disturbance('made', 'Employee?$orderby=lastName', client, keystamp.port, reader, bench),
    await disturbance(
      'sorted',
      `${a}?$orderby=${encodeURIComponent('salary desc')}`,
      client,
      keystamp.port,
      reader,
      bench,
    ),
    await disturbance(
      'combined',
      `${a}?$logicOperator=EXCEPT&$otherCollection=${b.replace(/.*\//, '')}`,
      client,
      keystamp.port,
      reader,
      bench,
    ),
    ...(await pageRows(client, a, keystamp.port, reader)),
    {
      scenario: 'set of a million',
      goal: 'none',
      measured: `${median(ordered.map(({ ms }) => ms)).toFixed(0)} ms`,
      range: rangeOf(
        ordered.map(({ ms }) => ms),
        0,
      ),
      keystamp: `${(grown / 1e6).toFixed(1)} MB each in the server`,
      ceiling: `unordered: ${firstPlain.toFixed(0)} ms`,
      reached: true,
      ...(lanes !== undefined && { note: `other processes: ${(lanes / 1e6).toFixed(0)} MB` }),
    },
  ];
  for (const { set } of ordered) await client.release(set);
  for (const stoppable of [keystamp.child, reader]) await stoppable.stop();
  return rows;
}

/** Reads by key while sets are made of `path` one after the other, against a quiet server. */
async function disturbance(
  word: string,
  path: string,
  client: Client,
  port: number,
  reader: Load,
  bench: Bench,
): Promise<Row> {
  const targets = Array.from({ length: 5000 }, (_, i) => `/rest/Employee(${1 + ((i * 7919) % million)})`);
  const read = { port, targets, order: 'random', status: 200, connections: 16, seconds, rate } as const;
  const quiet: (readonly number[])[] = [];
  const busy: (readonly number[])[] = [];
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    quiet.push((await reader.run(read)).latencies);
    let reading = true;
    const work = async (): Promise<void> => {
      while (reading) {
        const { set, ms } = await client.makeSet(path);
        took.push(ms);
        await client.release(set);
      }
    };
    const working = work();
    busy.push((await reader.run(read)).latencies);
    reading = false;
    await working;
  }
  bench.tell(`${word}: ${took.length} sets`);
  const idle = quantile(quiet.flat(), 0.99);
  const measured = quantile(busy.flat(), 0.99);
  const limit = Math.max(times * idle, milliseconds);
  const p = (values: readonly (readonly number[])[], part: number): string => quantile(values.flat(), part).toFixed(2);
  return {
    scenario: `large set ${word}`,
    goal: `p99 ≤ ${limit.toFixed(1)} ms`,
    measured: `${measured.toFixed(2)} ms`,
    range: rangeOf(busy.map((values) => quantile(values, 0.99))),
    keystamp: `meanwhile: p50 ${p(busy, 0.5)}, p99 ${p(busy, 0.99)}, most ${p(busy, 1)} ms`,
    ceiling: `quiet: p50 ${p(quiet, 0.5)}, p99 ${p(quiet, 0.99)} ms`,
    reached: measured <= limit,
    note: `${rate} reads/s, a set of a million in ${median(took).toFixed(0)} ms`,
  };
}

async function pageRows(client: Client, set: string, port: number, reader: Load): Promise<readonly Row[]> {
  /** Milliseconds a page takes, one after the other. */
  const timed = async (path: string): Promise<number> => {
    const job = { port, targets: [`/rest/${path}&$top=100`], order: 'random', status: 200, connections: 1 } as const;
    const done = await reader.run({ ...job, headers: { Cookie: client.cookie }, seconds: pageSeconds });
    return (done.seconds * 1000) / done.requests;
  };
  // In turns, so that whatever else goes on slows both.
  const turns: { first: number; late: number; offset: number }[] = [];
  for (let round = 0; round < rounds; round++)
    turns.push({
      first: await timed(`${set}?$skip=0`),
      late: await timed(`${set}?$skip=${far}`),
      offset: await timed(`Employee?$orderby=lastName&$skip=${far}`),
    });
  const ms = (of: 'first' | 'late' | 'offset'): string => `${median(turns.map((turn) => turn[of])).toFixed(2)} ms`;
  const ofFirst = turns.map(({ first, late }) => late / first);
  const ofOffset = turns.map(({ late, offset }) => offset / late);
  return [
    {
      scenario: 'late page of a set',
      goal: `≤ ${mostOfFirst} × first`,
      measured: median(ofFirst).toFixed(2),
      range: rangeOf(ofFirst),
      keystamp: ms('late'),
      ceiling: `first page: ${ms('first')}`,
      reached: median(ofFirst) <= mostOfFirst,
    },
    {
      scenario: 'late page of a set',
      goal: `≥ ${leastOfOffset} × $skip`,
      measured: median(ofOffset).toFixed(1),
      range: rangeOf(ofOffset, 1),
      keystamp: ms('late'),
      ceiling: `without a set: ${ms('offset')}`,
      reached: median(ofOffset) >= leastOfOffset,
    },
  ];
}

export const largeSets: Scenario = { long: true, run };
