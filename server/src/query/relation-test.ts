// Criteria about a relation itself: whether there is a related entity, or which one it is (spec 04 §§ 4, 7).
import { fail } from '../errors.ts';
import type { RelationDef, ToManyAliasDef } from '../model/model.ts';
import { toValue } from './convert.ts';
import { operatorOf, type Comparator } from './operators.ts';
import { all, keysOf, type Predicate } from './predicate.ts';
import type { GivenValue } from './value-tests.ts';

/** The relations lead to an entity that fulfils `where`. */
export const existsAlong = (relations: readonly RelationDef[], reference: string, where: Predicate): Predicate =>
  relations.reduceRight<Predicate>((inner, relation) => ({ kind: 'exists', relation, reference, where: inner }), where);

/** What is asked of a relation; `flag`: it stands alone. */
interface Comparison {
  readonly comparator: Comparator;
  readonly value: GivenValue;
  readonly flag: boolean;
}

/**
 * `employer = null`, `employer = 7`, `staff != null`.
 * @param reference tells the rows of the relation apart
 * @throws KeystampError 400: 1112 alone or a regular expression, 1162 a comparator that fits no relation, 1280 no key
 */
export function relationTest(
  relation: RelationDef | ToManyAliasDef,
  reference: string,
  { comparator, value, flag }: Comparison,
): Predicate {
  const { meaning } = operatorOf(comparator);
  if (meaning.kind === 'regex') throw fail(1112, 'regular expressions are not available');
  if (flag) throw fail(1112, `${relation.name} is not followed by a comparator`);
  const unfit = (): never => {
    throw fail(1162, `the comparator of ${relation.name} does not fit a relation`);
  };
  const equality = meaning.kind === 'compare' && operatorOf(comparator).takesNull;
  const negated = meaning.kind === 'compare' && meaning.comparison === '!=';
  if (value.kind === 'null') {
    if (!equality) return unfit();
    return relation.kind === 'relatedEntity' && !relation.target.code.restrict
      ? { kind: 'test', attribute: relation.foreignKey, test: { kind: 'null', negated } }
      : someRelated(relation, reference, negated);
  }
  if (relation.kind !== 'relatedEntity' || (!equality && meaning.kind !== 'in')) return unfit();
  if ((meaning.kind === 'in') !== (value.kind === 'list')) throw fail(1280, `the value of ${relation.name}`);
  const given = value.kind === 'list' ? value.items : [value.given];
  const values = given.map((key) => toValue(relation.foreignKey, key));
  if (!relation.target.code.restrict)
    return { kind: 'test', attribute: relation.foreignKey, test: { kind: 'identity', values, negated } };
  // A related entity that is hidden is as if there was none, so its key alone is not enough (spec 15 § 9.2).
  const named = keysOf(relation.target, values.map((key) => [key])); // oxfmt-ignore
  return { kind: 'exists', relation, reference, where: negated ? { kind: 'not', part: named } : named };
}

function someRelated(relation: RelationDef | ToManyAliasDef, reference: string, some: boolean): Predicate {
  const steps = relation.kind === 'alias' ? relation.steps : [relation];
  const exists = existsAlong(steps, reference, all);
  return some ? exists : { kind: 'not', part: exists };
}
