// `$refresh` and `$method=validate`: the save is carried out and undone; what it would have given is the answer
// (spec 06 §§ 3, 4). Constraints, stamps and unique values are thereby checked as in a real save.
import type { SavePlan } from '../plan/save-plan.ts';
import type { Columns } from '../query/columns.ts';
import type { Saved } from '../orm/write.ts';
import type { Row, Transaction } from '../store/engine.ts';
import { alsoSeeing } from '../store/restricted.ts';
import { entityStatement } from '../store/sql/select.ts';
import { burnStatements, bookkeepingStatement, storedStatement } from '../store/sql/write.ts';
import { stampColumn, timestampColumn } from '../store/sql/columns.ts';
import { withCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import type { SavedItem } from './outcome.ts';
import type { Ready } from './prepare-save.ts';

const unsaved = '0000-00-00T00:00:00.000Z';

/** @param store carries the save out in the transaction, in a part of it that is undone */
export async function refreshInto(
  plan: SavePlan,
  item: Ready,
  tx: Transaction,
  visit: Visit,
  store: () => Promise<Saved>,
): Promise<SavedItem> {
  let shown: SavedItem | undefined;
  let key: Saved['key'] | undefined;
  const undo = new Error('undone');
  try {
    await tx.attempt(async () => {
      const saved = await store();
      key = item.change.key ? undefined : saved.key;
      shown = plan.purpose === 'validate' ? { kind: 'nothing' } : await show(plan, item, saved, tx, visit);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  // The key that a new entity was shown with is never given to another one.
  if (key && plan.dataClass.key[0]?.autosequence && plan.purpose === 'refresh')
    for (const statement of burnStatements(plan.dataClass, key)) await tx.run(statement);
  return shown as SavedItem;
}

/** The entity with the values it would have, but the stamp and time that are stored; 0 and none for a new one. */
async function show(plan: SavePlan, item: Ready, { key }: Saved, tx: Transaction, visit: Visit): Promise<SavedItem> {
  const { dataClass, columns } = plan;
  const isNew = item.change.key === undefined;
  const before = isNew ? undefined : await visit.services.engine.row(storedStatement(dataClass, key, []));
  const stamp = Number(before?.[stampColumn] ?? 0);
  await tx.run(bookkeepingStatement(dataClass, key, stamp, String(before?.[timestampColumn] ?? unsaved)));
  const { dialect } = visit.services.engine;
  const shown = entityStatement(isNew ? withoutKey(columns) : columns, key, 'saved', dialect);
  const row = (await tx.row(alsoSeeing(shown, dataClass, key))) as Row;
  return { kind: 'saved', json: await withCalculated(row['json'] as string, columns, visit) };
}

/** A new entity has its key in `__KEY` alone (spec 06 § 4). */
const withoutKey = (columns: Columns): Columns => ({
  ...columns,
  items: columns.items.filter((item) => !(item.kind === 'value' && item.attribute.primKey)),
});
