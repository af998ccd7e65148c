// `$refresh` and `$method=validate`: the save is carried out and undone; what it would have given is the answer
// (spec 06 §§ 3, 4). Constraints and unique values are thereby checked as in a real save; a `$refresh` shows what breaks
// rules as well, beside the error.
import type { KeystampError } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { SavePlan } from '../plan/save-plan.ts';
import type { Columns } from '../query/columns.ts';
import type { Saved } from '../orm/write.ts';
import type { Key } from '../query/selection.ts';
import type { Transaction } from '../store/engine.ts';
import { burnStatements, bookkeepingStatement, storedStatement } from '../store/sql/write.ts';
import { stampColumn, timestampColumn } from '../store/sql/columns.ts';
import type { Visit } from './context.ts';
import type { SavedItem } from './outcome.ts';
import type { Ready } from './prepare-save.ts';
import { failedItem, savedText } from './saved-item.ts';

const unsaved = '0000-00-00T00:00:00.000Z';

/** What is heard of a save that is carried out to be shown. */
export interface Watch {
  /** Values break rules, and are written all the same. */
  readonly violated: (error: KeystampError) => void;
  /** A new related entity. */
  readonly made: (dataClass: DataClassDef, key: Key) => void;
}

/** @param store carries the save out in the transaction, in a part of it that is undone */
export async function refreshInto(
  plan: SavePlan,
  item: Ready,
  tx: Transaction,
  visit: Visit,
  store: (watch: Partial<Watch>) => Promise<Saved>,
): Promise<SavedItem> {
  if (plan.purpose === 'validate') {
    await undone(tx, () => store({}));
    return { kind: 'nothing' };
  }
  const violations: KeystampError[] = [];
  const made: Made[] = [];
  const watch: Watch = {
    violated: (error) => void violations.push(error),
    made: (dataClass, key) => void made.push({ dataClass, key }),
  };
  let json: string | undefined;
  try {
    await undone(tx, async () => {
      const { key } = await store(watch);
      if (!item.change.key) made.push({ dataClass: plan.dataClass, key });
      json = await show(plan, item, key, made, tx, visit);
    });
  } catch (error) {
    // What follows from a broken rule is none of its own.
    throw violations[0] ?? error;
  }
  // The key that a new entity was shown with is never given to another one.
  for (const { dataClass, key } of made)
    if (dataClass.key[0]?.autosequence) for (const statement of burnStatements(dataClass, key)) await tx.run(statement);
  const [violation] = violations;
  return violation ? failedItem(violation, item.change.key, json) : { kind: 'saved', json: json as string };
}

/** Does the work in a part of the transaction, and undoes it. */
async function undone(tx: Transaction, work: () => Promise<unknown>): Promise<void> {
  const undo = new Error('undone');
  try {
    await tx.attempt(async () => {
      await work();
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
}

/** An entity that is not stored yet. */
interface Made {
  readonly dataClass: DataClassDef;
  readonly key: Key;
}

/** The entity with the values it would have, but the stamp and time that are stored; 0 and none for new ones. */
async function show(
  { dataClass, columns }: SavePlan,
  { change }: Ready,
  key: Key,
  made: readonly Made[],
  tx: Transaction,
  visit: Visit,
): Promise<string> {
  const before = change.key && (await visit.services.engine.row(storedStatement(dataClass, key, [])));
  const stamp = Number(before?.[stampColumn] ?? 0);
  await tx.run(bookkeepingStatement(dataClass, key, stamp, String(before?.[timestampColumn] ?? unsaved)));
  for (const one of made) await tx.run(bookkeepingStatement(one.dataClass, one.key, 0, unsaved));
  return savedText(change.key ? columns : withoutKey(columns), change, key, tx, visit);
}

/** A new entity has its key in `__KEY` alone (spec 06 § 4). */
const withoutKey = (columns: Columns): Columns => ({
  ...columns,
  items: columns.items.filter((item) => !(item.kind === 'value' && item.attribute.primKey)),
});
