// Statements that change entities. The check of the stamp and the write are one guarded statement.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { baseColumn, mediaColumns, stampColumn, timestampColumn, tombstoneTable } from './columns.ts';
import { asStored, foundColumn, shown } from './column-form.ts';
import { holdsInteger64 } from './exact-integer.ts';
import { lockState, type LockAsker } from './lock.ts';
import { dropSideStampStatement, setSideStampStatement, sideStampStatement, tombstoneKey } from './side-stamps.ts';
import { ident, join, raw, sql, type Sql } from './sql.ts';

/** A column with the value it gets. */
export type Assignment = readonly [column: string, value: Value | Sql];

/** How the lock of a stored row stands. */
export const lockColumn = '__lock';

/** The table that is written; what is read may be a view. */
const written = (dataClass: DataClassDef): Sql => ident(dataClass.base);
const table = (dataClass: DataClassDef): Sql => ident(dataClass.table);

/** The row of the key in the table that is read. */
const sameKey = (dataClass: DataClassDef, key: Key): Sql =>
  join(
    dataClass.key.map((part, i) => sql`${ident(foundColumn(part))} = ${asStored(part, sql`${key[i] as Value}`)}`),
    ' AND ',
  );

/** The same row in the table that is written. */
const sameWrittenKey = (dataClass: DataClassDef, key: Key): Sql =>
  join(
    dataClass.key.map((part, i) => sql`${ident(part.column)} = ${asStored(part, sql`${key[i] as Value}`)}`),
    ' AND ',
  );

/** What a column of the table is given. */
function stored(dataClass: DataClassDef, [name, value]: Assignment): Sql {
  const attribute =
    dataClass.table === dataClass.base ? undefined : dataClass.storage.find(({ column }) => column === name);
  return attribute ? asStored(attribute, sql`${value}`) : sql`${value}`;
}

/** The column, as text where it holds 64-bit integers, which would be rounded on their way to JavaScript. */
const exact = (attribute: StorageDef): Sql => {
  const name = ident(attribute.column);
  return holdsInteger64(attribute) ? sql`CAST(${name} AS TEXT) AS ${name}` : name;
};

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

/**
 * Writes if key and stamp still match; stamp + 1. The first statement changes one row, or none when they do not; the
 * others follow when it did.
 */
export function updateStatements(
  dataClass: DataClassDef,
  key: Key,
  stamp: number,
  timestamp: string,
  assignments: readonly Assignment[],
): readonly [Sql, ...Sql[]] {
  const sets = assignments.map((each) => sql`${ident(each[0])} = ${stored(dataClass, each)}`);
  const update = (condition: Sql): Sql =>
    sql`UPDATE ${written(dataClass)} SET ${join(sets, ', ')} WHERE ${sameWrittenKey(dataClass, key)}${condition}`;
  if (dataClass.stamps === 'side') {
    const guard = sideStampStatement(dataClass, key, stamp, timestamp);
    return sets.length === 0 ? [guard] : [guard, update(sql``)];
  }
  sets.push(sql`${ident(stampColumn)} = ${stamp + 1}`, sql`${ident(timestampColumn)} = ${timestamp}`);
  return [update(sql` AND ${ident(stampColumn)} = ${stamp}`)];
}

/** A new row with stamp 1; answers the key columns. A stamp beside it is set by `newStampStatements`. */
export function insertStatement(
  dataClass: DataClassDef,
  timestamp: string,
  base: number,
  assignments: readonly Assignment[],
): Sql {
  const bookkeeping: Assignment[] = [[stampColumn, 1], [timestampColumn, timestamp], [baseColumn, base]]; // oxfmt-ignore
  const all = dataClass.stamps === 'side' ? assignments : [...assignments, ...bookkeeping];
  const names = all.map(([name]) => ident(name));
  const values = all.map((each) => stored(dataClass, each));
  const key = join(
    dataClass.key.map((part) =>
      part.stored ? sql`${shown(part, ident(part.column))} AS ${ident(part.column)}` : ident(part.column),
    ),
    ', ',
  );
  if (all.length === 0) return sql`INSERT INTO ${written(dataClass)} DEFAULT VALUES RETURNING ${key}`;
  return sql`INSERT INTO ${written(dataClass)} (${join(names, ', ')}) VALUES (${join(values, ', ')}) RETURNING ${key}`;
}

/** What must follow an insert. */
export const newStampStatements = (dataClass: DataClassDef, key: Key, timestamp: string): readonly Sql[] =>
  dataClass.stamps === 'side' ? [setSideStampStatement(dataClass, key, 1, timestamp)] : [];

export function baseStatement(dataClass: DataClassDef, key: Key, base: number): Sql {
  return sql`UPDATE ${written(dataClass)} SET ${ident(baseColumn)} = ${base} WHERE ${sameWrittenKey(dataClass, key)}`;
}

/** Sets stamp and timestamp alone, for an entity that is shown and then undone. */
export function bookkeepingStatement(dataClass: DataClassDef, key: Key, stamp: number, timestamp: string): Sql {
  if (dataClass.stamps === 'side') return setSideStampStatement(dataClass, key, stamp, timestamp);
  return sql`UPDATE ${written(dataClass)} SET ${ident(stampColumn)} = ${stamp}, ${ident(timestampColumn)} = ${timestamp} WHERE ${sameWrittenKey(dataClass, key)}`;
}

/** Takes a number of an autosequence for good: a row comes and goes. Of another program's table none is taken. */
export function burnStatements(dataClass: DataClassDef, key: Key): readonly Sql[] {
  if (dataClass.stamps === 'side' || dataClass.shared) return [];
  const name = ident((dataClass.key[0] as StorageDef).column);
  return [
    sql`INSERT INTO ${written(dataClass)} (${name}) VALUES (${key[0] as Value})`,
    ...deleteStatements(dataClass, key),
  ];
}

/** What takes a row away, one statement after the other. */
export function deleteStatements(dataClass: DataClassDef, key: Key): readonly Sql[] {
  const row = sql`${written(dataClass)} WHERE ${sameWrittenKey(dataClass, key)}`;
  const gone = sql`DELETE FROM ${row}`;
  if (dataClass.stamps === 'side') return [gone, dropSideStampStatement(dataClass, key)];
  if (!dataClass.shared) return [gone];
  // A stamp below 0 tells the triggers of shared tables that all is being done that is to be done.
  const turn = sql`UPDATE ${written(dataClass)} SET ${ident(stampColumn)} = -${ident(stampColumn)} WHERE ${sameWrittenKey(dataClass, key)}`;
  return [turn, gone];
}

/** Remembers the highest version number the entity can have had (spec 10 § 2.7). */
export function buryStatement(dataClass: DataClassDef, key: Key, version: number, timestamp: string): Sql {
  return sql`INSERT INTO ${tombstoneTable} (dataclass, key, version, timestamp) VALUES (${dataClass.name}, ${tombstoneKey(key)}, ${version}, ${timestamp}) ON CONFLICT (dataclass, key) DO UPDATE SET version = ${version}, timestamp = ${timestamp}`;
}

/** A name that no dataclass has, for the tombstone of all entities that nobody knows of any more. */
export const everyClass = '*';

/**
 * How far numbers go on from those that are known where others may have been given: in what a backup does not know, by a
 * server whose data were imported.
 */
export const versionMargin = 1_000_000;

/** A row with the `version` of that tombstone: what restores have moved all versions on by. None before the first one. */
export const movedStatement: Sql = sql`SELECT version FROM ${tombstoneTable} WHERE dataclass = ${everyClass} AND key = ${everyClass}`;

/** Raises that tombstone: the pictures of entities that are made from now on have numbers above `version`. */
export const moveStatement = (version: number, timestamp: string): Sql =>
  sql`INSERT INTO ${tombstoneTable} (dataclass, key, version, timestamp) VALUES (${everyClass}, ${everyClass}, ${version}, ${timestamp}) ON CONFLICT (dataclass, key) DO UPDATE SET version = excluded.version WHERE ${tombstoneTable}.version < excluded.version`;

/** A row with `version`: the highest number that pictures of the class can have now, null when it is empty. */
export const reachedStatement = (dataClass: DataClassDef): Sql =>
  sql`SELECT max(${ident(baseColumn)} + ${ident(stampColumn)}) AS version FROM ${table(dataClass)}`;

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
  const order = dataClass.key.map((part) => ident(foundColumn(part)));
  return sql`SELECT ${join(keys, ', ')} FROM ${table(dataClass)} WHERE ${ident(foundColumn(foreignKey))} = ${asStored(foreignKey, sql`${value}`)} ORDER BY ${join(order, ', ')}`;
}

/** What a transaction holds of the entity: the row that is written, which is not the one that is read through a view. */
export const heldStatement = (dataClass: DataClassDef, key: Key): Sql =>
  dataClass.table === dataClass.base
    ? existsStatement(dataClass, key)
    : sql`SELECT 1 AS found FROM ${written(dataClass)} WHERE ${sameWrittenKey(dataClass, key)}`;

/** A row when the entity exists. */
export function existsStatement(dataClass: DataClassDef, key: Key): Sql {
  return sql`SELECT 1 AS found FROM ${table(dataClass)} WHERE ${sameKey(dataClass, key)}`;
}

/** How many entities the class holds, up to one: is there anything at all? */
export const anyStatement = (dataClass: DataClassDef): Sql =>
  sql`SELECT 1 AS found FROM ${table(dataClass)} LIMIT ${raw('1')}`;
