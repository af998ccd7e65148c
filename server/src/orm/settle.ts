// Filters and orders by calculated attributes: the code of the attribute answers with a query or an order of its own, or
// the value of every entity is worked out and compared (spec 15 §§ 7.3 to 7.5). What is left the database can run.
import { fail } from '../errors.ts';
import type { DataClassDef, RelationDef } from '../model/model.ts';
import { bindFilter } from '../query/bind.ts';
import { isCalculatedOrder, parseOrder, type Order, type OrderItem } from '../query/order.ts';
import { noParams, paramsOf, type FilterParams, type ParamValue } from '../query/params.ts';
import { parseFilter } from '../query/parse.ts';
import { all, isCalculated, none, type Predicate } from '../query/predicate.ts';
import type { Key, Selection } from '../query/selection.ts';
import { serverSight } from '../query/sight.ts';
import { calculatedValue, codeError } from './calculated-value.ts';
import { currentCall } from './call-context.ts';
import { allMembers, amongMembers, membersOfKeys } from './members.ts';
import { readMembers } from './read.ts';
import { runtimeOf } from './store-runtime.ts';
import { fulfils } from './test-value.ts';

type Asked = Extract<Predicate, { readonly kind: 'calculated' }>;

/** Queries that answer with queries by calculated attributes, and so on. */
const deepest = 8;
/** Entities whose values are worked out at one time. */
const batch = 500;

const known = new WeakMap<Selection, boolean>();

/** Whether code must be asked before the database can run the selection. */
export function needsCode(selection: Selection): boolean {
  let needs = known.get(selection);
  if (needs === undefined)
    known.set(selection, (needs = isCalculated(selection.predicate) || isCalculatedOrder(selection.order)));
  return needs;
}

/**
 * The same selection for the database. Runs in a call.
 * @throws KeystampError 1562 around what code throws, those of its queries, 1594 for an order without code
 */
export async function settled(selection: Selection): Promise<Selection> {
  if (!needsCode(selection)) return selection;
  const { dataClass, predicate, order } = selection;
  return { dataClass, predicate: await settle(predicate, dataClass, false, 0), order: await orderOf(order) };
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
      const asked = await askQuery(predicate, dataClass, depth);
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
async function askQuery(asked: Asked, dataClass: DataClassDef, depth: number): Promise<Predicate> {
  const { attribute, operator, value } = asked;
  if (depth >= deepest) throw fail(1162, `the queries of ${attribute.name} lead from one to the next`);
  const call = currentCall();
  const { config } = call.services;
  const event = { kind: 'query', dataClassName: dataClass.name, attributeName: attribute.name, operator, value, result: undefined as unknown }; // prettier-ignore
  let given: unknown;
  try {
    const returned: unknown = await attribute.query?.call(runtimeOf(call.model).dataClassOf(dataClass).object, event);
    given = event.result === undefined ? returned : event.result;
  } catch (error) {
    throw codeError(error, attribute);
  }
  const { text, params } = queryOf(given);
  if (text === '') return none;
  const predicate = bindFilter(parseFilter(text, config), dataClass, params, config, serverSight);
  return settle(predicate, dataClass, false, depth + 1);
}

/** `'lastName = :1'`, or `{ query, parameters }`; nothing matches when there is none. */
function queryOf(given: unknown): { readonly text: string; readonly params: FilterParams } {
  if (typeof given === 'string') return { text: given.trim(), params: noParams };
  if (typeof given !== 'object' || given === null) return { text: '', params: noParams };
  const { query, parameters } = given as { readonly query?: unknown; readonly parameters?: unknown };
  const text = typeof query === 'string' ? query.trim() : '';
  return { text, params: parameters === undefined ? noParams : paramsOf(parameters as ParamValue, 'parameters') };
}

/** The entities whose value, worked out one after the other, fulfils the test. */
async function sequential({ attribute, test }: Asked, dataClass: DataClassDef, negated: boolean): Promise<Predicate> {
  const { result } = attribute;
  if (result.kind !== 'value' || !test) throw fail(1162, `${attribute.name} cannot be compared`);
  const call = currentCall();
  const keys = allMembers(dataClass, await readMembers(call, { dataClass, predicate: all, order: [] }));
  const runtime = runtimeOf(call.model).dataClassOf(dataClass);
  const found: Key[] = [];
  for (let at = 0; at < keys.length; at += batch) {
    const states = await runtime.findAll(keys.slice(at, at + batch));
    const present = states.filter((state) => state !== undefined);
    const values = await Promise.all(present.map((state) => calculatedValue(state, attribute)));
    for (const [i, value] of values.entries()) {
      const holds = fulfils(test, result.shape, value.kind === 'value' ? value.value : null);
      if (holds === !negated) found.push(present[i]?.key as Key);
    }
  }
  return found.length === 0 ? none : amongMembers(dataClass, membersOfKeys(dataClass, found));
}

async function orderOf(order: Order): Promise<Order> {
  const items: OrderItem[] = [];
  for (const item of order) items.push(...(item.calculated ? await askOrder(item) : [item]));
  return items;
}

/** The order that the code of the attribute answers with, from the entity on that has the attribute. */
async function askOrder({ calculated, steps, descending }: OrderItem): Promise<Order> {
  const { orderBy, owner, name } = calculated as NonNullable<OrderItem['calculated']>;
  if (!orderBy) throw fail(1594, name);
  const call = currentCall();
  const event = { kind: 'orderBy', dataClassName: owner.name, attributeName: name, operator: descending ? 'desc' : 'asc', descending, value: null, result: undefined as unknown }; // prettier-ignore
  let given: unknown;
  try {
    const returned: unknown = await orderBy.call(runtimeOf(call.model).dataClassOf(owner).object, event);
    given = event.result === undefined ? returned : event.result;
  } catch (error) {
    throw codeError(error, calculated as NonNullable<OrderItem['calculated']>);
  }
  const inner = parseOrder(typeof given === 'string' ? given : '', owner, call.services.config, serverSight);
  return inner.map((item) => ({ ...item, steps: [...steps, ...item.steps] }));
}
