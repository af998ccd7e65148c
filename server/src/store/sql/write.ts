// Statements that change entities. The check of the stamp and the write are one guarded statement.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { baseColumn, mediaColumns, stampColumn, timestampColumn, tombstoneTable } from './columns.ts';
import { lockState, type LockAsker } from './lock.ts';
import { ident, join, raw, sql, type Sql } from './sql.ts';

/** A column with the value it gets. */
export type Assignment = readonly [column: string, value: Value | Sql];

/** How the lock of a stored row stands. */
export const lockColumn = '__lock';

const table = (dataClass: DataClassDef): Sql => ident(dataClass.table);

const sameKey = (dataClass: DataClassDef, key: Key): Sql =>
  join(
    dataClass.key.map((part, i) => sql`${ident(part.column)} = ${key[i] as Value}`),
    ' AND ',
  );

/** The column, as text where it holds 64-bit integers, which would be rounded on their way to JavaScript. */
const exact = ({ column: name, type }: StorageDef): Sql =>
  type === 'long64' || type === 'duration' ? sql`CAST(${ident(name)} AS TEXT) AS ${ident(name)}` : ident(name);

/**
 * The stored row as a save must know it: stamp, timestamp, base, the asked columns and every held content.
 * @param asker with it, `lockColumn` is a `LockState` or null
 */
export function storedStatement(
  dataClass: DataClassDef,
  key: Key,
  attributes: readonly StorageDef[],
  asker?: LockAsker,
): Sql {
  const columns = new Map([stampColumn, timestampColumn, baseColumn].map((name) => [name, ident(name)]));
  for (const attribute of attributes) {
    columns.set(attribute.column, exact(attribute));
    if (isMedia(attribute)) for (const side of mediaColumns(attribute)) columns.set(side, ident(side));
  }
  if (asker) columns.set(lockColumn, sql`${lockState(dataClass, key, asker)} AS ${ident(lockColumn)}`);
  return sql`SELECT ${join([...columns.values()], ', ')} FROM ${table(dataClass)} WHERE ${sameKey(dataClass, key)}`;
}

/** Writes if key and stamp still match; stamp + 1. Changes one row or none. */
export function updateStatement(
  dataClass: DataClassDef,
  key: Key,
  stamp: number,
  timestamp: string,
  assignments: readonly Assignment[],
): Sql {
  const sets = assignments.map(([name, value]) => sql`${ident(name)} = ${value}`);
  sets.push(sql`${ident(stampColumn)} = ${stamp + 1}`, sql`${ident(timestampColumn)} = ${timestamp}`);
  return sql`UPDATE ${table(dataClass)} SET ${join(sets, ', ')} WHERE ${sameKey(dataClass, key)} AND ${ident(stampColumn)} = ${stamp}`;
}

/** A new row with stamp 1; answers the key columns. */
export function insertStatement(
  dataClass: DataClassDef,
  timestamp: string,
  base: number,
  assignments: readonly Assignment[],
): Sql {
  const all: Assignment[] = [...assignments, [stampColumn, 1], [timestampColumn, timestamp], [baseColumn, base]];
  const names = all.map(([name]) => ident(name));
  const values = all.map(([, value]) => sql`${value}`);
  const key = dataClass.key.map((part) => ident(part.column));
  return sql`INSERT INTO ${table(dataClass)} (${join(names, ', ')}) VALUES (${join(values, ', ')}) RETURNING ${join(key, ', ')}`;
}

export function baseStatement(dataClass: DataClassDef, key: Key, base: number): Sql {
  return sql`UPDATE ${table(dataClass)} SET ${ident(baseColumn)} = ${base} WHERE ${sameKey(dataClass, key)}`;
}

/** Sets stamp and timestamp alone, for an entity that is shown and then undone. */
export function bookkeepingStatement(dataClass: DataClassDef, key: Key, stamp: number, timestamp: string): Sql {
  return sql`UPDATE ${table(dataClass)} SET ${ident(stampColumn)} = ${stamp}, ${ident(timestampColumn)} = ${timestamp} WHERE ${sameKey(dataClass, key)}`;
}

/** Takes a number of an autosequence for good: a row comes and goes. */
export function burnStatements(dataClass: DataClassDef, key: Key): readonly Sql[] {
  const name = ident((dataClass.key[0] as StorageDef).column);
  return [sql`INSERT INTO ${table(dataClass)} (${name}) VALUES (${key[0] as Value})`, deleteStatement(dataClass, key)];
}

export function deleteStatement(dataClass: DataClassDef, key: Key): Sql {
  return sql`DELETE FROM ${table(dataClass)} WHERE ${sameKey(dataClass, key)}`;
}

/**
 * A tombstone names its entity by the text of its key: the same text however the key was found (booleans are numbers in
 * some engines), and another text for every other key, since two keys under one name would lose a version number.
 */
export const tombstoneKey = (key: Key): string =>
  key.length === 1 ? partText(key[0] as Value) : JSON.stringify(key.map(partText));

const partText = (part: Value): string => String(typeof part === 'boolean' ? Number(part) : part);

/** Remembers the highest version number the entity can have had (spec 10 § 2.7). */
export function buryStatement(dataClass: DataClassDef, key: Key, version: number, timestamp: string): Sql {
  return sql`INSERT INTO ${tombstoneTable} (dataclass, key, version, timestamp) VALUES (${dataClass.name}, ${tombstoneKey(key)}, ${version}, ${timestamp}) ON CONFLICT (dataclass, key) DO UPDATE SET version = ${version}, timestamp = ${timestamp}`;
}

/** A name that no dataclass has, for the tombstone of all entities that nobody knows of any more. */
export const everyClass = '*';

/**
 * Rows with `version` and `dataclass`, the highest version first: of an earlier entity with this key, and of all that
 * there may have been before a restore (`everyClass`).
 */
export function buriedStatement(dataClass: DataClassDef, key: Key): Sql {
  return sql`SELECT version, dataclass FROM ${tombstoneTable} WHERE (dataclass = ${dataClass.name} AND key = ${tombstoneKey(key)}) OR (dataclass = ${everyClass} AND key = ${everyClass}) ORDER BY version DESC`;
}

/** The keys of the entities whose foreign key has that value, in key order: rows with the key columns. */
export function pointingStatement(dataClass: DataClassDef, foreignKey: StorageDef, value: Value): Sql {
  const keys = dataClass.key.map(exact);
  const order = dataClass.key.map((part) => ident(part.column));
  return sql`SELECT ${join(keys, ', ')} FROM ${table(dataClass)} WHERE ${ident(foreignKey.column)} = ${value} ORDER BY ${join(order, ', ')}`;
}

/** A row when the entity exists. */
export function existsStatement(dataClass: DataClassDef, key: Key): Sql {
  return sql`SELECT 1 AS found FROM ${table(dataClass)} WHERE ${sameKey(dataClass, key)}`;
}

/** How many entities the class holds, up to one: is there anything at all? */
export const anyStatement = (dataClass: DataClassDef): Sql =>
  sql`SELECT 1 AS found FROM ${table(dataClass)} LIMIT ${raw('1')}`;
