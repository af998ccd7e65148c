// How long a read takes while more conversions are asked than can be done: pictures must not slow the data down.
import { photographs, currentUrl } from '../pictures.ts';
import { startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { quantile, rangeOf } from '../statistics.ts';
import { employeeTargets } from './entity-by-key.ts';

const rounds = 5;
const seconds = 3;
/** Reads per second. */
const rate = 200;
/** The p99 in the storm may be this many times that of a quiet server, or as many milliseconds if that is more. */
const times = 2;
const milliseconds = 5;
/** Conversions that Keystamp takes at a time: those under way and its queue (see `maxConversionQueue`). */
const queue = 64;
/** More than any machine can do in a round. */
const stormSize = 20_000;

async function run(bench: Bench): Promise<readonly Row[]> {
  // A shorter queue than usual: it stays full all the same, and is done sooner after a round.
  const env = { KEYSTAMP_MAX_QUEUE: String(queue) };
  const keystamp = await startKeystamp({ ...bench, nodeArgs: [] }, { core: undefined, env });
  const [reader, storm] = [startLoad({}), startLoad({})];
  const found = await photographs(keystamp.port);
  const urls = await Promise.all(found.map(({ employee }) => currentUrl(keystamp.port, employee, '$imageformat=webp')));
  const read = { port: keystamp.port, targets: employeeTargets, order: 'random', status: 200, connections: 16, seconds, rate } as const; // oxfmt-ignore
  await reader.run(read);

  const quiet: (readonly number[])[] = [];
  const stormy: (readonly number[])[] = [];
  let conversions = 0;
  for (let round = 0; round < rounds; round++) {
    quiet.push((await reader.run(read)).latencies);
    const targets = Array.from({ length: stormSize / rounds }, (_, i) => {
      const asked = round * (stormSize / rounds) + i;
      return `${urls[asked % urls.length]}&$imagewidth=${200 + (asked % 997)}&$imagequality=${50 + (asked % 41)}`;
    });
    const job = { port: keystamp.port, targets, order: 'once', status: 200, connections: queue, seconds } as const;
    const [during, done] = await Promise.all([reader.run(read), storm.run(job)]);
    stormy.push(during.latencies);
    conversions += done.requests;
  }
  for (const stoppable of [keystamp.child, reader, storm]) await stoppable.stop();

  const p = (values: readonly (readonly number[])[], part: number): string => quantile(values.flat(), part).toFixed(2);
  const idle = quantile(quiet.flat(), 0.99);
  const measured = quantile(stormy.flat(), 0.99);
  const limit = Math.max(times * idle, milliseconds);
  return [
    {
      scenario: 'storm-latency',
      goal: `p99 ≤ ${limit.toFixed(1)} ms`,
      measured: `${measured.toFixed(2)} ms`,
      range: rangeOf(stormy.map((values) => quantile(values, 0.99))),
      keystamp: `storm: p50 ${p(stormy, 0.5)}, p99 ${p(stormy, 0.99)} ms`,
      ceiling: `quiet: p50 ${p(quiet, 0.5)}, p99 ${p(quiet, 0.99)} ms`,
      reached: measured <= limit,
      note: `${rate} reads/s, ${queue} clients waiting for ${conversions} conversions`,
    },
  ];
}

export const stormLatency: Scenario = { run };
