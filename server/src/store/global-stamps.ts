// The counter of changes and what it numbers: entities of tracked classes and the rows of `__DeletedRecords` (spec 17).
// The counter is one row, locked from its first change to the commit; so changes become visible in the order of their
// numbers, and who has read a value of the counter has been able to see every change with a smaller one.
import type { DataClassDef, Model } from '../model/model.ts';
import { deletedRecordsDefinition, globalStampDefinition } from '../model/tracking.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Executor, Row, Transaction } from './engine.ts';
import { globalStampTable, metaTable, timestampColumn } from './sql/columns.ts';
import { ident, sql, type Sql } from './sql/sql.ts';
import { anyStatement } from './sql/write.ts';

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
  return tx.run(sql`UPDATE ${ident(dataClass.table)} SET ${ident(globalStampColumn)} = ${stamp}`);
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

export type PruneBefore =
  | { readonly kind: 'stamp'; readonly stamp: number }
  /** ISO text. */
  | { readonly kind: 'time'; readonly timestamp: string };

const trackedName = (name: string): string => `tracked ${name}`;

/** What the tables of tracking need beside those of the dataclasses. */
export const trackingIndexes = (model: Model): readonly Sql[] =>
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
    const added = await tx.run(
      sql`INSERT INTO ${metaTable} (name, value) VALUES (${name}, ${'yes'}) ON CONFLICT (name) DO NOTHING`,
    );
    if (added === 1) await touchClass(tx, dataClass);
  }
}
