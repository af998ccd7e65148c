// What a test of one value looks like in SQL; the same on every engine but for what the dialect says.
import type { StorageDef, Value } from '../../model/model.ts';
import type { Comparison } from '../../query/operators.ts';
import type { Pattern, Test } from '../../query/predicate.ts';
import type { FilterDialect } from './filter-dialect.ts';
import { fold } from './fold.ts';
import { join, raw, sql, type Sql } from './sql.ts';
import { wordQuery } from './words.ts';

/** Comparison → SQL operator. */
export const comparisons = {
  '=': raw('='),
  '!=': raw('<>'),
  '<': raw('<'),
  '<=': raw('<='),
  '>': raw('>'),
  '>=': raw('>='),
} as const satisfies Record<Comparison, Sql>;

/** Longer lists become one parameter. */
const inlineValues = 3;

/**
 * The condition that a column fulfils the test.
 * @param held the column
 */
export function testColumn(test: Test<Value>, attribute: StorageDef, held: Sql, dialect: FilterDialect): Sql {
  const folded = attribute.type === 'string' || attribute.type === 'text';
  const value = folded ? dialect.fold(held) : held;
  const key = (one: Value): Value => (folded && typeof one === 'string' ? fold(one) : one);
  switch (test.kind) {
    case 'null':
      return test.negated ? sql`${held} IS NOT NULL` : sql`${held} IS NULL`;
    case 'any':
      return isAny(held, test.negated);
    case 'compare':
      return sql`${value} ${comparisons[test.comparison]} ${key(test.value)}`;
    case 'like':
      return isLike(value, test.pattern, test.negated, folded ? fold : (piece) => piece);
    case 'in':
      return isOneOf(value, test.values.map(key), test.patterns, dialect);
    case 'words':
      return dialect.hasWords(held, wordQuery(test.text, test.prefix));
    case 'identity': {
      const among = isOneOf(held, test.values, [], dialect);
      return test.negated ? sql`NOT (${among})` : among;
    }
    default:
      return test satisfies never;
  }
}

/** True for every value, unknown for null; negated false and unknown. */
export const isAny = (value: Sql, negated: boolean): Sql =>
  negated ? sql`(${value} IS NULL AND NULL)` : sql`(${value} IS NOT NULL OR NULL)`;

/** Equal to one of the values or like one of the patterns, all of them folded where `value` is. */
export function isOneOf(
  value: Sql,
  values: readonly Value[],
  patterns: readonly Pattern[],
  dialect: FilterDialect,
): Sql {
  const choices: Sql[] = [];
  if (values.length > inlineValues) choices.push(dialect.oneOf(value, values));
  else choices.push(...values.map((one) => sql`${value} = ${one}`));
  if (patterns.length > inlineValues)
    choices.push(
      dialect.likeOneOf(
        value,
        patterns.map((one) => likeText(one, fold)),
      ),
    );
  else choices.push(...patterns.map((one) => isLike(value, one, false, fold)));
  return choices.length === 0 ? isAny(value, true) : sql`(${join(choices, ' OR ')})`;
}

/** A wildcard at the end alone becomes a range, so that an index serves. */
export function isLike(value: Sql, pattern: Pattern, negated: boolean, key: (piece: string) => string): Sql {
  const not = raw(negated ? 'NOT ' : '');
  const prefix = key(pattern[0] ?? '');
  if (pattern.length === 2 && pattern[1] === '' && prefix !== '') {
    const end = after(prefix);
    if (end !== undefined) return sql`${not}(${value} >= ${prefix} AND ${value} < ${end})`;
  }
  return sql`${value} ${not}LIKE ${likeText(pattern, key)} ESCAPE '\\'`;
}

const likeText = (pattern: Pattern, key: (piece: string) => string): string =>
  pattern.map((piece) => key(piece).replace(/[\\%_]/g, '\\$&')).join('%');

/** The first text, by code points, behind all that start with the prefix; `undefined` when there is none. */
export function after(prefix: string): string | undefined {
  const points = [...prefix];
  while (points.length > 0) {
    const last = (points.pop() as string).codePointAt(0) as number;
    if (last === 0x10ffff) continue;
    // Surrogates are no characters of their own.
    return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
