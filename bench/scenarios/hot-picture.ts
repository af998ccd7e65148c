// Pictures that are ready in memory, asked by the URL of their current version: a photograph and a small preview.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { duel } from '../duel.ts';
import { fixAnswer } from '../fix-answer.ts';
import { currentUrl } from '../pictures.ts';
import { startCeiling, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

const pictures = [
  { scenario: 'hot-picture', format: 'jpeg', query: '', connections: 8 },
  { scenario: 'hot-picture, small', format: 'webp', query: '&$imagewidth=80', connections: 32 },
] as const;

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp(bench);
  const load = startLoad();
  const rows: Row[] = [];
  for (const { scenario, format, query, connections } of pictures) {
    const target = await currentUrl(keystamp.port, 1, `$imageformat=${format}${query}`);
    const file = join(bench.scratch, `${format}.json`);
    const size = await fixAnswer(`http://127.0.0.1:${keystamp.port}${target}`, {}, file);
    const ceiling = await startCeiling('fixed-answer', [file]);
    assert.equal(await fixAnswer(`http://127.0.0.1:${ceiling.port}`, {}, `${file}.again`, file), size);
    const work = { targets: [target], order: 'random', status: 200, connections } as const;
    const row = await duel({ scenario, goal: 0.8, keystamp, ceiling, load, work });
    rows.push({ ...row, scenario: `${scenario} (${(size / 1000).toFixed(0)} kB)` });
    await ceiling.child.stop();
  }
  await load.stop();
  await keystamp.child.stop();
  return rows;
}

export const hotPicture: Scenario = { run };
