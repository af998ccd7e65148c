// One entity by its key, any of the 1,200 employees.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { duel } from '../duel.ts';
import { sameAnswers } from '../same-answers.ts';
import { startCeiling, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

export const employees = 1200;
const missing = 99_999;

export const employeeTargets: readonly string[] = Array.from(
  { length: employees },
  (_, i) => `/rest/Employee(${i + 1})`,
);

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp(bench);
  const ceiling = await startCeiling('employees', [join(bench.data, 'keystamp.db')]);
  const load = startLoad();
  assert.equal(
    await sameAnswers(keystamp.port, ceiling.port, [...employeeTargets, `/rest/Employee(${missing})`]),
    employees + 1,
  );
  const work = { targets: employeeTargets, order: 'random', status: 200, connections: 32 } as const;
  const row = await duel({ scenario: 'entity-by-key', goal: 0.8, keystamp, ceiling, load, work });
  for (const stoppable of [keystamp.child, ceiling.child, load]) await stoppable.stop();
  return [row];
}

export const entityByKey: Scenario = { run };
