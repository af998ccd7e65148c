// What engines do differently in conditions and orders.
import type { Value } from '../../model/model.ts';
import type { KeyList } from '../../query/key-list.ts';
import type { Sql } from './sql.ts';

/** The JSON types that hold a value of their own. */
export type JsonAtom = 'string' | 'number' | 'boolean';

/** What makes a value what the column that it is compared with holds; only where another program made the column. */
export type Form = (value: Sql) => Sql;

export interface FilterDialect {
  /** The text's key for comparisons, as fold() of fold.ts makes it; null for null. An index holds the same expression. */
  fold(text: Sql): Sql;
  /** Whether the value is one of these, unknown for null; at most one parameter, however many there are. */
  oneOf(value: Sql, values: readonly Value[], form?: Form): Sql;
  /** Whether the key is in the list, which may be long; one parameter, the list itself. */
  inKeys(key: Sql, keys: KeyList, form?: Form): Sql;
  /** Whether the tuple is one of these; at most one parameter. */
  tupleOneOf(tuple: readonly Sql[], values: readonly (readonly Value[])[], forms: readonly (Form | undefined)[]): Sql;
  /** Whether the text is like one of these LIKE patterns with `\` as escape, unknown for null; one parameter. */
  likeOneOf(text: Sql, patterns: readonly string[]): Sql;
  /** Whether the text holds the words of a `wordQuery` (words.ts); unknown for null. */
  hasWords(text: Sql, query: string): Sql;
  /** Milliseconds since 1970 of an ISO date text, null for any other text. */
  instantOf(text: Sql): Sql;
  /** `string`, `number`, `boolean`, `array`, `object`, or null for JSON null and what is missing. */
  jsonKind(json: Sql, path: readonly string[]): Sql;
  /** The value at the path as SQL value, 0 or 1 for a boolean; only asked where `jsonKind` says that it is one of that kind. */
  jsonAtom(json: Sql, path: readonly string[], kind: JsonAtom): Sql;
  /** The number of elements; only asked of arrays. */
  jsonLength(json: Sql, path: readonly string[]): Sql;
  /** Rows with the column `json`, one for each element of the array at the path; none when there is no array. */
  jsonElements(json: Sql, path: readonly string[]): Sql;
  /** The same truth value, but out of the planner's sight; only where it would spend long on many of them. */
  apart?(found: Sql): Sql;
  /**
   * One sort criterion: nulls are lowest, texts by code point.
   * @param neverNull a key: its index may serve that says nothing of nulls
   */
  orderBy(value: Sql, descending: boolean, neverNull?: boolean): Sql;
}
