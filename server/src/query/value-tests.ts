// Comparator + given value → what is asked of one value (spec 04 §§ 2 to 6).
import { fail } from '../errors.ts';
import type { StorageDef, Value } from '../model/model.ts';
import type { Given } from './convert.ts';
import { toObjectScalar, toText, toUuid, toValue } from './convert.ts';
import type { QueryLimits } from './limits.ts';
import type { Comparator, FilterFamily } from './operators.ts';
import { familyOf, operatorOf } from './operators.ts';
import type { ObjectScalar, Pattern, Test } from './predicate.ts';

/** The right side of a comparison with its placeholders filled in. Nulls are left out of lists. */
export type GivenValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'scalar'; readonly given: Given }
  | { readonly kind: 'list'; readonly items: readonly Given[] };

/** How values of one place are converted and compared. */
interface Subject<V> {
  /** For messages. */
  readonly name: string;
  readonly convert: (given: Given) => V;
  /** Whether the comparator may meet this value. */
  readonly allows: (comparator: Comparator, given: Given) => boolean;
  /** The text whose wildcards count, or `undefined` where wildcards mean nothing. */
  readonly wildText: (given: Given) => string | undefined;
  /** Conversion of the text that BEGIN is followed by. */
  readonly prefix: (text: string) => string;
}

// SQLite refuses longer LIKE patterns; three bytes for each character stay below its 50,000.
const longestPattern = 16_000;
const wildcards = /[@*]+/;

/**
 * The test of a storage attribute that is not an object with a path.
 * @throws KeystampError 400: 1162 when the type does not know the comparator, 1280 for a value of no use
 */
export function attributeTest(
  attribute: StorageDef,
  comparator: Comparator,
  value: GivenValue,
  limits: QueryLimits,
): Test<Value> {
  const family: FilterFamily = familyOf[attribute.type];
  return makeTest(
    {
      name: attribute.name,
      convert: (given) => toValue(attribute, given),
      allows: (asked) => operatorOf(asked).families.includes(family),
      wildText: (given) => (family === 'text' ? toText(given) : undefined),
      prefix: family === 'uuid' ? toUuid : (text) => text,
    },
    comparator,
    value,
    limits,
  );
}

/** The test of a value inside an object, where the given value says the type. Errors as `attributeTest`. */
export function objectTest(
  name: string,
  comparator: Comparator,
  value: GivenValue,
  limits: QueryLimits,
): Test<ObjectScalar> {
  return makeTest(
    {
      name,
      convert: toObjectScalar,
      allows: (asked, given) => operatorOf(asked).families.includes(familyOfScalar(asked, toObjectScalar(given))),
      wildText: (given) => (typeof toObjectScalar(given) === 'string' ? toText(given) : undefined),
      prefix: (text) => text,
    },
    comparator,
    value,
    limits,
  );
}

function familyOfScalar(comparator: Comparator, value: ObjectScalar): FilterFamily {
  const { kind } = operatorOf(comparator).meaning;
  if (kind === 'begin' || kind === 'word' || typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'date' : 'number';
}

function makeTest<V>(subject: Subject<V>, comparator: Comparator, value: GivenValue, limits: QueryLimits): Test<V> {
  const { meaning, takesNull } = operatorOf(comparator);
  const unfit = (): never => {
    throw fail(1162, `the comparator of ${subject.name} does not fit its type`);
  };
  if (meaning.kind === 'regex') throw fail(1112, 'regular expressions are not available');
  if (value.kind === 'null') {
    if (!takesNull || meaning.kind !== 'compare') throw fail(1162, `${subject.name} can only be equal to null or not`);
    return { kind: 'null', negated: meaning.comparison === '!=' };
  }
  if ((meaning.kind === 'in') !== (value.kind === 'list')) {
    throw fail(1280, meaning.kind === 'in' ? `a list is expected for ${subject.name}` : `a list for ${subject.name}`);
  }
  if (value.kind === 'list') return listTest(subject, comparator, value.items, limits);
  const { given } = value;
  if (!subject.allows(comparator, given)) return unfit();
  switch (meaning.kind) {
    case 'compare': {
      const { comparison } = meaning;
      const negated = comparison === '!=';
      if (meaning.wildcard) {
        if (isAnything(given)) return { kind: 'any', negated };
        const pattern = patternOf(subject.wildText(given), limits);
        if (pattern) return { kind: 'like', pattern, negated };
      }
      return { kind: 'compare', comparison, value: subject.convert(given) };
    }
    case 'begin': {
      const pieces = [...subject.prefix(toText(given)).split(wildcards), ''];
      return likeTest(pieces, limits);
    }
    case 'word': {
      const text = toText(given);
      return { kind: 'words', text: text.slice(0, endOfWords(text)), prefix: /[@*]$/.test(text) };
    }
    case 'in':
      return unfit();
    default:
      return meaning satisfies never;
  }
}

/** Where the wildcards at the end of a text begin. */
function endOfWords(text: string): number {
  let end = text.length;
  while (end > 0 && '@*'.includes(text.charAt(end - 1))) end--;
  return end;
}

function listTest<V>(
  subject: Subject<V>,
  comparator: Comparator,
  items: readonly Given[],
  limits: QueryLimits,
): Test<V> {
  const values: V[] = [];
  const patterns: Pattern[] = [];
  if (items.length > limits.maxFilterTerms) throw fail(1162, `a list of more than ${limits.maxFilterTerms} items`);
  for (const given of items) {
    if (!subject.allows(comparator, given)) throw fail(1162, `${subject.name} takes no list`);
    if (isAnything(given)) return { kind: 'any', negated: false };
    const pattern = patternOf(subject.wildText(given), limits);
    if (pattern) patterns.push(pattern);
    else values.push(subject.convert(given));
  }
  return { kind: 'in', values, patterns };
}

/** Nothing but wildcards: every value that is not null, whatever its type. */
const isAnything = (given: Given): boolean => typeof given.value === 'string' && /^[@*]+$/.test(given.value);

function patternOf(text: string | undefined, limits: QueryLimits): Pattern | undefined {
  if (text === undefined || !wildcards.test(text)) return undefined;
  return checkLength(text.split(wildcards), limits);
}

function likeTest<V>(pieces: Pattern, limits: QueryLimits): Test<V> {
  if (pieces.every((piece) => piece === '')) return { kind: 'any', negated: false };
  // `BEGIN 'a@'` ends with two empty pieces, which say no more than one.
  const pattern = pieces.at(-2) === '' ? pieces.slice(0, -1) : pieces;
  return { kind: 'like', pattern: checkLength(pattern, limits), negated: false };
}

function checkLength(pattern: Pattern, limits: QueryLimits): Pattern {
  const length = pattern.reduce((sum, piece) => sum + piece.length + 1, 0);
  if (length > Math.min(limits.maxFilterLength, longestPattern)) throw fail(1162, 'a text with wildcards is too long');
  return pattern;
}
