// A test of one value in memory, as the database would answer it: true, false, or unknown (`undefined`).
import type { StorageDef, Value } from '../model/model.ts';
import type { Comparison } from '../query/operators.ts';
import type { Pattern, Test } from '../query/predicate.ts';
import { fold } from '../store/sql/fold.ts';
import { hasWords, wordQuery } from '../store/sql/words.ts';

/** Does a value of the attribute fulfil the test? `undefined` where that is unknown. */
export function fulfils(test: Test<Value>, { type }: StorageDef, held: Value): boolean | undefined {
  if (test.kind === 'null') return (held === null) !== test.negated;
  if (held === null) return undefined;
  const isText = type === 'string' || type === 'text';
  const key = (value: Value): Value => (isText && typeof value === 'string' ? fold(value) : value);
  const value = key(held);
  switch (test.kind) {
    case 'any':
      return !test.negated;
    case 'compare':
      return compares(value, test.comparison, key(test.value));
    case 'like':
      return isLike(String(value), test.pattern, isText) !== test.negated;
    case 'in':
      return (
        test.values.some((each) => key(each) === value) ||
        test.patterns.some((pattern) => isLike(String(value), pattern, isText))
      );
    case 'words':
      return hasWords(String(held), wordQuery(test.text, test.prefix));
    case 'identity':
      return test.values.includes(held) !== test.negated;
    default:
      return test satisfies never;
  }
}

/** Texts by code points, as databases order them. */
function compares(a: Value, comparison: Comparison, b: Value): boolean {
  const order = typeof a === 'string' && typeof b === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a === b ? 0 : (a as number) < (b as number) ? -1 : 1; // oxfmt-ignore
  switch (comparison) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return comparison satisfies never;
  }
}

/** The pieces one after the other, the first one at the beginning, the last one at the end. */
function isLike(text: string, pattern: Pattern, folded: boolean): boolean {
  const pieces = folded ? pattern.map(fold) : pattern;
  const [begin = '', ...others] = pieces;
  const end = others.pop() ?? '';
  if (!text.startsWith(begin)) return false;
  let at = begin.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}
