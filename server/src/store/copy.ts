// The whole datastore out of its database into an SQLite file, and back: page by page where it is embedded, row by row
// where it is on a server.
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Model } from '../model/model.ts';
import { copyRowsIn, copyRowsOut } from './copy-rows.ts';
import { readGlobalStamp } from './global-stamps.ts';
import { connectEngine, embeddedFile, openEngine, type EngineConfig } from './open.ts';
import { globalStampTable } from './sql/columns.ts';
import { movedStatement } from './sql/write.ts';
import { copyDatabase } from './sqlite/copy-database.ts';

type OnProgress = (done: number, total: number) => void;

/** How far the numbers of a datastore have gone that clients keep. */
export interface Reached {
  /** Where the counter of changes stands. */
  readonly globalStamp: number;
  /** What restores have moved the version numbers of pictures on by. */
  readonly versions: number;
}

/** Of a datastore that is to go; 0 where there is none or it cannot be read. */
export async function reachedNumbers(config: EngineConfig): Promise<Reached> {
  const file = embeddedFile(config);
  try {
    if (file !== undefined) return reachedIn(file);
    const engine = await connectEngine(config);
    try {
      const row = await engine.row(movedStatement);
      return { globalStamp: (await readGlobalStamp(engine)).value, versions: Number(row?.['version'] ?? 0) };
    } finally {
      await engine.close();
    }
  } catch {
    return { globalStamp: 0, versions: 0 };
  }
}

function reachedIn(file: string): Reached {
  const database = new Database(file, { readonly: true });
  try {
    return numbersIn(database);
  } finally {
    database.close();
  }
}

/** The same of an SQLite file that is open. */
export function numbersIn(database: Database.Database): Reached {
  const number = (text: string, ...params: readonly unknown[]): number =>
    database
      .prepare<unknown[], number>(text)
      .pluck()
      .get(...params) ?? 0;
  return {
    globalStamp: number(`SELECT value FROM ${globalStampTable.text}`),
    versions: number(movedStatement.text, ...movedStatement.params),
  };
}

/**
 * Of a table that another program made the model knows a part: columns, rules and triggers that it does not name would be
 * lost, and rows that other tables point to cannot be taken away and put back.
 * @throws Error with the classes that are kept so
 */
function refuseForeign(model: Model, instead: string): void {
  const foreign = [...model.dataClasses.values()].filter(({ table, base, shared }) => shared || table !== base);
  if (foreign.length === 0) return;
  const names = foreign.map(({ name }) => name).join(', ');
  throw new Error(`${names}: the tables belong to another program, and the model knows a part of them; ${instead}`);
}

/**
 * Writes the datastore, as it is at one moment, into a new SQLite file.
 * @param onProgress told in pages or rows
 * @throws Error on a server where tables are those of another program
 */
export async function copyOut(config: EngineConfig, model: Model, to: string, onProgress: OnProgress): Promise<void> {
  const file = embeddedFile(config);
  if (file !== undefined) return copyDatabase(file, to, onProgress);
  refuseForeign(model, 'save it whole with its own tools, for instance pg_dump --format=custom');
  const engine = await connectEngine(config);
  try {
    await engine.snapshot((snapshot) => copyRowsOut(snapshot, model, to, onProgress));
  } finally {
    await engine.close();
  }
}

/**
 * Puts the tables of a SQLite file in the place of those of the datastore, in one transaction.
 * @throws Error on a server where tables are those of another program; then nothing has changed
 */
export async function copyIn(config: EngineConfig, model: Model, from: string, onProgress: OnProgress): Promise<void> {
  const file = embeddedFile(config);
  mkdirSync(config.data, { recursive: true });
  if (file !== undefined) return copyDatabase(from, file, onProgress);
  refuseForeign(model, 'bring it back whole with its own tools, for instance pg_restore --clean');
  const engine = await openEngine(config, model);
  try {
    await copyRowsIn(engine, model, from, onProgress);
  } finally {
    await engine.close();
  }
}
