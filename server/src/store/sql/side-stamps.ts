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

/**
 * The same text of a part of a key, worked out by the database. Left to itself SQLite would print the number 1 of a column
 * of type REAL as `1.0`, and PostgreSQL large ones with an exponent.
 */
export function partTextOf(part: StorageDef, held: Sql): Sql {
  const text = sql`CAST(${held} AS ${raw('text')})`;
  if (part.type !== 'number') return text;
  const whole = sql`CAST(${held} AS bigint)`;
  return sql`CASE WHEN abs(${held}) < 9007199254740992 THEN CASE WHEN ${held} = ${whole} THEN CAST(${whole} AS ${raw('text')}) ELSE ${text} END ELSE ${text} END`;
}

/** The text of the key in row `alias`. */
export function keyTextOf({ key }: DataClassDef, alias: Sql, list: (parts: readonly Sql[]) => Sql): Sql {
  const parts = key.map((part) => partTextOf(part, shown(part, sql`${alias}.${ident(part.column)}`)));
  return parts.length === 1 ? (parts[0] as Sql) : list(parts);
}

/** Takes the view away and makes it anew. */
export function viewStatements(
  dataClass: DataClassDef,
  list: (parts: readonly Sql[]) => Sql,
): readonly [drop: Sql, make: Sql] {
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
  const same = sql`s.dataclass = ${literal(dataClass.name)} AND s.key = ${keyTextOf(dataClass, view, list)}`;
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
