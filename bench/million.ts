// A data folder with a million employees: the sample's 1,200 and their namesakes. Made once, kept for the next bench.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { registerFunctions } from '../server/src/store/sqlite/functions.ts';
import { startKeystamp } from './programs.ts';
import type { Bench } from './scenario.ts';

export const million = 1_000_000;

/** Namesakes are told apart by their family's number, so that a name stands for some entities and not for thousands. */
export const families = 997;

const folder = join(import.meta.dirname, '../node_modules/.cache/keystamp-million');

/** The folder; making it takes about a minute. */
export async function millionEmployees(bench: Bench): Promise<string> {
  if (existsSync(folder)) return folder;
  bench.tell('making a million employees');
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const keystamp = await startKeystamp({ ...bench, data: unfinished, nodeArgs: [] });
    await keystamp.child.stop();
    addNamesakes(join(unfinished, 'keystamp.db'));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function addNamesakes(file: string): void {
  const database = new Database(file);
  registerFunctions(database);
  database.pragma('cache_size = -262144');
  const copied = 'firstName, birthDate, hiringDate, lastLogin, active, remote, notes, spec, companyID, managerID';
  database.exec(`
    CREATE TEMP TABLE original AS SELECT row_number() OVER (ORDER BY ID) - 1 AS place, * FROM Employee;
    WITH RECURSIVE n(i) AS (SELECT (SELECT max(ID) FROM Employee) UNION ALL SELECT i + 1 FROM n WHERE i < ${million} - 1)
    INSERT INTO Employee (salary, badge, lastName, ${copied})
    SELECT 20000 + (i * 7919) % 1000003 / 10.0, hex(randomblob(16)), lastName || ' ' || (i % ${families}), ${copied}
    FROM n JOIN original ON place = (i * 7907) % (SELECT count(*) FROM original);
  `);
  database.close();
}
