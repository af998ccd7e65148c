// Stamps kept beside a table that belongs to another program (spec 15 § 4.4): a row for each entity that Keystamp has
// written, and a view that shows the table with them, so that all reads are as everywhere. Entities without a row have
// stamp 1. A table with stamps of its own is read through a view where columns hold what Keystamp keeps otherwise.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { shown, shownColumns } from './column-form.ts';
import { baseColumn, literal, mediaColumns, sideTable, stampColumn, timestampColumn } from './columns.ts';
import { column, ident, join, raw, sql, type Sql } from './sql.ts';

/** The text that a key is known by in tables of all classes: another text for every other key. */
export const tombstoneKey = (key: Key): string =>
  key.length === 1 ? partText(key[0] as Value) : JSON.stringify(key.map(partText));

const partText = (part: Value): string => String(typeof part === 'boolean' ? Number(part) : part);

/** The same, worked out by the database. */
export interface KeyTexts {
  /** A number that may have fractions, as JavaScript prints it. */
  readonly number: (held: Sql) => Sql;
  /** Parts of a composite key in one text. */
  readonly list: (parts: readonly Sql[]) => Sql;
  /** The text of a part of a composite key as `__KEY` prints it: keyPart() of query/print-key.ts. */
  readonly quotedPart: (text: Sql) => Sql;
}

/** The text of a part of a key. */
export const partTextOf = ({ type }: StorageDef, held: Sql, texts: KeyTexts): Sql =>
  type === 'number' ? texts.number(held) : sql`CAST(${held} AS ${raw('text')})`;

const partsOf = ({ key }: DataClassDef, alias: Sql, texts: KeyTexts): readonly Sql[] =>
  key.map((part) => partTextOf(part, shown(part, sql`${alias}.${ident(part.column)}`), texts));

/** The text of the key in row `alias`. */
export function keyTextOf(dataClass: DataClassDef, alias: Sql, texts: KeyTexts): Sql {
  const parts = partsOf(dataClass, alias, texts);
  return parts.length === 1 ? (parts[0] as Sql) : texts.list(parts);
}

/** The key in row `alias` as `__KEY` prints it. */
export function printedKeyOf(dataClass: DataClassDef, alias: Sql, texts: KeyTexts): Sql {
  const parts = partsOf(dataClass, alias, texts);
  return parts.length === 1 ? (parts[0] as Sql) : join(parts.map(texts.quotedPart), ` || '&' || `);
}

/** Takes the view away and makes it anew. */
export function viewStatements(dataClass: DataClassDef, texts: KeyTexts): readonly [drop: Sql, make: Sql] {
  const view = ident(dataClass.table);
  // The rows are known by the name of the view, as statements and their plans call them.
  const shownValues = dataClass.storage.flatMap((attribute) => shownColumns(attribute, dataClass.table));
  const drop = sql`DROP VIEW IF EXISTS ${view}`;
  if (dataClass.stamps !== 'side') {
    const kept = [stampColumn, timestampColumn, baseColumn, ...dataClass.storage.filter(isMedia).flatMap(mediaColumns)];
    const columns = [...shownValues, ...kept.map((name) => column(dataClass.table, name))];
    return [drop, sql`CREATE VIEW ${view} AS SELECT ${join(columns, ', ')} FROM ${ident(dataClass.base)} AS ${view}`];
  }
  const columns = [
    ...shownValues,
    sql`coalesce(s.stamp, 1) AS ${ident(stampColumn)}`,
    sql`coalesce(s.timestamp, '1970-01-01T00:00:00.000Z') AS ${ident(timestampColumn)}`,
    sql`0 AS ${ident(baseColumn)}`,
  ];
  const same = sql`s.dataclass = ${literal(dataClass.name)} AND s.key = ${keyTextOf(dataClass, view, texts)}`;
  return [
    drop,
    sql`CREATE VIEW ${view} AS SELECT ${join(columns, ', ')} FROM ${ident(dataClass.base)} AS ${view} LEFT JOIN ${sideTable} AS s ON ${same}`,
  ];
}

/** Counts the stamp on if it still is `stamp`; changes one row or none. */
export function sideStampStatement(dataClass: DataClassDef, key: Key, stamp: number, timestamp: string): Sql {
  return sql`INSERT INTO ${sideTable} (dataclass, key, stamp, timestamp) VALUES (${dataClass.name}, ${tombstoneKey(key)}, ${stamp + 1}, ${timestamp}) ON CONFLICT (dataclass, key) DO UPDATE SET stamp = ${stamp + 1}, timestamp = ${timestamp} WHERE ${sideTable}.stamp = ${stamp}`;
}

/** Sets stamp and timestamp, whatever they were. */
export function setSideStampStatement(dataClass: DataClassDef, key: Key, stamp: number, timestamp: string): Sql {
  return sql`INSERT INTO ${sideTable} (dataclass, key, stamp, timestamp) VALUES (${dataClass.name}, ${tombstoneKey(key)}, ${stamp}, ${timestamp}) ON CONFLICT (dataclass, key) DO UPDATE SET stamp = ${stamp}, timestamp = ${timestamp}`;
}

export const dropSideStampStatement = (dataClass: DataClassDef, key: Key): Sql =>
  sql`DELETE FROM ${sideTable} WHERE dataclass = ${dataClass.name} AND key = ${tombstoneKey(key)}`;
