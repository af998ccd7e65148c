// How deep the condition of a predicate would nest, so that no filter reaches an engine that cannot take it.
import { fail } from '../errors.ts';
import type { Predicate } from './predicate.ts';

// SQLite refuses expressions deeper than 1000, and counts the expression around a subquery with the subquery. The
// rest is left to the statement around the condition.
const deepest = 900;
/** An expanded relation prints its entities in a subquery inside the text of its entity. */
const perRelation = 24;

/** Upper bounds: `own` for the expression itself, `inner` for the deepest chain of subqueries below it. */
interface Depth {
  readonly own: number;
  readonly inner: number;
}

const leaf: Depth = { own: 14, inner: 6 };

/**
 * Refuses a predicate that nests too deep.
 * @param relations the condition stands in the answer itself, below so many expanded relations
 * @throws KeystampError 400/1162
 */
export function checkComplexity(predicate: Predicate, relations = 0): void {
  const { own, inner } = depthOf(predicate);
  if (own + inner + relations * perRelation > deepest)
    throw fail(1162, 'it nests too deep; use fewer levels or fewer different conjunctions');
}

function depthOf(predicate: Predicate): Depth {
  switch (predicate.kind) {
    case 'all':
    case 'none':
    case 'keys':
    case 'members':
    case 'test':
    case 'json':
    case 'calculated':
      return leaf;
    case 'and':
    case 'or':
      return above(chainDepth(predicate.parts.length), predicate.parts.map(depthOf));
    case 'not':
      return above(1, [depthOf(predicate.part)]);
    case 'except':
      return above(3, [depthOf(predicate.from), depthOf(predicate.without)]);
    case 'exists':
    case 'element': {
      const { own, inner } = depthOf(predicate.where);
      const around = Math.max(own + 4, leaf.own);
      return { own: around, inner: Math.max(own + inner, leaf.own + leaf.inner) };
    }
    default:
      return predicate satisfies never;
  }
}

/** Long chains are joined in halves, down to four parts. */
const chainDepth = (parts: number): number => (parts <= 4 ? parts - 1 : Math.ceil(Math.log2(parts / 4)) + 3);

function above(levels: number, parts: readonly Depth[]): Depth {
  let own = 0;
  let inner = 0;
  for (const part of parts) {
    own = Math.max(own, part.own);
    inner = Math.max(inner, part.inner);
  }
  return { own: own + levels, inner };
}
