// Reads in a session that has logged in, where a roles file decides, beside the same reads where nothing is protected.
// Both are Keystamp on the same data.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { duel } from '../duel.ts';
import { staff, startKeystamp, startLoad } from '../programs.ts';
import { sameAnswers } from '../same-answers.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';
import { employeeTargets } from './entity-by-key.ts';
import { pageTargets } from './page-of-100.ts';

const works = { 'entity by key': employeeTargets, 'page of 100': pageTargets } as const;
/** One session may have no more requests under way than `maxParallelRequests`. */
const connections = 16;

/** The cookie of a new session of the role that may read everything. */
async function logIn(port: number): Promise<string> {
  const body = JSON.stringify(['clerk', 'any']);
  const answer = await fetch(`http://127.0.0.1:${port}/rest/$directory/login`, { method: 'POST', body });
  assert.equal(answer.status, 200);
  return String(answer.headers.get('set-cookie')).split(';')[0] as string;
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const own = { ...bench, data: bench.scratch };
  const open = await startKeystamp(own, {}, staff);
  const keystamp = await startKeystamp(own, { env: { KEYSTAMP_ROLES: join(staff, 'roles.json') } }, staff);
  const load = startLoad();
  const headers = { Cookie: await logIn(keystamp.port) };
  const rows: Row[] = [];
  for (const [name, targets] of Object.entries(works)) {
    const looked = targets.filter((_, i) => i % 100 === 0);
    assert.equal(await sameAnswers(keystamp.port, open.port, looked, headers), looked.length);
    const ceilingWork = { targets, order: 'random', status: 200, connections } as const;
    const work = { ...ceilingWork, headers };
    rows.push(await duel({ scenario: `privileges: ${name}`, goal: 0.9, keystamp, ceiling: open, load, work, ceilingWork })); // oxfmt-ignore
  }
  for (const stoppable of [keystamp.child, open.child, load]) await stoppable.stop();
  return rows;
}

export const privileges: Scenario = { run };
