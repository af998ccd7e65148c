// How an engine writes JSON text: the database prints whole answers, no object is made per row.
import type { StorageDef } from '../../model/model.ts';
import type { Sql } from './sql.ts';

/** What a page of entities is made from. */
export interface PageParts {
  /** What follows FROM. */
  readonly rows: Sql;
  /** What follows ORDER BY; asked of engines alone that do not keep the order of a subquery. */
  readonly order: () => Sql;
  /** A column of `rows` that is never null. */
  readonly present: Sql;
  /** What the page tells beside its entities, by the name of its column. */
  readonly beside: Readonly<Record<string, Sql>>;
}

export interface JsonDialect {
  /** The texts one after the other; null counts as nothing. */
  concat(parts: readonly Sql[]): Sql;
  /** JSON text of the attribute's value held by `value`, the text `null` for null (spec 03 § 2.2). */
  value(attribute: StorageDef, value: Sql): Sql;
  /** JSON text of a date as digits, `"20240502"` or `"20240502081145"` (UTC), the text `null` for null. */
  digitsOfDate(attribute: StorageDef, value: Sql): Sql;
  /** A JSON string of a text that is not null. */
  string(text: Sql): Sql;
  /**
   * The texts of all rows, separated by commas; null when there is no row.
   * @param order of the rows, what follows ORDER BY; asked of engines alone that do not keep the order of a subquery
   */
  list(text: Sql, order: () => Sql): Sql;
  /** The JSON text where `held` is not null, `otherwise` where it is. */
  unlessNull(held: Sql, json: Sql, otherwise?: string): Sql;
  /**
   * A page: one row with `sent`, the number of entities, `entities`, their texts as bytes with commas between them (null:
   * none), and what stands beside.
   * @param json the same object with the same `present` and names of `beside` every time
   */
  page(json: Sql, parts: PageParts): Sql;
  /** Whether even the text of one entity had better come as bytes. */
  readonly prefersBytes: boolean;
  /**
   * One entity: a row with `json`, its text as bytes, or none.
   * @param rows what follows FROM, with its condition
   */
  entity(json: Sql, rows: Sql): Sql;
  /** The text as bytes, so that it reaches the socket without becoming a string. */
  bytes(text: Sql): Sql;
  /** The text of a key that needs no quotes: a number, a date, a truth value, a UUID. */
  plainKey(attribute: StorageDef, value: Sql): Sql;
  /** One part of a composite key as it stands in `__KEY`, quoted where needed. */
  keyPart(attribute: StorageDef, value: Sql): Sql;
  /** The key as it stands in URIs between the brackets, quoted and percent-encoded where needed. */
  keyInUri(attribute: StorageDef, value: Sql): Sql;
  /**
   * The keys in a JSON array parameter as rows `(position, part0, part1 …)`, in order.
   * @param key attributes whose values they are: of one the array holds values, of several it holds arrays
   */
  elements(array: Sql, key: readonly StorageDef[]): Sql;
  /** The sum of numbers, null when there is none; with `distinct` each number counts once. */
  sum(value: Sql, distinct: boolean): Sql;
}
