// Queries of code: the same language as `$filter`, with values and attributes for its placeholders (spec 16 § 3).
import type { DataClassDef } from '../model/model.ts';
import { bindFilter } from '../query/bind.ts';
import { readFilter } from '../query/known-filters.ts';
import { parseOrder, type Order } from '../query/order.ts';
import type { FilterParams, ParamValue } from '../query/params.ts';
import type { Predicate } from '../query/predicate.ts';
import { printKey } from '../query/print-key.ts';
import type { OrderItem, QuerySettings } from './api.ts';
import { currentCall } from './current-call.ts';
import { stateOf } from './entity-state.ts';

export interface Query {
  readonly predicate: Predicate;
  /** What follows `order by` in the text. */
  readonly order: Order | undefined;
  readonly settings: QuerySettings;
}

/**
 * A query of the running code, with its privileges.
 * @param given values of `:1`, `:2` …; the last one may be settings
 * @throws KeystampError those of parseFilter, bindFilter and parseOrder
 */
export function queryOf(dataClass: DataClassDef, text: string, given: readonly unknown[]): Query {
  const { sight, services } = currentCall();
  const { config } = services;
  const last = given.at(-1);
  const settings = isSettings(last) ? last : {};
  const values = settings === last ? given.slice(0, -1) : given;
  const filter = readFilter(text, config);
  const params: FilterParams = { positional: values.map(paramOf), named: namedOf(settings) };
  return {
    predicate: bindFilter(filter, dataClass, params, config, sight),
    order: filter.order === undefined ? undefined : parseOrder(filter.order, dataClass, config, sight),
    settings,
  };
}

/**
 * An order of the running code: `'lastName desc, employer.name'`, or a list of paths.
 * @throws KeystampError those of parseOrder
 */
export function orderOf(dataClass: DataClassDef, order: string | readonly OrderItem[]): Order {
  const { sight, services } = currentCall();
  const text =
    typeof order === 'string'
      ? order
      : order.map(({ propertyPath, descending = false }) => `${propertyPath} ${descending ? 'desc' : 'asc'}`).join(',');
  return parseOrder(text, dataClass, services.config, sight);
}

const settingNames = new Set([
  'parameters', 'attributes', 'args', 'allowFormulas', 'context', 'queryPlan', 'queryPath',
]); // oxfmt-ignore

function isSettings(value: unknown): value is QuerySettings {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => settingNames.has(name));
}

function namedOf({ parameters = {}, attributes = {} }: QuerySettings): FilterParams['named'] {
  const named: Record<string, ParamValue> = {};
  for (const [name, value] of Object.entries(parameters)) named[name] = paramOf(value);
  for (const [name, path] of Object.entries(attributes))
    named[name] = typeof path === 'object' && 'name' in path ? path.name : (path as ParamValue);
  return named;
}

/** A value of code as placeholders take it: dates stand for their instant, entities for their key. */
export function paramOf(value: unknown): ParamValue {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(paramOf);
  const key = stateOf(value)?.key;
  if (key) return key.length === 1 ? (key[0] as ParamValue) : printKey(key);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, paramOf(member)]));
  return value as ParamValue;
}
