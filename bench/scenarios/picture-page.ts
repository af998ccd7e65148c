// A page of 100 employees with previews of 80 pixels, against the 100 originals: bytes that cross the wire, heads
// included. Not a matter of time.
import { startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

const goal = 0.02;
const list = '/rest/Employee?$top=100&$filter="photo != null"';
const previews = '&$imageformat=webp&$imagewidth=80';

interface Page {
  readonly __ENTITIES: readonly { readonly photo: { readonly __deferred: { readonly uri: string } } | null }[];
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp({ ...bench, nodeArgs: [] }, { core: undefined });
  const load = startLoad({});
  const { port } = keystamp;
  const bytes = async (targets: readonly string[]): Promise<number> =>
    (await load.run({ port, targets, order: 'once', status: 200, connections: 4 })).bytes;
  const uris = async (target: string): Promise<readonly string[]> => {
    const page = (await (await fetch(`http://127.0.0.1:${port}${target}`)).json()) as Page;
    return page.__ENTITIES.flatMap(({ photo }) => photo?.__deferred.uri ?? []);
  };
  const small = await uris(list + previews);
  const originals = await uris(list);
  const page = encodeURI(list + previews);
  const moved = (await bytes([page])) + (await bytes(small));
  const whole = await bytes(originals);
  for (const stoppable of [keystamp.child, load]) await stoppable.stop();
  const share = moved / whole;
  return [
    {
      scenario: 'picture-page',
      goal: `≤ ${goal * 100} %`,
      measured: `${(share * 100).toFixed(2)} %`,
      range: '–',
      keystamp: `${(moved / 1e3).toFixed(0)} kB`,
      ceiling: `${(whole / 1e3).toFixed(0)} kB`,
      reached: share <= goal,
      note: `list and ${small.length} previews against ${originals.length} originals`,
    },
  ];
}

export const picturePage: Scenario = { run };
