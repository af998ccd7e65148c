// What a request asks for of calculated attributes, answered by their code before the database is asked: conditions and
// orders of its entities, and of the related ones that it sends in full.
import { oncePer } from '../model/once-per.ts';
import { needsCode, settled } from '../orm/settle.ts';
import type { ColumnItem, Columns, EntityItem, OneItem, Rows, SelectionItem } from '../query/columns.ts';
import { isCalculatedOrder } from '../query/order.ts';
import { all, isCalculated } from '../query/predicate.ts';
import type { Selection } from '../query/selection.ts';
import type { Visit } from './context.ts';
import { inCode } from './with-code.ts';

/** The selection once code has answered for its part of it. */
export const forDatabase = (selection: Selection, visit: Visit): Selection | Promise<Selection> =>
  needsCode(selection) ? inCode(visit, selection.dataClass.name, () => settled(selection)) : selection;

/** The columns once code has chosen and ordered related entities. */
export const columnsForDatabase = (columns: Columns, visit: Visit): Columns | Promise<Columns> =>
  asksCode(columns) ? inCode(visit, columns.dataClass.name, () => settledColumns(columns)) : columns;

/** The same for the rows of a page. */
export const rowsForDatabase = (rows: Rows, visit: Visit): Rows | Promise<Rows> =>
  asksCode(rows.columns)
    ? inCode(visit, rows.columns.dataClass.name, async () => ({ ...rows, columns: await settledColumns(rows.columns) }))
    : rows;

const asksCode = oncePer(({ items }: Columns): boolean => items.some(itemAsks));

function itemAsks(item: ColumnItem): boolean {
  switch (item.kind) {
    case 'entity':
    case 'selection': {
      const { predicate, order } = narrowingOf(item);
      return isCalculated(predicate) || isCalculatedOrder(order) || asksCode(item.columns);
    }
    case 'alias':
      return itemAsks(item.shown);
    case 'value':
    case 'media':
    case 'deferred':
    // Its entities are found in code anyway.
    case 'calculated':
      return false;
    default:
      return item satisfies never;
  }
}

const narrowingOf = (item: EntityItem | SelectionItem) => ({
  predicate: item.predicate ?? all,
  order: item.kind === 'selection' ? (item.order ?? []) : [],
});

async function settledColumns(columns: Columns): Promise<Columns> {
  const items: ColumnItem[] = [];
  for (const item of columns.items) items.push(itemAsks(item) ? await settledItem(item) : item);
  return { ...columns, items };
}

async function settledItem(item: ColumnItem): Promise<ColumnItem> {
  if (item.kind === 'alias') return { ...item, shown: (await settledItem(item.shown)) as OneItem };
  if (item.kind !== 'entity' && item.kind !== 'selection') return item;
  const columns = await settledColumns(item.columns);
  const { predicate, order } = await settled({ dataClass: columns.dataClass, ...narrowingOf(item) });
  return { ...item, columns, ...(item.predicate && { predicate }), ...(order.length > 0 && { order }) };
}
