// Selections: pages, entity sets (spec 05).
import type { FindKeyPlan, IntersectPlan, ReadSelectionPlan, SelectionSource } from '../plan/selection-plan.ts';
import type { DataClassDef, StorageDef, Value } from '../model/model.ts';
import { trackingAttribute } from '../model/tracking.ts';
import type { Rows } from '../query/columns.ts';
import { keyCount, keysBetween, positionOfKey } from '../query/key-list.ts';
import type { Selection } from '../query/selection.ts';
import { countStatement, keysStatement, membersStatement, pageStatement } from '../store/sql/select.ts';
import { syncStatement } from '../store/sql/global-stamp.ts';
import { sql } from '../store/sql/sql.ts';
import type { Row } from '../store/engine.ts';
import { lowestAsked } from '../query/lower-bound.ts';
import { bytesWithCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import { explain } from './explain.ts';
import type { SelectionOutcome, SyncFacts, ValueOutcome } from './outcome.ts';
import { rowsForDatabase } from './settled.ts';
import { describe, keepAsSet, keysOfSelection, resolveSource, type Resolved } from './source.ts';

export async function runReadSelection(plan: ReadSelectionPlan, visit: Visit): Promise<SelectionOutcome> {
  const { source, skip, top, keep, timeoutSeconds, explanation } = plan;
  const rows = await rowsForDatabase(plan.rows, visit);
  const { dataClass } = source.selection;
  const explained = explanation && (await explain(explanation, visit));
  const outcome = { kind: 'selection', dataClass, rows, first: skip, ...(explained && { explained }) } as const;
  const before = await syncBefore(source, keep, visit);
  let resolved: Resolved = await resolveSource(source, timeoutSeconds, visit);
  const shown = { from: skip, to: skip + top };
  // Paging through a set keeps its id; anything else that is kept is a new set (spec 05 § 3.1).
  if (keep && !(resolved.kind === 'listed' && resolved.set)) {
    const kept = await keepAsSet(resolved, { dataClass, timeoutSeconds }, shown, visit);
    const page = await members(dataClass, rows, kept.shown, visit);
    return { ...outcome, ...page, ...before, total: kept.set.members, setId: kept.set.id };
  }
  // What is found through sets is found once, not for the page and again for its total.
  if (resolved.kind === 'described' && (source.set || source.combination))
    resolved = { kind: 'listed', keys: await keysOfSelection(resolved.selection, visit) };
  if (resolved.kind === 'listed') {
    const page = await members(dataClass, rows, keysBetween(resolved.keys, shown.from, shown.to), visit);
    const setId = keep ? resolved.set?.id : undefined;
    return { ...outcome, ...page, ...before, total: keyCount(resolved.keys), ...(setId !== undefined && { setId }) };
  }
  const page = await pageOf(resolved.selection, rows, skip, top, visit);
  tellForgotten(resolved.selection, page.sync, visit);
  // A bare array does not tell how many there are.
  const total = rows.kind === 'array' ? 0 : await totalOf(resolved.selection, skip, top, page.sent, visit);
  return { ...outcome, ...page, total };
}

type Page = Pick<SelectionOutcome, 'sent' | 'entities' | 'sync'>;

const untracked: SyncFacts = { globalStamp: 0 };

/** The `syncColumns` of a row. */
function syncOf(row: Row): SyncFacts {
  if (row['global_stamp'] === undefined) return untracked;
  const globalStamp = Number(row['global_stamp']);
  const pruned = Number(row['pruned'] ?? 0);
  return pruned > 0 ? { globalStamp, oldestStamp: pruned + 1 } : { globalStamp };
}

const readPage = async (row: Row, { columns }: Rows, visit: Visit): Promise<Page> => ({
  sent: Number(row['sent']),
  entities: await bytesWithCalculated(row['entities'] as Uint8Array | null, columns, visit),
  sync: syncOf(row),
});

/** A page without entities. */
async function emptyPage(dataClass: DataClassDef, { services: { engine } }: Visit): Promise<Page> {
  const row = dataClass.tracking === 'none' ? {} : ((await engine.row(syncStatement(dataClass))) as Row);
  return { sent: 0, entities: null, sync: syncOf(row) };
}

/**
 * Keys that are found first and shown after: the counter must be read before them, or a change in between would be
 * neither in the answer nor asked for the next time.
 */
async function syncBefore(
  { selection: { dataClass }, set, combination, relation }: SelectionSource,
  keep: boolean,
  visit: Visit,
): Promise<Pick<Page, 'sync'> | undefined> {
  if (dataClass.tracking === 'none' || !(keep || set || combination || relation)) return undefined;
  return { sync: (await emptyPage(dataClass, visit)).sync };
}

export async function pageOf(selection: Selection, rows: Rows, skip: number, top: number, visit: Visit): Promise<Page> {
  if (top === 0) return emptyPage(selection.dataClass, visit);
  const { engine } = visit.services;
  return readPage((await engine.row(pageStatement(selection, rows, skip, top, engine.dialect))) as Row, rows, visit);
}

/** A client that was away for too long cannot be told in the protocol; the operator is (spec 17 § 7.2). */
function tellForgotten({ dataClass, predicate }: Selection, { oldestStamp }: SyncFacts, visit: Visit): void {
  if (dataClass.tracking !== 'deletions' || oldestStamp === undefined) return;
  const asked = lowestAsked(predicate, dataClass.attributes.get(trackingAttribute.deletions) as StorageDef);
  if (asked < oldestStamp) visit.services.onEvent({ kind: 'deletionsForgotten', asked, oldest: oldestStamp });
}

/** The size of a selection of which a page is known: its last page tells. */
export async function totalOf(
  { dataClass, predicate }: Selection,
  skip: number,
  top: number,
  sent: number,
  { services: { engine } }: Visit,
): Promise<number> {
  if (sent < top && (sent > 0 || skip === 0)) return skip + sent;
  return engine.total(countStatement(dataClass, predicate, engine.dialect));
}

export async function members(
  dataClass: DataClassDef,
  rows: Rows,
  keys: readonly Value[],
  visit: Visit,
): Promise<Page> {
  if (keys.length === 0) return emptyPage(dataClass, visit);
  const { engine } = visit.services;
  return readPage(
    (await engine.row(membersStatement(dataClass, rows, Array.from(keys), engine.dialect))) as Row,
    rows,
    visit,
  );
}

/** Do the two sides share an entity that still exists? */
export async function runIntersect({ source }: IntersectPlan, visit: Visit): Promise<ValueOutcome> {
  const selection = await describe(source, visit);
  const { engine } = visit.services;
  const row = await engine.row(sql`${keysStatement(selection, engine.dialect)} LIMIT 1`);
  return { kind: 'value', json: String(row !== undefined) };
}

/** Positions count from 0; -1 when the entity is not in the selection. */
export async function runFindKey({ source, key }: FindKeyPlan, visit: Visit): Promise<ValueOutcome> {
  const resolved = await resolveSource(source, undefined, visit);
  const keys = resolved.kind === 'listed' ? resolved.keys : await keysOfSelection(resolved.selection, visit);
  return { kind: 'value', json: JSON.stringify({ result: key ? positionOfKey(keys, key[0] as Value) : -1 }) };
}
