// Orders by calculated attributes that have no code for orders: values are calculated and sorted in memory (spec 15 § 7.5).
import type { DataClassDef } from '../model/model.ts';
import { isCalculatedOrder, type Order } from '../query/order.ts';
import type { Key, Selection, Window } from '../query/selection.ts';
import { currentCall } from './current-call.ts';
import { membersBetween, membersOfKeys, type Members } from './members.ts';
import { readMembers } from './read.ts';
import { settled } from './settle.ts';
import { compareKeys, sortKey, type SortKey } from './sort-key.ts';
import { calculatedRows } from './calculated-rows.ts';

/**
 * The members in that order; those that are equal stay as they stand. Runs in a call.
 * @throws KeystampError those of `calculatedRows`
 */
export async function sortMembers<M extends Members>(dataClass: DataClassDef, members: M, order: Order): Promise<M> {
  const rows: { readonly key: Key; readonly by: readonly SortKey[] }[] = [];
  for await (const { key, values } of calculatedRows(dataClass, members, order))
    rows.push({ key, by: order.map((item, i) => sortKey(item, values[i] ?? null)) });
  rows.sort((a, b) => {
    for (const [i, { descending }] of order.entries()) {
      const compared = compareKeys(a.by[i] as SortKey, b.by[i] as SortKey);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
  return membersOfKeys(dataClass, rows.map(({ key }) => key)) as M; // oxfmt-ignore
}

/**
 * The members of a selection in its order, whatever of it code must answer for. Runs in a call.
 * @throws KeystampError those of `settled` and `calculatedRows`
 */
export async function findMembers(selection: Selection, window?: Window): Promise<Members> {
  const ready = await settled(selection);
  const { dataClass, order } = ready;
  if (!isCalculatedOrder(order)) return readMembers(currentCall(), ready, window);
  const unsorted = await readMembers(currentCall(), { ...ready, order: [] });
  const sorted = await sortMembers(dataClass, unsorted, order);
  if (!window) return sorted;
  const { skip, top = Infinity } = window;
  return membersOfKeys(dataClass, membersBetween(dataClass, sorted, skip, skip + top));
}
