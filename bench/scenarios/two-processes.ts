// Two processes against one on each engine, reads and writes. Nothing is pinned: what matters is what the machine has
// left for a second process beside the load and the database.
import { join } from 'node:path';
import { startPostgres } from '../../tools/embedded-postgres.ts';
import { startKeystamp, startLoad, type Load, type Server } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { median, perSecond, rangeOf } from '../statistics.ts';
import { employeeTargets } from './entity-by-key.ts';

const rounds = 3;
const seconds = 2;

const reads = { targets: employeeTargets, order: 'random', status: 200, connections: 32 } as const;
/** New entities of the smallest class. */
export const creates = {
  targets: ['/rest/Company?$method=update'],
  bodies: [JSON.stringify({ name: 'Bench', city: 'Lyon' })],
  order: 'random',
  status: 200,
  connections: 32,
} as const;

async function compare(
  scenario: string,
  one: Server,
  two: Server,
  load: Load,
  work: typeof reads | typeof creates,
): Promise<Row> {
  const rate = async ({ port }: Server): Promise<number> => {
    const done = await load.run({ ...work, port, seconds });
    return done.requests / done.seconds;
  };
  const pairs: (readonly [number, number])[] = [];
  await rate(one);
  await rate(two);
  for (let i = 0; i < rounds; i++) pairs.push([await rate(two), await rate(one)]);
  const ratios = pairs.map(([of2, of1]) => of2 / of1);
  return {
    scenario,
    goal: 'told',
    measured: median(ratios).toFixed(2),
    range: rangeOf(ratios),
    keystamp: perSecond(median(pairs.map(([of2]) => of2))),
    ceiling: perSecond(median(pairs.map(([, of1]) => of1))),
    reached: true,
    note: 'two processes : one; the ceiling is one',
  };
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const database = await startPostgres({ durable: true });
  const load = startLoad({});
  const rows: Row[] = [];
  try {
    for (const engine of ['sqlite', 'postgres'] as const) {
      const env = { KEYSTAMP_DATABASE: engine === 'postgres' ? database.url : '' };
      const own = { ...bench, data: join(bench.scratch, engine) };
      const one = await startKeystamp(own, { pinned: false, env });
      const two = await startKeystamp(own, { pinned: false, env: { ...env, KEYSTAMP_WORKERS: '2' } });
      rows.push(await compare(`two processes on ${engine}: read`, one, two, load, reads));
      rows.push(await compare(`two processes on ${engine}: write`, one, two, load, creates));
      for (const { child } of [one, two]) await child.stop();
    }
  } finally {
    await load.stop();
    await database.stop();
  }
  return rows;
}

export const twoProcesses: Scenario = { run };
