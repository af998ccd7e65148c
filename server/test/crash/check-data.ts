// Is a data folder sound? Every content whole and held, every holder counted, every number in its bounds, every
// converted picture what its digest says.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { isMedia, type DataClassDef, type Model, type StorageDef } from '../../src/model/model.ts';
import {
  baseColumn,
  contentPartTable,
  contentTable,
  mediaStamp,
  mediaTime,
  stampColumn,
  tombstoneTable,
  uploadTable,
} from '../../src/store/sql/columns.ts';
import { types } from '../../src/store/postgres/values.ts';
import { registerFunctions } from '../../src/store/sqlite/functions.ts';
import { openClient } from '../postgres.ts';

const shaOf = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Runs a statement that only reads; `?` stands for the one parameter there may be. */
type Look = <T>(statement: string, parameter?: Uint8Array) => Promise<readonly T[]>;

/**
 * Looks through the data of a model; the server may be running.
 * @param data the data folder
 * @param database URL of the database, when it is not in the data folder
 * @returns one line per fault, nothing when all is well
 */
export async function checkData(data: string, model: Model, database = ''): Promise<readonly string[]> {
  const faults = await (database === '' ? checkSqlite(data, model) : checkPostgres(database, model));
  return [...faults, ...variantFaults(join(data, 'variants'))];
}

async function checkSqlite(data: string, model: Model): Promise<readonly string[]> {
  const database = new Database(join(data, 'keystamp.db'), { readonly: true });
  try {
    registerFunctions(database);
    // One snapshot, so that a server at work does not confuse the counts.
    database.exec('BEGIN');
    const look: Look = async <T>(statement: string, ...parameter: readonly unknown[]) =>
      database.prepare<unknown[], T>(statement).all(...parameter);
    return [...integrityFaults(database), ...(await rowFaults(look, model))];
  } finally {
    database.close();
  }
}

async function checkPostgres(database: string, model: Model): Promise<readonly string[]> {
  const client = await openClient(database);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const look: Look = async <T>(statement: string, ...values: readonly unknown[]) =>
      (await client.query({ text: statement.replace('?', '$1'), values: [...values], types })).rows as T[];
    return await rowFaults(look, model);
  } finally {
    await client.end();
  }
}

async function rowFaults(look: Look, model: Model): Promise<readonly string[]> {
  const faults = [...(await contentFaults(look, await holdersOf(look, model)))];
  for (const dataClass of model.dataClasses.values()) faults.push(...(await numberFaults(look, dataClass)));
  return faults;
}

function integrityFaults(database: Database.Database): readonly string[] {
  const lines = database.pragma('integrity_check') as { integrity_check: string }[];
  return lines.map((line) => line.integrity_check).filter((line) => line !== 'ok');
}

const mediaOf = ({ storage }: DataClassDef): readonly StorageDef[] => storage.filter(isMedia);

/** How many attributes and uploads hold each content, by hash in hexadecimal. */
async function holdersOf(look: Look, model: Model): Promise<ReadonlyMap<string, number>> {
  const holders = new Map<string, number>();
  const places = [...model.dataClasses.values()].flatMap((dataClass) =>
    mediaOf(dataClass).map(({ column }) => `SELECT "${column}" AS hash FROM "${dataClass.table}"`),
  );
  for (const place of [...places, `SELECT hash FROM ${uploadTable.text}`])
    for (const { hash } of await look<{ hash: Buffer | null }>(place))
      if (hash) holders.set(hash.toString('hex'), (holders.get(hash.toString('hex')) ?? 0) + 1);
  return holders;
}

async function contentFaults(look: Look, holders: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const faults: string[] = [];
  const stored = new Set<string>();
  const contents = await look<{ hash: Buffer; size: number; refs: number }>(
    `SELECT hash, size, refs FROM ${contentTable.text}`,
  );
  for (const { hash, size, refs } of contents) {
    const name = hash.toString('hex');
    stored.add(name);
    const found = await look<{ part: number; bytes: Buffer }>(
      `SELECT part, bytes FROM ${contentPartTable.text} WHERE hash = ? ORDER BY part`,
      hash,
    );
    const length = found.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (found.some(({ part }, at) => part !== at)) faults.push(`content ${name} lacks a part`);
    else if (length !== size) faults.push(`content ${name} has ${length} bytes instead of ${size}`);
    else if (!shaOf(...found.map(({ bytes }) => bytes)).equals(hash)) faults.push(`content ${name} has other bytes`);
    const held = holders.get(name) ?? 0;
    if (held === 0) faults.push(`content ${name} is held by nobody`);
    if (held !== refs) faults.push(`content ${name} counts ${refs} holders and has ${held}`);
  }
  for (const name of holders.keys()) if (!stored.has(name)) faults.push(`content ${name} is held and missing`);
  const [orphans] = await look<{ n: number }>(
    `SELECT count(*) AS n FROM ${contentPartTable.text} WHERE hash NOT IN (SELECT hash FROM ${contentTable.text})`,
  );
  const left = orphans?.n ?? 0;
  if (left > 0) faults.push(`${left} parts belong to no content`);
  return faults;
}

/** Stamps and versions: an entity's pictures never run ahead of it, and a new life starts above the old one. */
async function numberFaults(look: Look, dataClass: DataClassDef): Promise<readonly string[]> {
  const rules = new Map([[`stamp below 1`, `"${stampColumn}" < 1`]]);
  for (const attribute of mediaOf(dataClass)) {
    const { column } = attribute;
    rules.set(`${column} ahead of its entity`, `"${mediaStamp(attribute)}" > "${stampColumn}"`);
    const numbers = `"${mediaStamp(attribute)}" IS NULL OR "${mediaTime(attribute)}" IS NULL`;
    rules.set(`${column} without its numbers`, `"${column}" IS NOT NULL AND (${numbers})`);
  }
  const [key, ...more] = dataClass.key;
  if (key && more.length === 0)
    rules.set(
      'version numbers of an earlier life',
      `"${baseColumn}" < (SELECT version FROM ${tombstoneTable.text} AS t WHERE t.dataclass = '${dataClass.name}' AND t.key = CAST(e."${key.column}" AS TEXT))`,
    );
  const faults: string[] = [];
  for (const [what, condition] of rules) {
    const [found] = await look<{ n: number }>(`SELECT count(*) AS n FROM "${dataClass.table}" AS e WHERE ${condition}`);
    if ((found?.n ?? 0) > 0) faults.push(`${dataClass.name}: ${found?.n} with ${what}`);
  }
  return faults;
}

/** A kept copy is its digest and its bytes; unfinished ones end in `.tmp` and are nobody's. */
function variantFaults(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = readFileSync(file);
      return !shaOf(content.subarray(32)).equals(content.subarray(0, 32));
    })
    .map((file) => `${file} is damaged`);
}
