// Where the entities of an answer come from: class, listed keys, stored set, combined with another set (spec 05 § 1).
import { fail } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import { all, allOf, none, type Predicate } from '../query/predicate.ts';
import type { DataRequest, PlanContext } from './context.ts';
import type { Combination, SelectionSource, SetMember, SetSource } from './selection-plan.ts';
import { askedSelection, savedSelection } from './selection.ts';
import { entityByKey, keysPredicate, namedKeys } from './target.ts';

/**
 * @param orderby the order of the entities
 * @throws KeystampError those of filter and order, 1818, 1819
 */
export function sourceOf(
  request: DataRequest,
  dataClass: DataClassDef,
  context: PlanContext,
  orderby: string | undefined,
): SelectionSource {
  const { selection, reshaped } = askedSelection(request, dataClass, context, orderby);
  const set = setSource(request, dataClass, context);
  const combination = combinationOf(request);
  return {
    selection: { ...selection, predicate: allOf(namedEntities(request, dataClass), selection.predicate) },
    ...(set && { set }),
    ...(combination && { combination }),
    reshaped,
    clean: request.params.flag('clean'),
  };
}

/** The entities the path itself names: a list of keys, or none at all. */
function namedEntities({ target }: DataRequest, dataClass: DataClassDef): Predicate {
  if (target.set && target.set.id === undefined) return none;
  const { key } = target.dataClass;
  return key?.kind === 'keys' && key.keys.length > 0 && !target.set
    ? keysPredicate(dataClass, namedKeys(key, dataClass))
    : all;
}

function setSource(request: DataRequest, dataClass: DataClassDef, context: PlanContext): SetSource | undefined {
  const id = request.target.set?.id;
  if (id === undefined) return undefined;
  const saved = savedSelection(request, dataClass, context);
  return { id, ...(saved && { saved }) };
}

/** The member of a set that the path names. */
export function memberOf(request: DataRequest, dataClass: DataClassDef, context: PlanContext): SetMember | undefined {
  const key = request.target.set?.member;
  const set = key && setSource(request, dataClass, context);
  return set && { set, entity: entityByKey(dataClass, key) };
}

const operators: readonly string[] = ['AND', 'OR', 'EXCEPT', 'INTERSECT'] satisfies readonly Combination['operator'][];

/** `$logicOperator` with `$otherCollection`, an id or a set uri (spec 05 § 4). */
function combinationOf({ params }: DataRequest): Combination | undefined {
  const word = params.get('logicOperator');
  if (word === undefined) return undefined;
  const operator = word.trim().toUpperCase();
  if (!operators.includes(operator)) throw fail(1818, word);
  const other = params.get('otherCollection')?.trim();
  if (!other) throw fail(1819);
  return { operator: operator as Combination['operator'], other: other.slice(other.lastIndexOf('/') + 1) };
}
