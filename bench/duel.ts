// Keystamp and its ceiling under the same load, turn by turn; the ratio of each pair of turns counts.
import type { LoadJob } from './load/load-job.ts';
import type { Load, Server } from './programs.ts';
import type { Row } from './scenario.ts';
import { median, perSecond, rangeOf } from './statistics.ts';

const rounds = 5;
const roundSeconds = 2;
/**
 * A side is warm when it has stopped becoming faster: code compiled, pages read, statements judged. Many clients warm it, whatever
 * is measured then: with one that waits for the disk it would take minutes until the code has run often enough.
 */
const warmUpTurns = { seconds: 1, least: 6, most: 15, growth: 1.05, connections: 32 } as const;

/** Below this share of a core the server had time left: the load was the bottleneck. */
const saturated = 0.93;

interface Turn {
  /** Requests per second. */
  readonly rate: number;
  /** Processor time of the server per request, microseconds. */
  readonly cpu: number;
  /** Share of one core that the server used. */
  readonly busy: number;
}

export interface Duel {
  readonly scenario: string;
  /** Smallest ratio Keystamp : ceiling. */
  readonly goal: number;
  readonly keystamp: Server;
  readonly ceiling: Server;
  readonly load: Load;
  readonly work: Work;
  /** What the ceiling is asked instead. */
  readonly ceilingWork?: Work;
  /** Both sides wait for the disk most of the time: only the requests per second count. */
  readonly waitsForDisk?: boolean;
}

type Work = Omit<LoadJob, 'port' | 'seconds'>;

async function turn({ child, port }: Server, load: Load, work: Work, seconds: number): Promise<Turn> {
  const before = await child.usage();
  const done = await load.run({ ...work, port, seconds });
  const cpu = (await child.usage()).cpu - before.cpu;
  return { rate: done.requests / done.seconds, cpu: cpu / done.requests, busy: cpu / 1e6 / done.seconds };
}

async function warmUp(server: Server, load: Load, work: Work): Promise<void> {
  const { seconds, least, most, growth, connections } = warmUpTurns;
  let fastest = 0;
  for (let turns = 1; turns <= most; turns++) {
    const { rate } = await turn(server, load, { ...work, connections }, seconds);
    if (turns >= least && rate < fastest * growth) return;
    fastest = Math.max(fastest, rate);
  }
}

/**
 * Where the load and not the server was the bottleneck, the ratio of the requests per second would flatter the slower
 * side: then the ratio of processor time must reach the goal too.
 */
export async function duel(asked: Duel): Promise<Row> {
  const { scenario, goal, keystamp, ceiling, load, work, ceilingWork = work, waitsForDisk } = asked;
  await warmUp(keystamp, load, work);
  await warmUp(ceiling, load, ceilingWork);
  const pairs: (readonly [Turn, Turn])[] = [];
  for (let i = 0; i < rounds; i++)
    pairs.push([await turn(keystamp, load, work, roundSeconds), await turn(ceiling, load, ceilingWork, roundSeconds)]);
  const ratios = pairs.map(([own, bare]) => own.rate / bare.rate);
  const byCpu = median(pairs.map(([own, bare]) => bare.cpu / own.cpu));
  const measured = median(ratios);
  const loadBound =
    !waitsForDisk && pairs.filter(([own, bare]) => Math.min(own.busy, bare.busy) < saturated).length > rounds / 2;
  const figures = (side: readonly Turn[]): string =>
    `${perSecond(median(side.map(({ rate }) => rate)))}, ${median(side.map(({ cpu }) => cpu)).toFixed(1)} µs`;
  return {
    scenario,
    goal: `≥ ${goal}`,
    measured: measured.toFixed(2),
    range: rangeOf(ratios),
    byCpu: byCpu.toFixed(2),
    keystamp: figures(pairs.map(([own]) => own)),
    ceiling: figures(pairs.map(([, bare]) => bare)),
    reached: (loadBound ? Math.min(measured, byCpu) : measured) >= goal,
    ...(loadBound && { note: 'the load was the bottleneck: CPU counts too' }),
  };
}
