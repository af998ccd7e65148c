// A million employees: filters, orders, relations, aggregates and saves, each beside the handler that a careful programmer
// writes by hand for that very case, with 1 and with 32 connections.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { duel } from '../duel.ts';
import { million, millionEmployees } from '../million.ts';
import { startCeiling, startKeystamp, startLoad, type Server } from '../programs.ts';
import { sameAnswers } from '../same-answers.ts';
import type { Bench, Row, Scenario } from '../scenario.ts';

const companies = 40;
/** Targets of a case: more than any cache of answers would hold as the very same request. */
const variety = 2000;
const compared = 20;
const savePauseMs = 20;

interface Case {
  readonly name: string;
  readonly goal: Readonly<Record<1 | 32, number>>;
  readonly targets: readonly string[];
  readonly bodies?: readonly string[];
  /** Entities are saved on both sides meanwhile, some a second. */
  readonly besideSaves?: true;
}

const both = (goal: number): Case['goal'] => ({ 1: goal, 32: goal });
const ofMany = (target: (i: number) => string): readonly string[] =>
  Array.from({ length: variety }, (_, i) => target(i));
const filter = (text: string): string => `$filter=${encodeURIComponent(`"${text}"`)}`;

const anyKey = (i: number): number => 1 + ((i * 7919) % million);
const raise = (i: number): string =>
  JSON.stringify({ __KEY: String(anyKey(i)), salary: 20_000 + Math.random() * 1000 });

/** Saves entities on the servers, one after the other on each, until `end`, which tells what went wrong. */
function saveOn(servers: readonly Server[]): { readonly end: () => Promise<void> } {
  let saving = true;
  const done = Promise.all(
    servers.map(async ({ port }) => {
      for (let i = 0; saving; i++) {
        const answer = await fetch(`http://127.0.0.1:${port}/rest/Employee?$method=update`, {
          method: 'POST',
          body: raise(i),
        });
        assert.equal(answer.status, 200, await answer.text());
        await sleep(savePauseMs);
      }
    }),
  );
  const end = async (): Promise<void> => {
    saving = false;
    await done;
  };
  return { end };
}

function cases(file: string): readonly Case[] {
  const names = someNames(file);
  const company = (i: number): number => 1 + (i % companies);
  return [
    {
      name: 'equal to an indexed string',
      goal: both(0.9),
      targets: names.map((name) => `/rest/Employee?${filter(`lastName='${name}'`)}&$top=20`),
    },
    {
      name: 'range in order, first 20',
      goal: both(0.9),
      targets: ofMany((i) => {
        const low = 20_000 + ((i * 7919) % 99_000);
        return `/rest/Employee?${filter(`salary>=${low} AND salary<${low + 100}`)}&$orderby=salary&$top=20`;
      }),
    },
    {
      name: '20 with their employer',
      goal: both(1.1),
      targets: ofMany((i) => `/rest/Employee?$skip=${i}&$top=20&$expand=employer`),
    },
    {
      name: '100 of the staff',
      goal: both(1.3),
      targets: Array.from({ length: companies }, (_, i) => `/rest/Company(${company(i)})?$expand=staff`),
    },
    {
      name: 'aggregate over a filter',
      goal: both(0.9),
      targets: Array.from(
        { length: companies },
        (_, i) => `/rest/Employee/salary?${filter(`companyID=${company(i)}`)}&$compute=$all`,
      ),
    },
    {
      name: 'entity by key beside saves',
      goal: both(0.8),
      targets: ofMany((i) => `/rest/Employee(${anyKey(i)})`),
      besideSaves: true,
    },
    {
      name: 'update',
      goal: { 1: 0.85, 32: 2.5 },
      targets: ['/rest/Employee?$method=update'],
      bodies: ofMany(raise),
    },
    {
      name: 'create',
      goal: { 1: 0.85, 32: 2.5 },
      targets: ['/rest/Employee?$method=update'],
      bodies: ofMany((i) => JSON.stringify({ lastName: `Newcomer ${i}`, salary: 30_000 + i })),
    },
  ];
}

function someNames(file: string): readonly string[] {
  const database = new Database(file, { readonly: true });
  const names = database
    .prepare<[], string>(
      `SELECT DISTINCT lastName FROM Employee WHERE ID > 100000 AND lastName NOT LIKE '%''%' LIMIT ${variety}`,
    )
    .pluck()
    .all();
  database.close();
  return names;
}

async function run(bench: Bench): Promise<readonly Row[]> {
  const original = await millionEmployees(bench);
  // Saves go into a copy.
  const data = join(bench.scratch, 'million');
  cpSync(original, data, { recursive: true });
  const file = join(data, 'keystamp.db');
  const keystamp = await startKeystamp({ ...bench, data });
  const ceiling = await startCeiling('million', [file]);
  const load = startLoad();
  const rows: Row[] = [];
  for (const { name, goal, targets, bodies, besideSaves } of cases(file).filter(({ name }) => bench.wants(name))) {
    if (!bodies) {
      const asked = targets.slice(0, compared);
      assert.equal(await sameAnswers(keystamp.port, ceiling.port, asked), asked.length);
    }
    const saves = besideSaves && saveOn([keystamp, ceiling]);
    for (const connections of [1, 32] as const) {
      bench.tell(`${name}, ${connections}`);
      const work = { targets, order: 'random', status: 200, connections, ...(bodies && { bodies }) } as const;
      const scenario = `${name}, ${connections} at once`;
      const waitsForDisk = bodies !== undefined;
      rows.push(await duel({ scenario, goal: goal[connections], keystamp, ceiling, load, work, waitsForDisk }));
    }
    await saves?.end();
  }
  for (const stoppable of [keystamp.child, ceiling.child, load]) await stoppable.stop();
  return rows;
}

export const millionScenario: Scenario = { long: true, run };
