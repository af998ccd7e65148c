// The whole datastore out of its database into an SQLite file, and back: page by page where it is embedded, row by row
// where it is on a server.
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Model } from '../model/model.ts';
import { copyRowsIn, copyRowsOut } from './copy-rows.ts';
import { readGlobalStamp } from './global-stamps.ts';
import { connectEngine, embeddedFile, hasDatabase, openEngine, type EngineConfig } from './open.ts';
import { globalStampTable } from './sql/columns.ts';
import { copyDatabase } from './sqlite/copy-database.ts';

type OnProgress = (done: number, total: number) => void;

/** Where the counter of changes stands, 0 when there is none or it cannot be read. */
export async function reachedStamp(config: EngineConfig): Promise<number> {
  const file = embeddedFile(config);
  if (!hasDatabase(config)) return 0;
  try {
    if (file !== undefined) return reachedIn(file);
    const engine = await connectEngine(config);
    try {
      return (await readGlobalStamp(engine)).value;
    } finally {
      await engine.close();
    }
  } catch {
    return 0;
  }
}

function reachedIn(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare<[], number>(`SELECT value FROM ${globalStampTable.text}`).pluck().get() ?? 0;
  } finally {
    database.close();
  }
}

/**
 * Writes the datastore, as it is at one moment, into a new SQLite file.
 * @param onProgress told in pages or rows
 * @throws Error on a server where tables are those of another program
 */
export async function copyOut(config: EngineConfig, model: Model, to: string, onProgress: OnProgress): Promise<void> {
  const file = embeddedFile(config);
  if (file !== undefined) return copyDatabase(file, to, onProgress);
  const foreign = model.dataClasses.values().find(({ table, base }) => table !== base);
  if (foreign)
    throw new Error(
      `${foreign.name}: its table belongs to another program; back the database up with its own tools (pg_dump)`,
    );
  const engine = await connectEngine(config);
  try {
    await engine.snapshot((snapshot) => copyRowsOut(snapshot, model, to, onProgress));
  } finally {
    await engine.close();
  }
}

/** Puts the tables of a SQLite file in the place of those of the datastore, in one transaction. */
export async function copyIn(config: EngineConfig, model: Model, from: string, onProgress: OnProgress): Promise<void> {
  const file = embeddedFile(config);
  mkdirSync(config.data, { recursive: true });
  if (file !== undefined) return copyDatabase(from, file, onProgress);
  const engine = await openEngine(config, model);
  try {
    await copyRowsIn(engine, model, from, onProgress);
  } finally {
    await engine.close();
  }
}
