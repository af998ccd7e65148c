// A page of 100 employees from anywhere in the list, with the number of all.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { duel } from '../duel.ts';
import { sameAnswers } from '../same-answers.ts';
import { startCeiling, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { employees } from './entity-by-key.ts';

const top = 100;
export const pageTargets = Array.from(
  { length: employees - top + 1 },
  (_, skip) => `/rest/Employee?$top=${top}&$skip=${skip}`,
);

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp(bench);
  const ceiling = await startCeiling('employees', [join(bench.data, 'keystamp.db')]);
  const load = startLoad();
  const looked = pageTargets.filter((_, skip) => skip % top === 0);
  assert.equal(await sameAnswers(keystamp.port, ceiling.port, looked), looked.length);
  const work = { targets: pageTargets, order: 'random', status: 200, connections: 32 } as const;
  const row = await duel({ scenario: 'page-of-100', goal: 1.5, keystamp, ceiling, load, work });
  for (const stoppable of [keystamp.child, ceiling.child, load]) await stoppable.stop();
  return [row];
}

export const pageOf100: Scenario = { run };
