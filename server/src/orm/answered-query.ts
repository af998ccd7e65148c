// Queries that code of the author answers with, where it is asked which entities are meant: `query` of a calculated
// attribute, and row filters (spec 15 §§ 7.3, 9).
import type { Config } from '../config.ts';
import type { DataClassDef } from '../model/model.ts';
import { bindFilter } from '../query/bind.ts';
import { readFilter } from '../query/known-filters.ts';
import { noParams, paramsOf } from '../query/params.ts';
import type { Predicate } from '../query/predicate.ts';
import { serverSight } from '../query/sight.ts';
import { paramOf } from './query.ts';

/**
 * What `'lastName = :1'`, or `{ query, parameters }`, asks of the entities of a class; nothing when the answer holds no
 * query.
 * @throws KeystampError those of parseFilter and bindFilter, 1280 for parameters that are neither list nor object
 */
export function answeredQuery(answer: unknown, dataClass: DataClassDef, config: Config): Predicate | undefined {
  const { query, parameters } = partsOf(answer);
  if (typeof query !== 'string' || query.trim() === '') return undefined;
  const params = parameters === undefined ? noParams : paramsOf(paramOf(parameters), 'parameters');
  return bindFilter(readFilter(query.trim(), config), dataClass, params, config, serverSight);
}

function partsOf(answer: unknown): { readonly query?: unknown; readonly parameters?: unknown } {
  if (typeof answer === 'string') return { query: answer };
  return typeof answer === 'object' && answer !== null ? answer : {};
}
