// `$orderby=staff.lastName` with `$expand=staff` orders the related entities that are sent, not the entities themselves
// (spec 03 § 3.3).
import type { ColumnItem, Columns } from '../query/columns.ts';
import type { QueryLimits } from '../query/limits.ts';
import type { Sight } from '../query/sight.ts';
import { parseOrder } from '../query/order.ts';

/** The text of an order, cut into what it means for whom. */
export interface NestedOrder {
  /** The columns with the order of the to-many relations that it names. */
  readonly columns: Columns;
  /** What is left for the entities themselves; absent when there was no order or nothing is left. */
  readonly own?: string;
}

/**
 * Gives the criteria that lead through a to-many relation which is sent in full to that relation.
 * @throws KeystampError those of parseOrder, for the class of the relation
 */
export function nestOrder(
  text: string | undefined,
  columns: Columns,
  { config: limits, sight }: { readonly config: QueryLimits; readonly sight: Sight },
): NestedOrder {
  if (text === undefined) return { columns };
  // An order that is too long, or leads nowhere, is the entities' own: it is refused there.
  if (!text.includes('.') || text.length > limits.maxFilterLength) return { columns, own: text };
  const own: string[] = [];
  const nested = new Map<ColumnItem, string[]>();
  for (const part of text.split(',')) {
    const found = relationOf(part.trim(), columns);
    if (!found) own.push(part);
    else nested.set(found.item, [...(nested.get(found.item) ?? []), found.rest]);
  }
  if (nested.size === 0) return { columns, own: text };
  const ordered = withOrders(columns, nested, limits, sight);
  return own.length === 0 ? { columns: ordered } : { columns: ordered, own: own.join(',') };
}

/** The last to-many relation sent in full on the path of a criterion, and the criterion from there on. */
function relationOf(
  criterion: string,
  columns: Columns,
): { readonly item: ColumnItem; readonly rest: string } | undefined {
  let found: { readonly item: ColumnItem; readonly rest: string } | undefined;
  let at: Columns | undefined = columns;
  let rest = criterion;
  for (let dot = rest.indexOf('.'); at && dot > 0; dot = rest.indexOf('.')) {
    const name = rest.slice(0, dot);
    const named: ColumnItem | undefined = at.items.find(({ attribute }) => attribute.name === name);
    const item: ColumnItem | undefined = named?.kind === 'alias' ? named.shown : named;
    rest = rest.slice(dot + 1);
    if (item?.kind === 'selection') found = { item, rest };
    at = item?.kind === 'selection' || item?.kind === 'entity' ? item.columns : undefined;
  }
  return found;
}

function withOrders(
  columns: Columns,
  orders: ReadonlyMap<ColumnItem, readonly string[]>,
  limits: QueryLimits,
  sight: Sight,
): Columns {
  const items = columns.items.map((item): ColumnItem => {
    if (item.kind === 'alias' && item.shown.kind === 'entity')
      return { ...item, shown: { ...item.shown, columns: withOrders(item.shown.columns, orders, limits, sight) } };
    if (item.kind !== 'entity' && item.kind !== 'selection') return item;
    const inner = withOrders(item.columns, orders, limits, sight);
    const criteria = orders.get(item);
    if (item.kind === 'entity' || !criteria) return { ...item, columns: inner };
    return { ...item, columns: inner, order: parseOrder(criteria.join(','), item.attribute.target, limits, sight) };
  });
  return { ...columns, items };
}
