// Filters and orders by calculated attributes: the code of the attribute answers with a query or an order of its own, or
// the value of every entity is calculated and compared (spec 15 §§ 7.3 to 7.5). What is left can be run by the database.
import { fail } from '../errors.ts';
import type { EventFunction } from '../model/code-defs.ts';
import type { CalculatedDef, DataClassDef, RelationDef, Value } from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import { isCalculatedOrder, parseOrder, type Order, type OrderItem } from '../query/order.ts';
import { all, isCalculated, none, type Predicate } from '../query/predicate.ts';
import type { Key, Selection } from '../query/selection.ts';
import { serverSight } from '../query/sight.ts';
import { answeredQuery } from './answered-query.ts';
import { calculatedError } from './calculated-value.ts';
import { currentCall } from './current-call.ts';
import { amongMembers, membersOfKeys } from './members.ts';
import { readMembers } from './read.ts';
import { runCalculated } from './run-calculated.ts';
import { runtimeOf } from './store-runtime.ts';
import { fulfils } from './test-value.ts';
import { calculatedRows } from './calculated-rows.ts';

type Asked = Extract<Predicate, { readonly kind: 'calculated' }>;

/** Queries that answer with queries by calculated attributes, and so on. */
const deepest = 8;

/** Whether code must be asked before the database can run the selection. */
export const needsCode = oncePer(
  ({ predicate, order }: Selection): boolean => isCalculated(predicate) || isCalculatedOrder(order),
);

/**
 * The same selection for the database. Runs in a call. What is left of an order to calculated attributes has no code, and
 * is sorted in memory (orm/sort-members.ts).
 * @throws KeystampError 1562 around what code throws, those of its queries and orders; 1162 for too many entities
 */
export async function settled(selection: Selection): Promise<Selection> {
  if (!needsCode(selection)) return selection;
  const { dataClass, predicate, order } = selection;
  return { dataClass, predicate: await settle(predicate, dataClass, false, 0), order: await orderOf(order, 0) };
}

/** @param negated a NOT stands around it: what is unknown is left out there too */
async function settle(
  predicate: Predicate,
  dataClass: DataClassDef,
  negated: boolean,
  depth: number,
): Promise<Predicate> {
  if (!isCalculated(predicate)) return negated ? { kind: 'not', part: predicate } : predicate;
  const each = (parts: readonly Predicate[]): Promise<readonly Predicate[]> =>
    Promise.all(parts.map((part) => settle(part, dataClass, negated, depth)));
  switch (predicate.kind) {
    case 'calculated': {
      const { query } = predicate.attribute;
      if (!query) return sequential(predicate, dataClass, negated);
      const asked = await askQuery(predicate, depth);
      return negated ? { kind: 'not', part: asked } : asked;
    }
    case 'and':
    case 'or': {
      const other = predicate.kind === 'and' ? 'or' : 'and';
      return { kind: negated ? other : predicate.kind, parts: await each(predicate.parts) };
    }
    case 'not':
      return settle(predicate.part, dataClass, !negated, depth);
    case 'except': {
      const from = await settle(predicate.from, dataClass, false, depth);
      const made = { kind: 'except', from, without: await settle(predicate.without, dataClass, false, depth) } as const;
      return negated ? { kind: 'not', part: made } : made;
    }
    case 'exists': {
      const { relation, where } = predicate;
      const made = { ...predicate, where: await settle(where, (relation satisfies RelationDef).target, false, depth) };
      return negated ? { kind: 'not', part: made } : made;
    }
    default:
      return predicate;
  }
}

/** What the code of the attribute answers to the comparison. */
async function askQuery({ attribute, operator, value }: Asked, depth: number): Promise<Predicate> {
  const { owner, name, query } = attribute;
  if (depth >= deepest) throw fail(1162, `the queries of ${name} lead from one to the next`);
  const answer = await ask(attribute, query, { ...eventOf('query', attribute), operator, value });
  const predicate = answeredQuery(answer, owner, currentCall().services.config);
  return predicate ? settle(predicate, owner, false, depth + 1) : none;
}

const eventOf = (kind: 'query' | 'orderBy', { owner, name }: CalculatedDef) => ({
  kind,
  dataClassName: owner.name,
  attributeName: name,
  result: undefined as unknown,
});

/** What code answers; what it sets as `result` wins over what it returns (spec 15 § 7.2). */
async function ask<E extends { readonly result: unknown }>(
  attribute: CalculatedDef,
  code: EventFunction | undefined,
  event: E,
): Promise<unknown> {
  const { object } = runtimeOf(currentCall().model).dataClassOf(attribute.owner);
  try {
    const returned: unknown = await runCalculated(attribute, undefined, () => code?.call(object, event));
    return event.result === undefined ? returned : event.result;
  } catch (error) {
    throw calculatedError(error, attribute);
  }
}

/** The entities whose value, worked out one after the other, fulfils the test. */
async function sequential({ attribute, test }: Asked, dataClass: DataClassDef, negated: boolean): Promise<Predicate> {
  const { result } = attribute;
  if (result.kind !== 'value' || !test) throw fail(1162, `${attribute.name} cannot be compared`);
  const members = await readMembers(currentCall(), { dataClass, predicate: all, order: [] });
  const place = { steps: [], attribute: result.shape, objectPath: [], calculated: attribute };
  const found: Key[] = [];
  for await (const { key, values } of calculatedRows(dataClass, members, [place]))
    if (fulfils(test, result.shape, values[0] as Value) === !negated) found.push(key);
  return found.length === 0 ? none : amongMembers(dataClass, membersOfKeys(dataClass, found));
}

async function orderOf(order: Order, depth: number): Promise<Order> {
  const items: OrderItem[] = [];
  for (const item of order) {
    const { calculated } = item;
    items.push(...(calculated?.orderBy ? await askOrder(item, calculated, depth) : [item]));
  }
  return items;
}

/** The order that the code of the attribute answers with, from the entity on that has the attribute. */
async function askOrder({ steps, descending }: OrderItem, attribute: CalculatedDef, depth: number): Promise<Order> {
  const { owner, name, orderBy } = attribute;
  if (depth >= deepest) throw fail(1162, `the orders of ${name} lead from one to the next`);
  const operator = descending ? 'desc' : 'asc';
  const answer = await ask(attribute, orderBy, { ...eventOf('orderBy', attribute), operator, descending, value: null });
  const text = typeof answer === 'string' ? answer : '';
  const inner = parseOrder(text, owner, currentCall().services.config, serverSight);
  return orderOf(
    inner.map((item) => ({ ...item, steps: [...steps, ...item.steps] })),
    depth + 1,
  );
}
