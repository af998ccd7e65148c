// Does the server keep what it should let go? Its memory over 5,000 conversions, and that of its converters.
import { childrenRss } from '../children-rss.ts';
import { photographs, currentUrl } from '../pictures.ts';
import { startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { rangeOf } from '../statistics.ts';

/** Largest share by which the memory may grow after the first thousand. */
const goal = 1.2;
const conversions = 5000;
const step = 1000;
/** Small enough to be full within the first thousand, so that keeping pictures is no growth. */
const memoryForPictures = 8 * 1024 * 1024;

const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function run(bench: Bench): Promise<readonly Row[]> {
  const env = { KEYSTAMP_VARIANT_MEMORY: String(memoryForPictures) };
  const keystamp = await startKeystamp({ ...bench, nodeArgs: [] }, { core: undefined, env });
  const load = startLoad({});
  const { port } = keystamp;
  const found = await photographs(port);
  const urls = await Promise.all(found.map(({ employee }) => currentUrl(port, employee, '$imageformat=webp')));
  const own: number[] = [];
  const theirs: (number | undefined)[] = [];
  for (let done = 0; done < conversions; done += step) {
    const targets = Array.from({ length: step }, (_, i) => {
      const turn = Math.floor((done + i) / urls.length);
      return `${urls[(done + i) % urls.length]}&$imagewidth=${100 + (turn % 200)}&$imagequality=${60 + Math.floor(turn / 200)}`;
    });
    await load.run({ port, targets, order: 'once', status: 200, connections: 8 });
    own.push((await keystamp.child.usage()).rss);
    theirs.push(childrenRss(keystamp.child.pid));
    bench.tell(`${done + step} conversions: ${MB(own.at(-1)!)}`);
  }
  for (const stoppable of [keystamp.child, load]) await stoppable.stop();
  const growth = own.at(-1)! / own[0]!;
  const [before, after] = [theirs[0], theirs.at(-1)];
  return [
    {
      scenario: 'growth',
      goal: `≤ ${goal}`,
      measured: growth.toFixed(2),
      range: rangeOf(own.map((rss) => rss / own[0]!)),
      keystamp: `${MB(own.at(-1)!)} after ${conversions}`,
      ceiling: `${MB(own[0]!)} after ${step}`,
      reached: growth <= goal,
      ...(before !== undefined && after !== undefined && { note: `converters: ${MB(before)}, then ${MB(after)}` }),
    },
  ];
}

export const growth: Scenario = { long: true, run };
