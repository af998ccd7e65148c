// A function that returns one entity, beside the plain read of the same entity by the same server.
import assert from 'node:assert/strict';
import { duel } from '../duel.ts';
import { staff, startKeystamp, startLoad } from '../programs.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { employees, employeeTargets } from './entity-by-key.ts';

const reads = { targets: employeeTargets, order: 'random', status: 200, connections: 32 } as const;

/** The function of an entity by GET, and one of the datastore that finds the entity by the key it is given. */
const calls = {
  'of the entity': { ...reads, targets: employeeTargets.map((target) => `${target}/itself`) },
  'of the datastore': {
    ...reads,
    targets: ['/rest/$catalog/employee'],
    bodies: Array.from({ length: employees }, (_, i) => `[${i + 1}]`),
  },
} as const;

async function sameEntity(port: number, key: number): Promise<void> {
  const ask = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/rest/${path}`, init)).json();
  const read = await ask(`Employee(${key})`);
  assert.deepEqual(await ask(`Employee(${key})/itself`), read);
  assert.deepEqual(await ask('$catalog/employee', { method: 'POST', body: `[${key}]` }), read);
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const keystamp = await startKeystamp({ ...bench, data: bench.scratch }, {}, staff);
  const load = startLoad();
  for (let key = 1; key <= employees; key += 100) await sameEntity(keystamp.port, key);
  const rows: Row[] = [];
  for (const [name, work] of Object.entries(calls)) {
    const scenario = `function-call: ${name}`;
    rows.push(await duel({ scenario, goal: 0.7, keystamp, ceiling: keystamp, load, work, ceilingWork: reads }));
  }
  for (const stoppable of [keystamp.child, load]) await stoppable.stop();
  return rows;
}

export const functionCall: Scenario = { run };
