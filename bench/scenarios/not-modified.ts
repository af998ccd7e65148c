// A browser asks whether the picture it has is still the one: 304 without a byte of the picture.
import { join } from 'node:path';
import { duel } from '../duel.ts';
import { fixAnswer } from '../fix-answer.ts';
import { currentUrl } from '../pictures.ts';
import { startCeiling, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp(bench);
  const load = startLoad();
  const target = await currentUrl(keystamp.port, 1, '$imageformat=jpeg');
  const url = `http://127.0.0.1:${keystamp.port}${target}`;
  const etag = (await fetch(url)).headers.get('etag');
  if (etag === null) throw new Error('a current picture came without an ETag');
  const headers = { 'If-None-Match': etag };
  const file = join(bench.scratch, 'not-modified.json');
  await fixAnswer(url, headers, file);
  const ceiling = await startCeiling('fixed-answer', [file]);
  await fixAnswer(`http://127.0.0.1:${ceiling.port}`, headers, `${file}.again`, file);
  const work = { targets: [target], order: 'random', headers, status: 304, connections: 32 } as const;
  const row = await duel({ scenario: 'not-modified', goal: 0.8, keystamp, ceiling, load, work });
  await ceiling.child.stop();
  await load.stop();
  await keystamp.child.stop();
  return [row];
}

export const notModified: Scenario = { run };
