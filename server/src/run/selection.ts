// Selections: pages of a class or a filter, entity sets, distinct pictures (spec 05).
import { fail } from '../errors.ts';
import type { DataClassDef, StorageDef, Value } from '../model/model.ts';
import type { DistinctMediaPlan, ReadSelectionPlan, SetSource } from '../plan/plan.ts';
import type { Columns } from '../query/columns.ts';
import { allOf, keysOf } from '../query/predicate.ts';
import type { Selection } from '../query/selection.ts';
import type { EntitySet } from '../session/entity-sets.ts';
import { distinctMediaStatement, keysStatement, membersStatement, pageStatement } from '../store/sql/select.ts';
import type { Row } from '../store/engine.ts';
import type { Visit } from './context.ts';
import type { ArrayOutcome, SelectionOutcome } from './outcome.ts';

/** An expired set that is made again lives this long, unless the request says otherwise (spec 05 § 3.4). */
const rebuiltSeconds = 600;

export async function runReadSelection(plan: ReadSelectionPlan, visit: Visit): Promise<SelectionOutcome> {
  const { selection, skip, top, columns } = plan;
  const { engine } = visit.services;
  const set = plan.set && (await findSet(plan.set, selection.dataClass, plan.timeoutSeconds, visit));
  if (set && !plan.reshaped && !plan.clean) {
    const page = await members(columns, set.keys.slice(skip, skip + top) as readonly Value[], visit);
    return {
      kind: 'selection',
      dataClass: selection.dataClass,
      ...page,
      total: set.keys.length,
      first: skip,
      ...(plan.keep && { setId: set.id }),
    };
  }
  const narrowed = set ? within(set, selection) : selection;
  // Members stand in the order of their set unless the request orders them (spec 05 § 3.3).
  const inSetOrder = set !== undefined && selection.order.length === 0;
  if (plan.keep || inSetOrder) {
    const keys = inSetOrder ? await keptInOrder(set, narrowed, visit) : await keysOfSelection(narrowed, visit);
    const setId = plan.keep
      ? visit.services.sets.create(visit.openSession().id, selection.dataClass, keys, plan.timeoutSeconds).id
      : undefined;
    const page = await members(columns, keys.slice(skip, skip + top), visit);
    return {
      kind: 'selection',
      dataClass: selection.dataClass,
      ...page,
      total: keys.length,
      first: skip,
      ...(setId !== undefined && { setId }),
    };
  }
  const row = (await engine.row(pageStatement(narrowed, columns, skip, top, engine.dialect))) as Row;
  return {
    kind: 'selection',
    dataClass: selection.dataClass,
    total: Number(row['total']),
    sent: Number(row['sent']),
    first: skip,
    entities: row['entities'] as Uint8Array | null,
  };
}

/**
 * The set of that id, made again from its saved filter and order when it is gone (spec 05 § 3.4).
 * @throws KeystampError 1802
 */
export async function findSet(
  source: SetSource,
  dataClass: DataClassDef,
  timeoutSeconds: number | undefined,
  visit: Visit,
): Promise<EntitySet> {
  const { sets } = visit.services;
  const found = sets.find(source.id, dataClass, visit.session?.id);
  if (found) return found;
  if (!source.saved || !sets.isFree(source.id)) throw fail(1802, source.id);
  const keys = await keysOfSelection(source.saved, visit);
  return sets.create(visit.openSession().id, dataClass, keys, timeoutSeconds ?? rebuiltSeconds, source.id);
}

/** The selection among the members of a set. */
export const within = (set: EntitySet, selection: Selection): Selection => ({
  ...selection,
  predicate: allOf(
    selection.predicate,
    keysOf(
      set.dataClass,
      Array.from(set.keys as readonly Value[], (key) => [key]),
    ),
  ),
});

async function keysOfSelection(selection: Selection, { services: { engine } }: Visit): Promise<readonly Value[]> {
  const { dataClass } = selection;
  if (dataClass.key.length > 1) throw fail(1813, 'An entity set of a dataclass with a composite key');
  const key = dataClass.key[0] as StorageDef;
  const rows = await engine.rows(keysStatement(selection, engine.dialect));
  return rows.map((row) => row[key.column] as Value);
}

/** The members that match, in the order of the set; deleted ones are left out. */
async function keptInOrder(set: EntitySet, narrowed: Selection, visit: Visit): Promise<readonly Value[]> {
  const matching = new Set(await keysOfSelection(narrowed, visit));
  return Array.from(set.keys as readonly Value[]).filter((key) => matching.has(key));
}

async function members(
  columns: Columns,
  keys: readonly Value[],
  { services: { engine } }: Visit,
): Promise<Pick<SelectionOutcome, 'sent' | 'entities'>> {
  if (keys.length === 0) return { sent: 0, entities: null };
  const row = (await engine.row(membersStatement(columns, Array.from(keys), engine.dialect))) as Row;
  return { sent: Number(row['sent']), entities: row['entities'] as Uint8Array | null };
}

export async function runDistinctMedia(plan: DistinctMediaPlan, visit: Visit): Promise<ArrayOutcome> {
  const { engine } = visit.services;
  const set = plan.set && (await findSet(plan.set, plan.selection.dataClass, undefined, visit));
  const selection = set ? within(set, plan.selection) : plan.selection;
  const row = await engine.row(
    distinctMediaStatement(selection, plan.columns, plan.attribute, plan.skip, plan.top, engine.dialect),
  );
  return { kind: 'array', items: (row?.['entities'] ?? null) as Uint8Array | null };
}
