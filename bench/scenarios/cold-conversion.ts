// Conversions that nobody asked for before, over HTTP, with as many clients as there are converters.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Conversion, LoopResult } from '../ceilings/sharp-loop.ts';
import { currentUrl, photographs } from '../pictures.ts';
import { startKeystamp, startLoad, startWorker } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { median, perSecond, rangeOf } from '../statistics.ts';

const goal = 0.9;
const rounds = 6;
const atATime = availableParallelism();

/** What a round asks of every photograph; the round makes the sizes new. */
const kinds = [
  { format: 'jpeg', width: 1200, quality: 85 },
  { format: 'webp', width: 640, quality: 75 },
  { format: 'jpeg', width: 320, quality: 80 },
  { format: 'webp', width: 80, quality: 80 },
  { format: 'avif', width: 400, quality: 50 },
] as const;

/**
 * Keystamp's converters run on time that nobody else wants. So does the loop, lest whatever else runs on this machine
 * takes time from one side alone.
 */
function idleClass(): readonly string[] {
  try {
    execFileSync('chrt', ['-i', '0', 'true'], { stdio: 'ignore' });
    return ['chrt', '-i', '0'];
  } catch {
    return [];
  }
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp({ ...bench, nodeArgs: [] }, { core: undefined });
  const load = startLoad({});
  const found = await photographs(keystamp.port);
  const loop = startWorker('sharp-loop', found.map(({ file }) => file), { under: idleClass() }); // oxfmt-ignore
  const urls = await Promise.all(found.map(({ employee }) => currentUrl(keystamp.port, employee, '$imageformat=jpeg')));

  const conversionsOf = (round: number): readonly Conversion[] =>
    kinds.flatMap(({ format, width, quality }) =>
      found.map((_, picture) => ({ picture, format, quality, width: width - round })),
    );
  const targetOf = ({ picture, format, width, quality }: Conversion): string =>
    `${urls[picture]!.replace('=jpeg&', `=${format}&`)}&$imagewidth=${width}&$imagequality=${quality}`;

  // The warm-up shows that both make the same bytes.
  const first = conversionsOf(0);
  const { digests } = await loop.ask<LoopResult>('convert', { conversions: first, atATime });
  for (const [i, conversion] of first.entries()) {
    const response = await fetch(`http://127.0.0.1:${keystamp.port}${targetOf(conversion)}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.headers.get('content-type'), `image/${conversion.format}`);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), digests[i], targetOf(conversion));
  }

  const pairs: (readonly [number, number])[] = [];
  for (let round = 1; round <= rounds; round++) {
    const conversions = conversionsOf(round);
    const targets = conversions.map(targetOf);
    const job = { port: keystamp.port, targets, order: 'once', status: 200, connections: atATime } as const;
    const over = await load.run(job);
    const bare = await loop.ask<LoopResult>('convert', { conversions, atATime });
    pairs.push([conversions.length / over.seconds, conversions.length / bare.seconds]);
  }
  for (const stoppable of [keystamp.child, loop, load]) await stoppable.stop();
  const ratios = pairs.map(([own, bare]) => own / bare);
  return [
    {
      scenario: 'cold-conversion',
      goal: `≥ ${goal}`,
      measured: median(ratios).toFixed(2),
      range: rangeOf(ratios),
      keystamp: perSecond(median(pairs.map(([own]) => own))),
      ceiling: perSecond(median(pairs.map(([, bare]) => bare))),
      reached: median(ratios) >= goal,
      note: `${atATime} at a time`,
    },
  ];
}

export const coldConversion: Scenario = { run };
