// The counter of changes and what it numbers: entities of tracked classes and the rows of `__DeletedRecords` (spec 17).
// The counter is one row, locked from its first change to the commit; so changes become visible in the order of their
// numbers, and who has read a value of the counter has been able to see every change with a smaller one.
import type { DataClassDef, Model } from '../model/model.ts';
import { deletedRecordsDefinition, globalStampDefinition } from '../model/tracking.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Engine, Executor, Row, Transaction } from './engine.ts';
import { globalStampTable, metaTable, timestampColumn } from './sql/columns.ts';
import { rememberOnceStatement } from './sql/meta.ts';
import { ident, sql, type Sql } from './sql/sql.ts';
import { anyStatement, buriedStatement, buryStatement, existsStatement } from './sql/write.ts';

export const globalStampColumn = globalStampDefinition.column as string;
const deletedTable = ident(deletedRecordsDefinition.table as string);

/** The greatest number: what a JavaScript number holds exactly. */
export const maxGlobalStamp = Number.MAX_SAFE_INTEGER;

/** The counter: the number of the next change; what was pruned: the highest number of a deletion that was forgotten. */
export interface GlobalStamp {
  readonly value: number;
  readonly pruned: number;
}

export async function readGlobalStamp(executor: Executor): Promise<GlobalStamp> {
  const row = (await executor.row(sql`SELECT value, pruned FROM ${globalStampTable}`)) as Row;
  return { value: Number(row['value']), pruned: Number(row['pruned']) };
}

/** The number of this change; the counter goes on (spec 17 § 3.1). To be taken late: it holds up other writers. */
export async function takeGlobalStamp(tx: Transaction): Promise<number> {
  const row = (await tx.row(sql`UPDATE ${globalStampTable} SET value = value + 1 RETURNING value`)) as Row;
  return Number(row['value']) - 1;
}

/**
 * Sets the counter.
 * @returns false when that would lower it, which is done only when forced
 */
export async function setGlobalStamp(tx: Transaction, value: number, force = false): Promise<boolean> {
  const higher = force ? sql`` : sql` WHERE value <= ${value}`;
  return (await tx.run(sql`UPDATE ${globalStampTable} SET value = ${value}${higher}`)) === 1;
}

/** As `__KEY` prints it; booleans are numbers there. */
const keyText = (key: Key): string => printKey(key.map((part) => (typeof part === 'boolean' ? Number(part) : part)));

/** Remembers that an entity was deleted. */
export async function recordDeletion(
  tx: Transaction,
  { name, tableNumber }: DataClassDef,
  key: Key,
  timestamp: string,
): Promise<void> {
  const stamp = await takeGlobalStamp(tx);
  await tx.run(
    sql`INSERT INTO ${deletedTable} (stamp, primary_key, table_number, table_name, ${ident(timestampColumn)}) VALUES (${stamp}, ${keyText(key)}, ${tableNumber}, ${name}, ${timestamp})`,
  );
}

/** An entity with this key is there again: clients that look at deletions last would delete it (spec 17 § 5.5). */
export async function forgetDeletion(tx: Transaction, { name }: DataClassDef, key: Key): Promise<void> {
  await tx.run(sql`DELETE FROM ${deletedTable} WHERE table_name = ${name} AND primary_key = ${keyText(key)}`);
}

/** Gives all entities of a class the current number, so that every client reads them again (spec 17 § 7.4); how many. */
export async function touchClass(tx: Transaction, dataClass: DataClassDef): Promise<number> {
  if (!(await tx.row(anyStatement(dataClass)))) return 0;
  const stamp = await takeGlobalStamp(tx);
  return tx.run(sql`UPDATE ${ident(dataClass.base)} SET ${ident(globalStampColumn)} = ${stamp}`);
}

/**
 * Forgets deletions; the highest number among them is remembered (spec 17 § 7.1).
 * @param which condition on the columns of `__DeletedRecords`
 * @returns how many
 */
export async function pruneDeletions(tx: Transaction, which: PruneBefore): Promise<number> {
  const condition =
    which.kind === 'stamp' ? sql`stamp < ${which.stamp}` : sql`${ident(timestampColumn)} < ${which.timestamp}`;
  const highest = (await tx.row(sql`SELECT max(stamp) AS stamp FROM ${deletedTable} WHERE ${condition}`)) as Row;
  if (highest['stamp'] === null) return 0;
  const pruned = Number(highest['stamp']);
  await tx.run(sql`UPDATE ${globalStampTable} SET pruned = ${pruned} WHERE pruned < ${pruned}`);
  // Numbers and times grow together, but for clocks that were set back: what is below the mark is gone.
  return tx.run(sql`DELETE FROM ${deletedTable} WHERE stamp <= ${pruned}`);
}

/** Forgets deletions that are older than that, when there are any. */
export async function sweepDeletions(engine: Engine, before: string): Promise<void> {
  const oldest = await engine.row(
    sql`SELECT ${ident(timestampColumn)} AS time FROM ${deletedTable} ORDER BY stamp LIMIT 1`,
  );
  // Asked first, so that the write lock is not taken for nothing.
  if (!oldest || String(oldest['time']) >= before) return;
  await engine.write((tx) => pruneDeletions(tx, { kind: 'time', timestamp: before }));
}

export type PruneBefore =
  | { readonly kind: 'stamp'; readonly stamp: number }
  /** ISO text. */
  | { readonly kind: 'time'; readonly timestamp: string };

const trackedName = (name: string): string => `tracked ${name}`;

/**
 * Records deletions that Keystamp did not see, from a list of keys that clients may still have: each that is neither
 * stored nor recorded as deleted (spec 17 § 7.4). How many there were.
 * @param keys as `__KEY` printed them, read into canonical keys
 */
export async function recordUnseenDeletions(
  tx: Transaction,
  dataClass: DataClassDef,
  keys: Iterable<Key>,
  timestamp: string,
): Promise<number> {
  let recorded = 0;
  for (const key of keys) {
    if (await tx.row(existsStatement(dataClass, key))) continue;
    const known = sql`SELECT 1 AS found FROM ${deletedTable} WHERE table_name = ${dataClass.name} AND primary_key = ${keyText(key)}`;
    if (await tx.row(known)) continue;
    await recordDeletion(tx, dataClass, key, timestamp);
    // So that the key's next owner finds what it must take away.
    if (!(await tx.row(buriedStatement(dataClass, key)))) await tx.run(buryStatement(dataClass, key, 0, timestamp));
    recorded++;
  }
  return recorded;
}

/** What there is to synchronise: for operators. */
export interface TrackingFacts {
  readonly classes: readonly { readonly name: string; readonly entities: number; readonly highest: number }[];
  readonly deletions: number;
}

export async function trackingFacts(executor: Executor, model: Model): Promise<TrackingFacts> {
  const classes = [];
  for (const { name, table, tracking } of model.dataClasses.values()) {
    if (tracking !== 'changes') continue;
    const column = ident(globalStampColumn);
    const row = (await executor.row(
      sql`SELECT count(*) AS n, coalesce(max(${column}), 0) AS highest FROM ${ident(table)}`,
    )) as Row;
    classes.push({ name, entities: Number(row['n']), highest: Number(row['highest']) });
  }
  const deletions = (await executor.row(sql`SELECT count(*) AS n FROM ${deletedTable}`)) as Row;
  return { classes, deletions: Number(deletions['n']) };
}

/** What the tables of tracking need beside those of the dataclasses. */
const trackingIndexes = (model: Model): readonly Sql[] =>
  isTracking(model)
    ? [
        sql`CREATE INDEX IF NOT EXISTS ${ident(`${deletedRecordsDefinition.table} key`)} ON ${deletedTable} (primary_key, table_name)`,
      ]
    : [];

export const isTracking = (model: Model): boolean =>
  model.dataClasses.values().some(({ tracking }) => tracking === 'changes');

/**
 * Brings the counter up to the model: the entities of a class that is tracked from now on get the current number
 * (spec 17 § 2.4). A class that was not tracked for a while begins anew.
 */
export async function prepareTracking(tx: Transaction, model: Model): Promise<void> {
  await tx.run(sql`INSERT INTO ${globalStampTable} (id, value, pruned) VALUES (1, 1, 0) ON CONFLICT (id) DO NOTHING`);
  for (const statement of trackingIndexes(model)) await tx.run(statement);
  for (const dataClass of model.dataClasses.values()) {
    const name = trackedName(dataClass.name);
    if (dataClass.tracking === 'none') await tx.run(sql`DELETE FROM ${metaTable} WHERE name = ${name}`);
    if (dataClass.tracking !== 'changes') continue;
    const added = await tx.run(rememberOnceStatement(name, 'yes'));
    if (added === 1) await touchClass(tx, dataClass);
  }
}
