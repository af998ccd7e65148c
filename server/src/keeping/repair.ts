// `keystamp fsck --repair`: what can be set right is set right, each fault in a transaction of its own that looks again
// before it changes anything: the server may have been at work meanwhile.
import { isMedia, type DataClassDef, type Model, type StorageDef, type Value } from '../model/model.ts';
import { deletedRecordsDefinition } from '../model/tracking.ts';
import { storeEntity } from '../orm/write.ts';
import type { Key } from '../query/selection.ts';
import type { Engine, Transaction } from '../store/engine.ts';
import { globalStampColumn, setGlobalStamp, takeGlobalStamp } from '../store/global-stamps.ts';
import {
  baseColumn,
  contentPartTable,
  contentTable,
  entitySetPartTable,
  mediaStamp,
  mediaTime,
  stampColumn,
  uploadTable,
} from '../store/sql/columns.ts';
import { endSets } from '../store/sql/entity-set.ts';
import { ident, join, raw, sql, type Sql } from '../store/sql/sql.ts';
import { indexWords } from '../store/sql/word-index.ts';
import type { Fault, NumberFault } from './fault.ts';
import { holdersOf } from './find-faults.ts';
import type { ContentSupply } from './content-supply.ts';

export interface RepairOptions {
  /** A backup that may hold bytes that are missing or damaged. */
  readonly supply?: ContentSupply;
  /** Attributes that hold damaged bytes are set to null. */
  readonly dropDamaged: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Sets one fault right.
 * @returns false when it must be left: only a backup, or an operator, can help
 */
export function repairFault(engine: Engine, model: Model, fault: Fault, options: RepairOptions): Promise<boolean> {
  return engine.write((tx) => repairIn(tx, model, fault, options));
}

async function repairIn(tx: Transaction, model: Model, fault: Fault, options: RepairOptions): Promise<boolean> {
  const { supply, dropDamaged, now } = options;
  switch (fault.kind) {
    case 'database':
      // An index can be made anew from its table; nothing else can.
      if (!/index/i.test(fault.text)) return false;
      await tx.run(raw('REINDEX'));
      return true;
    case 'missingContent': {
      if (await supply?.restore(tx, fault.hash)) {
        await countHolders(tx, model, fault.hash);
        return true;
      }
      await clear(tx, fault.attribute, fault.key, fault.hash, now);
      return true;
    }
    case 'damagedContent':
      if (await supply?.restore(tx, fault.hash)) return true;
      if (!dropDamaged) return false;
      return dropContent(tx, model, fault.hash, now);
    case 'holders':
      return countHolders(tx, model, fault.hash);
    case 'orphanBytes':
      await tx.run(
        sql`DELETE FROM ${contentPartTable} WHERE hash = ${fault.hash} AND hash NOT IN (SELECT hash FROM ${contentTable})`,
      );
      return true;
    case 'missingUpload':
      await tx.run(
        sql`DELETE FROM ${uploadTable} WHERE id = ${fault.id} AND hash NOT IN (SELECT hash FROM ${contentTable})`,
      );
      return true;
    case 'dangling': {
      const { relation, key, to } = fault;
      const target = relation.target.key[0] as StorageDef;
      const there = sql`SELECT 1 AS found FROM ${ident(relation.target.table)} WHERE ${ident(target.column)} = ${to}`;
      if (relation.foreignKey.notNull || (await tx.row(there))) return relation.foreignKey.notNull ? false : true;
      const still = sql`SELECT 1 AS found FROM ${ident(relation.owner.table)} WHERE ${sameKey(relation.owner, key)} AND ${ident(relation.foreignKey.column)} = ${to}`;
      if (!(await tx.row(still))) return true;
      await save(tx, relation.owner, key, new Map([[relation.foreignKey, null]]), now);
      return true;
    }
    case 'words': {
      const { attribute, key } = fault;
      const row = await tx.row(
        sql`SELECT ${ident(attribute.column)} AS text FROM ${ident(attribute.owner.table)} WHERE ${sameKey(attribute.owner, [key])}`,
      );
      await indexWords(tx, attribute, key, (row?.['text'] ?? null) as Value, false);
      return true;
    }
    case 'number':
      await repairNumber(tx, fault.dataClass, fault.key, fault.what, now);
      return true;
    case 'counter':
      return (await setGlobalStamp(tx, fault.highest + 1)) || true;
    case 'unnumbered': {
      const number = await takeGlobalStamp(tx);
      const name = ident(globalStampColumn);
      await tx.run(sql`UPDATE ${ident(fault.dataClass.table)} SET ${name} = ${number} WHERE ${name} IS NULL`);
      return true;
    }
    case 'deletedButThere':
      await tx.run(
        sql`DELETE FROM ${ident(deletedRecordsDefinition.table as string)} WHERE ${ident('ID')} = ${fault.id}`,
      );
      return true;
    case 'brokenSet':
      await tx.run(endSets(sql`content = ${fault.content}`));
      await tx.run(sql`DELETE FROM ${entitySetPartTable} WHERE content = ${fault.content}`);
      return true;
    default:
      return fault satisfies never;
  }
}

const sameKey = (dataClass: DataClassDef, key: Key): Sql =>
  join(
    dataClass.key.map((part, i) => sql`${ident(part.column)} = ${key[i] as Value}`),
    ' AND ',
  );

/** Through the write door, so that stamps and numbers of changes move as with every other save. */
async function save(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  values: ReadonlyMap<StorageDef, Value>,
  now: () => number,
  media: readonly StorageDef[] = [],
): Promise<void> {
  const cleared = new Map(media.map((attribute) => [attribute, { kind: 'clear' } as const]));
  await storeEntity(tx, { dataClass, key, values, media: cleared, targets: [] }, { now });
}

/** Sets an attribute to null that still names this content. */
async function clear(
  tx: Transaction,
  attribute: StorageDef,
  key: Key,
  hash: Uint8Array,
  now: () => number,
): Promise<void> {
  const still = sql`SELECT 1 AS found FROM ${ident(attribute.owner.table)} WHERE ${sameKey(attribute.owner, key)} AND ${ident(attribute.column)} = ${hash}`;
  if (await tx.row(still)) await save(tx, attribute.owner, key, new Map(), now, [attribute]);
}

async function dropContent(tx: Transaction, model: Model, hash: Uint8Array, now: () => number): Promise<boolean> {
  for (const dataClass of model.dataClasses.values())
    for (const attribute of dataClass.storage.filter(isMedia)) {
      const keys = join(
        dataClass.key.map((part) => ident(part.column)),
        ', ',
      );
      const rows = await tx.rows(
        sql`SELECT ${keys} FROM ${ident(dataClass.table)} WHERE ${ident(attribute.column)} = ${hash}`,
      );
      for (const row of rows)
        await clear(
          tx,
          attribute,
          dataClass.key.map((part) => row[part.column] as Value),
          hash,
          now,
        );
    }
  await tx.run(sql`DELETE FROM ${uploadTable} WHERE hash = ${hash}`);
  return countHolders(tx, model, hash);
}

/** Counts the holders of a content; without any it goes. */
async function countHolders(tx: Transaction, model: Model, hash: Uint8Array): Promise<boolean> {
  const holders = holdersOf([...model.dataClasses.values()]);
  const held = Number(
    (await tx.row(sql`SELECT count(*) AS n FROM (${holders}) AS h WHERE h.hash = ${hash}`))?.['n'] ?? 0,
  );
  if (held > 0) await tx.run(sql`UPDATE ${contentTable} SET refs = ${held} WHERE hash = ${hash}`);
  else {
    await tx.run(sql`DELETE FROM ${contentTable} WHERE hash = ${hash}`);
    await tx.run(sql`DELETE FROM ${contentPartTable} WHERE hash = ${hash}`);
  }
  return true;
}

async function repairNumber(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  what: NumberFault,
  now: () => number,
): Promise<void> {
  const update = (set: Sql, where: Sql): Promise<number> =>
    tx.run(sql`UPDATE ${ident(dataClass.table)} SET ${set} WHERE ${sameKey(dataClass, key)} AND ${where}`);
  const stamp = ident(stampColumn);
  switch (what.kind) {
    case 'stamp':
      await update(sql`${stamp} = 1`, sql`(${stamp} IS NULL OR ${stamp} < 1)`);
      return;
    case 'media': {
      const [own, time] = [ident(mediaStamp(what.attribute)), ident(mediaTime(what.attribute))];
      await update(sql`${own} = ${stamp}`, sql`(${own} IS NULL OR ${own} > ${stamp})`);
      await update(sql`${time} = ${now()}`, sql`${time} IS NULL`);
      return;
    }
    case 'base':
      await update(sql`${ident(baseColumn)} = ${what.version}`, sql`${ident(baseColumn)} < ${what.version}`);
      return;
    default:
      what satisfies never;
  }
}
