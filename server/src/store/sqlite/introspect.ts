// Reads the tables, keys, foreign keys and indexes of an SQLite file that Keystamp did not make. SQLite checks few types,
// so the values themselves are looked at where a declaration says little.
import { basename, extname } from 'node:path';
import Database from 'better-sqlite3';
import type { Json } from '../../model/model.ts';
import type { FoundColumn, FoundDatabase, FoundForeignKey, FoundTable } from '../found-database.ts';
import { ident } from '../sql/sql.ts';

interface Listed {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual' | 'shadow';
}

/** A row of `pragma_table_xinfo`. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  /** Position in the key, from 1. */
  readonly pk: number;
  /** 2 and 3: generated. */
  readonly hidden: number;
}

const own = /^(keystamp_|sqlite_)/i;

/** @throws Error when the file is no SQLite database */
export function introspectFile(file: string): FoundDatabase {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // One snapshot, whoever writes meanwhile.
    database.exec('BEGIN');
    const listed = database
      .prepare<[], Listed>("SELECT name, type FROM pragma_table_list WHERE schema = 'main' ORDER BY name")
      .all()
      .filter(({ name }) => !own.test(name));
    const leftOut = listed.flatMap(({ name, type }) => (type === 'table' ? [] : notes(name, type)));
    const tables = listed.filter(({ type }) => type === 'table').map(({ name }) => foundTable(database, name));
    return { name: basename(file, extname(file)), tables, leftOut };
  } finally {
    database.close();
  }
}

function notes(name: string, type: Exclude<Listed['type'], 'table'>): readonly string[] {
  if (type === 'shadow') return [];
  return [`${name}: is a ${type === 'view' ? 'view' : 'virtual table'}, which has no key`];
}

function foundTable(database: Database.Database, name: string): FoundTable {
  const columns = database.prepare<[string], Column>('SELECT * FROM pragma_table_xinfo(?)').all(name);
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const [only, ...more] = key;
  const { indexed, unique } = indexesOf(database, name);
  return {
    name,
    columns: columns.filter(({ hidden }) => hidden !== 1).map((column) => foundColumn(database, name, column)),
    key: key.map((column) => column.name),
    // The name of the row itself: SQLite gives the next number.
    numbersItself:
      only !== undefined && more.length === 0 && /^integer$/i.test(only.type) && !withoutRowid(database, name),
    foreignKeys: foreignKeysOf(database, name),
    indexed,
    unique,
  };
}

const withoutRowid = (database: Database.Database, name: string): boolean =>
  database.prepare<[string], number>("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'").pluck().get(name) ===
  1;

function indexesOf(database: Database.Database, name: string): Pick<FoundTable, 'indexed' | 'unique'> {
  const rows = database
    .prepare<[string], { name: string; unique: number; partial: number; first: string | null; columns: number }>(
      'SELECT l.name, l."unique", l.partial, (SELECT i.name FROM pragma_index_info(l.name) AS i WHERE i.seqno = 0) AS first, (SELECT count(*) FROM pragma_index_info(l.name)) AS columns FROM pragma_index_list(?) AS l',
    )
    .all(name);
  const whole = rows.filter(({ first, partial }) => first !== null && partial === 0);
  return {
    indexed: new Set(whole.map(({ first }) => first as string)),
    unique: new Set(whole.filter((row) => row.unique === 1 && row.columns === 1).map(({ first }) => first as string)),
  };
}

function foreignKeysOf(database: Database.Database, name: string): readonly FoundForeignKey[] {
  const rows = database
    .prepare<[string], { id: number; table: string; from: string; to: string | null }>(
      'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq',
    )
    .all(name);
  return [...Map.groupBy(rows, ({ id }) => id).values()].map((parts) => {
    const { table } = parts[0] as (typeof parts)[number];
    // Without columns the key of the other table is meant.
    const to = parts.every((part) => part.to !== null)
      ? parts.map((part) => part.to as string)
      : keyOf(database, table);
    return { columns: parts.map((part) => part.from), table: nameAsMade(database, table), to };
  });
}

const keyOf = (database: Database.Database, name: string): readonly string[] =>
  database
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(name);

/** Foreign keys may write the name of a table in another case. */
const nameAsMade = (database: Database.Database, name: string): string =>
  database
    .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE")
    .pluck()
    .get(name) ?? name;

function foundColumn(database: Database.Database, table: string, column: Column): FoundColumn {
  const declared = column.type;
  const length = /\(\s*(\d+)\s*\)/.exec(declared)?.[1];
  const fits = typeOf(declared, (condition) => everyValue(database, table, column.name, condition));
  return {
    name: column.name,
    declared,
    ...fits,
    notNull: column.notnull === 1,
    generated: column.hidden > 1,
    ...(column.dflt_value !== null && { byDefault: plainDefault(column.dflt_value) }),
    ...(length !== undefined &&
      /char/i.test(declared) &&
      everyValue(database, table, column.name, `length(v) <= ${length}`) && { maxLength: Number(length) }),
  };
}

/** @param holds whether a condition on `v` holds for all values that are not null */
function typeOf(
  declared: string,
  holds: (condition: string) => boolean,
): Pick<FoundColumn, 'type' | 'simpleDate' | 'why'> {
  const integers = (): boolean => holds("typeof(v) = 'integer'");
  const asText = { type: 'string' } as const;
  if (/blob|binary|image/i.test(declared))
    return { why: 'holds bytes of its own; add an image or BLOB attribute beside it' };
  if (/bool/i.test(declared)) return holds('v IN (0, 1)') ? { type: 'bool' } : { type: 'long' };
  if (/json/i.test(declared)) return holds('json_valid(v)') ? { type: 'object' } : asText;
  if (/date|time/i.test(declared)) return momentType(declared, holds, integers);
  if (/int/i.test(declared)) {
    if (!integers()) return holds("typeof(v) IN ('integer', 'real')") ? { type: 'number' } : asText;
    return /big|64/i.test(declared) || !holds('v BETWEEN -2147483648 AND 2147483647')
      ? { type: 'long64' }
      : { type: 'long' };
  }
  if (/char|clob|text|string|uuid|enum/i.test(declared))
    return holds("typeof(v) <> 'blob'") ? textType(declared) : { why: 'holds bytes among its texts' };
  if (holds("typeof(v) = 'blob'") && !holds('v IS NULL')) return { why: 'holds bytes of its own' };
  if (holds("typeof(v) IN ('integer', 'real')"))
    return /real|floa|doub|num|dec|money/i.test(declared) || !integers() ? { type: 'number' } : { type: 'long64' };
  return holds("typeof(v) <> 'blob'") ? asText : { why: 'holds values of several types, bytes among them' };
}

const textType = (declared: string): Pick<FoundColumn, 'type'> => ({
  type: /clob|text/i.test(declared) ? 'text' : 'string',
});

/** Days as `yyyy-mm-dd` and instants in milliseconds are as Keystamp keeps them; whatever else is there stays a text or number. */
function momentType(
  declared: string,
  holds: (condition: string) => boolean,
  integers: () => boolean,
): Pick<FoundColumn, 'type' | 'simpleDate'> {
  const day = "typeof(v) = 'text' AND v GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'";
  if (/^date$/i.test(declared.trim()) && holds(day)) return { type: 'date', simpleDate: true };
  if (holds("typeof(v) = 'text'")) return { type: 'string' };
  if (integers() && holds('abs(v) >= 100000000000')) return { type: 'date' };
  if (integers()) return { type: 'long64' };
  return holds("typeof(v) IN ('integer', 'real')") ? { type: 'number' } : { type: 'string' };
}

function everyValue(database: Database.Database, table: string, column: string, condition: string): boolean {
  const text = `SELECT 1 FROM (SELECT ${ident(column).text} AS v FROM ${ident(table).text}) WHERE v IS NOT NULL AND NOT (${condition}) LIMIT 1`;
  return database.prepare(text).get() === undefined;
}

/** `'open'`, `0`, `-1.5`, `TRUE`; anything else is worked out by the database. */
function plainDefault(text: string): { readonly value?: Json } {
  const plain = text
    .trim()
    .replace(/^\((.*)\)$/, '$1')
    .trim();
  if (/^null$/i.test(plain)) return {};
  if (/^[+-]?\d+(\.\d+)?$/.test(plain)) return { value: Number(plain) };
  if (/^(true|false)$/i.test(plain)) return { value: plain.toLowerCase() === 'true' };
  const quoted = /^'((?:[^']|'')*)'$/.exec(plain)?.[1];
  return quoted === undefined ? {} : { value: quoted.replaceAll("''", "'") };
}
