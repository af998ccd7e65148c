// From which value on a filter asks for a whole number.
import type { StorageDef } from '../model/model.ts';
import type { Predicate } from './predicate.ts';

/** The lowest value of the attribute that entities of the predicate can have; 0 when it says nothing of that. */
export function lowestAsked(predicate: Predicate, attribute: StorageDef): number {
  switch (predicate.kind) {
    case 'and':
      return Math.max(0, ...predicate.parts.map((part) => lowestAsked(part, attribute)));
    case 'or':
      return Math.min(...predicate.parts.map((part) => lowestAsked(part, attribute)));
    case 'except':
      return lowestAsked(predicate.from, attribute);
    case 'test': {
      const { test } = predicate;
      if (predicate.attribute !== attribute || test.kind !== 'compare') return 0;
      if (test.comparison === '>=' || test.comparison === '=') return Number(test.value);
      return test.comparison === '>' ? Number(test.value) + 1 : 0;
    }
    default:
      return 0;
  }
}
