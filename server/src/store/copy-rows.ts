// Rows of a datastore between an engine and an SQLite file with the same tables. Engines keep values alike, so that they
// travel as they are.
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Model, StorageDef, Value } from '../model/model.ts';
import type { Engine, Executor, Transaction } from './engine.ts';
import { sqlitePreparation } from './open.ts';
import { prepareDatabase } from './prepare.ts';
import { ident, join, sql, type Sql } from './sql/sql.ts';
import { SqliteEngine } from './sqlite/engine.ts';
import { registerFunctions } from './sqlite/functions.ts';

type OnProgress = (done: number, total: number) => void;

/** A table of the file. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Rows that are moved at once: parts of contents are a mebibyte each. */
  readonly batch: number;
}

/** What an engine keeps for itself alone. */
const ownMeta = ['functions'];
const metaName = 'keystamp_meta';

/** Makes a file with the tables of the model. */
async function makeFile(file: string, model: Model): Promise<void> {
  const engine = new SqliteEngine(file);
  try {
    await prepareDatabase(engine, model, sqlitePreparation);
  } finally {
    await engine.close();
  }
}

function tablesOf(database: Database.Database): readonly Table[] {
  const names = database
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();
  return names.map((name) => {
    const columns = database
      .prepare<[string], { name: string; pk: number }>('SELECT name, pk FROM pragma_table_xinfo(?)')
      .all(name);
    const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    return {
      name,
      columns: columns.map((column) => column.name),
      key: key.map((column) => column.name),
      batch: columns.some((column) => column.name === 'bytes') ? 8 : 500,
    };
  });
}

const list = (names: readonly string[]): Sql => join(names.map(ident), ', ');

/** Rows after the key `last`, in the order of keys. */
function rowsAfter({ name, columns, key, batch }: Table, last: readonly Value[] | undefined): Sql {
  const after = last
    ? sql` WHERE (${list(key)}) > (${join(
        last.map((value) => sql`${value}`),
        ', ',
      )})`
    : sql``;
  return sql`SELECT ${list(columns)} FROM ${ident(name)}${after} ORDER BY ${list(key)} LIMIT ${batch}`;
}

/**
 * Copies all rows into a new file.
 * @param onProgress told in rows
 */
export async function copyRowsOut(from: Executor, model: Model, to: string, onProgress: OnProgress): Promise<void> {
  rmSync(to, { force: true });
  await makeFile(to, model);
  const database = new Database(to);
  try {
    registerFunctions(database);
    database.pragma('synchronous = OFF');
    const tables = tablesOf(database);
    let total = 0;
    for (const { name } of tables)
      total += Number((await from.row(sql`SELECT count(*) AS n FROM ${ident(name)}`))?.['n'] ?? 0);
    let done = 0;
    for (const table of tables) {
      database.exec(`DELETE FROM ${ident(table.name).text}`);
      const marks = table.columns.map(() => '?').join(', ');
      const insert = database.prepare<Value[]>(
        `INSERT INTO ${ident(table.name).text} (${list(table.columns).text}) VALUES (${marks})`,
      );
      let last: readonly Value[] | undefined;
      for (;;) {
        const rows = await from.rows(rowsAfter(table, last));
        database.transaction(() => {
          for (const row of rows) insert.run(...table.columns.map((column) => row[column] as Value));
        })();
        onProgress((done += rows.length), total);
        const end = rows.at(-1);
        if (rows.length < table.batch || !end) break;
        last = table.key.map((column) => end[column] as Value);
      }
    }
    for (const name of ownMeta) database.prepare(`DELETE FROM ${metaName} WHERE name = ?`).run(name);
  } finally {
    database.close();
  }
}

/**
 * The tables of the model as this program makes them.
 * @param file made for it, and gone afterwards
 */
async function tablesOfModel(model: Model, file: string): Promise<readonly Table[]> {
  try {
    await makeFile(file, model);
    const made = new Database(file, { readonly: true });
    try {
      return tablesOf(made);
    } finally {
      made.close();
    }
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
  }
}

/**
 * Puts the rows of a file in the place of those of the datastore, whose tables are up to the model.
 * @param onProgress told in rows
 */
export async function copyRowsIn(engine: Engine, model: Model, from: string, onProgress: OnProgress): Promise<void> {
  const wanted = await tablesOfModel(model, `${from}.shape`);
  const database = new Database(from, { readonly: true });
  try {
    const found = new Map(tablesOf(database).map((table) => [table.name, table]));
    // What the model does not know any more has no place to go to.
    const tables = wanted.flatMap((table) => {
      const held = found.get(table.name);
      if (!held) return [];
      return [{ ...table, columns: table.columns.filter((column) => held.columns.includes(column)) }];
    });
    await engine.write((tx) => replaceRows(tx, model, database, tables, onProgress));
  } finally {
    database.close();
  }
}

async function replaceRows(
  tx: Transaction,
  model: Model,
  database: Database.Database,
  tables: readonly Table[],
  onProgress: OnProgress,
): Promise<void> {
  const count = ({ name }: Table): number =>
    database
      .prepare<[], number>(`SELECT count(*) FROM ${ident(name).text}`)
      .pluck()
      .get() ?? 0;
  const total = tables.reduce((sum, table) => sum + count(table), 0);
  let done = 0;
  for (const table of tables) {
    const isMeta = table.name === metaName;
    await tx.run(isMeta ? sql`DELETE FROM ${ident(metaName)} WHERE name <> ${ownMeta[0] as string}` : sql`DELETE FROM ${ident(table.name)}`); // oxfmt-ignore
    const rows = database
      .prepare<[], Value[]>(`SELECT ${list(table.columns).text} FROM ${ident(table.name).text}`)
      .raw()
      .safeIntegers();
    let waiting: Sql[] = [];
    const flush = async (): Promise<void> => {
      if (waiting.length === 0) return;
      await tx.run(sql`INSERT INTO ${ident(table.name)} (${list(table.columns)}) VALUES ${join(waiting, ', ')}`);
      onProgress((done += waiting.length), total);
      waiting = [];
    };
    for (const row of rows.iterate()) {
      if (isMeta && ownMeta.includes(String(row[table.columns.indexOf('name')]))) continue;
      waiting.push(sql`(${join(row.map((value) => sql`${plain(value)}`), ', ')})`); // oxfmt-ignore
      if (waiting.length >= Math.min(table.batch, Math.floor(20_000 / table.columns.length))) await flush();
    }
    await flush();
  }
  for (const dataClass of model.dataClasses.values()) {
    const [key] = dataClass.key as [StorageDef];
    if (!key.autosequence) continue;
    const highest = database
      .prepare<[], number | null>(`SELECT max(${ident(key.column).text}) FROM ${ident(dataClass.table).text}`)
      .pluck()
      .get();
    if (typeof highest === 'number') await tx.keyGiven(dataClass, [highest]);
  }
}

/** Numbers as they are everywhere else. */
const plain = (value: Value): Value =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
