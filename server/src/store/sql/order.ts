// Order → the text after ORDER BY: nulls lowest, texts by fold(), ties by key (spec 04 § 8).
import { fail } from '../../errors.ts';
import type { DataClassDef } from '../../model/model.ts';
import type { Order, OrderItem } from '../../query/order.ts';
import type { FilterDialect } from './filter-dialect.ts';
import { foundIn, sortsAlike } from './column-form.ts';
import { atom, kindOf, type JsonPlace } from './json-test.ts';
import { column, join, sql, type Sql } from './sql.ts';
import { endRow, walk } from './steps.ts';

/** What follows ORDER BY for the rows `alias`; its own aliases start with `alias` and `_o`. */
export function compileOrder(order: Order, dataClass: DataClassDef, alias: string, dialect: FilterDialect): Sql {
  const criteria = order.flatMap((item, i) => {
    const values = sortValues(item, alias, `${alias}_o${i}_`, dialect);
    const neverNull = item.steps.length === 0 && item.attribute.primKey;
    return values.map((value) => dialect.orderBy(value, item.descending, neverNull));
  });
  // A key that is already ordered by, exactly, breaks no more ties.
  const ties = dataClass.key.filter(
    (key) => isFolded(key.type) || !order.some((item) => item.steps.length === 0 && item.attribute === key),
  );
  const last = ties.map((key) => dialect.orderBy(foundIn(key, alias), false, true));
  return join([...criteria, ...last], ', ');
}

const isFolded = (type: string): boolean => type === 'string' || type === 'text';

/** The values that an item sorts by, most significant first. */
function sortValues(item: OrderItem, alias: string, prefix: string, dialect: FilterDialect): readonly Sql[] {
  const { steps, attribute, objectPath, calculated } = item;
  // Where code is not asked before the statement is made, it cannot order.
  if (calculated) throw fail(1594, calculated.name);
  const end = endRow(steps, alias, prefix);
  const held = sortsAlike(attribute) ? foundIn(attribute, end) : column(end, attribute.column);
  const through = (value: Sql): Sql => walk(steps, value, alias, prefix);
  if (objectPath.length > 0) return jsonValues({ json: held, path: objectPath }, dialect).map(through);
  return [through(isFolded(attribute.type) ? dialect.fold(held) : held)];
}

/** Values of different JSON types stand apart: booleans, strings, numbers, the rest (spec 04 § 11). */
function jsonValues(place: JsonPlace, dialect: FilterDialect): readonly Sql[] {
  const kind = kindOf(place, dialect);
  const text = dialect.fold(atom(place, 'string', dialect));
  return [
    sql`CASE (${kind}) WHEN 'boolean' THEN 1 WHEN 'string' THEN 2 WHEN 'number' THEN 3 WHEN 'array' THEN 4 WHEN 'object' THEN 4 END`,
    sql`CASE (${kind}) WHEN 'boolean' THEN ${atom(place, 'boolean', dialect)} WHEN 'number' THEN ${atom(place, 'number', dialect)} END`,
    sql`CASE (${kind}) WHEN 'string' THEN ${text} END`,
  ];
}
