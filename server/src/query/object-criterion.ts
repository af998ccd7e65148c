// Criteria about values inside objects and their collections (spec 04 § 6).
import { fail } from '../errors.ts';
import type { StorageDef } from '../model/model.ts';
import type { PathStep } from './filter-expr.ts';
import type { ObjectScalar, Predicate, Test } from './predicate.ts';

/**
 * The test at the end of a path through objects and collections.
 * @param steps begin with the object attribute
 * @throws KeystampError 400/1162 for a `{n}`, which relations alone have
 */
export function objectCriterion(
  attribute: StorageDef,
  steps: readonly PathStep[],
  test: Test<ObjectScalar>,
): Predicate {
  const build = (from: StorageDef | undefined, at: number, asked: Test<ObjectScalar>): Predicate => {
    const names: string[] = [];
    for (let i = at; i < steps.length; i++) {
      const step = steps[i] as PathStep;
      if (step.reference !== undefined) throw fail(1162, `${step.name} is no relation`);
      if (i > 0) names.push(step.name);
      if (step.element === undefined) continue;
      // Without a letter, `!=` asks that every element differs.
      const every = step.element === '' && isNegated(asked);
      const inner = build(undefined, i + 1, every ? negate(asked) : asked);
      const element = { kind: 'element', attribute: from, path: names, letter: step.element, where: inner } as const;
      return every ? { kind: 'not', part: element } : element;
    }
    return { kind: 'json', attribute: from, path: names, test: asked };
  };
  return build(attribute, 0, test);
}

function isNegated<V>(test: Test<V>): boolean {
  return test.kind === 'compare' ? test.comparison === '!=' : 'negated' in test && test.negated;
}

function negate<V>(test: Test<V>): Test<V> {
  if (test.kind === 'compare') return { ...test, comparison: '=' };
  return 'negated' in test ? { ...test, negated: false } : test;
}
