// Reads on PostgreSQL, each beside a bare handler on the same database: one entity by its key, a page of 100.
import assert from 'node:assert/strict';
import { startPostgres } from '../../tools/embedded-postgres.ts';
import { duel } from '../duel.ts';
import { startCeiling, startKeystamp, startLoad } from '../programs.ts';
import { sameAnswers } from '../same-answers.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { employeeTargets } from './entity-by-key.ts';
import { pageTargets } from './page-of-100.ts';

const works = [
  { scenario: 'postgres: entity-by-key', goal: 0.8, targets: employeeTargets },
  { scenario: 'postgres: page-of-100', goal: 0.9, targets: pageTargets },
] as const;

async function run(bench: Bench): Promise<readonly Row[]> {
  const database = await startPostgres();
  try {
    const env = { KEYSTAMP_DATABASE: database.url };
    const keystamp = await startKeystamp({ ...bench, data: bench.scratch }, { env });
    const ceiling = await startCeiling('employees-postgres', [database.url]);
    const load = startLoad();
    const rows: Row[] = [];
    for (const { scenario, goal, targets } of works) {
      const looked = targets.filter((_, i) => i % 100 === 0);
      assert.equal(await sameAnswers(keystamp.port, ceiling.port, looked), looked.length);
      const work = { targets, order: 'random', status: 200, connections: 32 } as const;
      rows.push(await duel({ scenario, goal, keystamp, ceiling, load, work }));
    }
    for (const stoppable of [keystamp.child, ceiling.child, load]) await stoppable.stop();
    return rows;
  } finally {
    await database.stop();
  }
}

export const postgres: Scenario = { run };
