// Values in memory in the order of the database: nulls lowest, texts by fold() and code points, values of objects by their
// JSON type (spec 04 §§ 8, 11; store/sql/order.ts says the same in SQL).
import type { Json, StorageDef, Value } from '../model/model.ts';
import { fold } from '../store/sql/fold.ts';

/** What a value is compared by, most significant first. */
export type SortKey = readonly (null | number | bigint | boolean | Buffer)[];

interface Placed {
  readonly attribute: StorageDef;
  readonly objectPath: readonly string[];
}

/** The key of a value at a place: canonical, or a member of an object. */
export function sortKey({ attribute: { type }, objectPath }: Placed, value: Value | Json): SortKey {
  if (value === null) return [null];
  if (objectPath.length > 0) return sortKeyByType(value);
  if (typeof value === 'string') return [bytesOf(type === 'string' || type === 'text' ? fold(value) : value)];
  return [plain(value)];
}

/** The key of a value whose type nobody knows before: booleans, texts, numbers and dates, the rest. */
export function sortKeyByType(value: unknown): SortKey {
  switch (typeof value) {
    case 'boolean':
      return [1, value];
    case 'string':
      return [2, bytesOf(fold(value))];
    case 'number':
    case 'bigint':
      return [3, value];
    default:
      if (value instanceof Date) return [3, value.getTime()];
      return value === null || value === undefined ? [null] : [4, null];
  }
}

const bytesOf = (text: string): Buffer => Buffer.from(text);

const plain = (value: Value | Json): SortKey[number] =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? value : null;

/**
 * The items in the order of their values, as code has these.
 * @param valueOf of each item; those with equal values stay as they stand
 */
export function inOrder<T>(items: readonly T[], valueOf: (item: T) => unknown, descending = false): T[] {
  const sign = descending ? -1 : 1;
  const keyed = items.map((item) => ({ item, key: sortKeyByType(valueOf(item)) }));
  return keyed.toSorted((a, b) => sign * compareKeys(a.key, b.key)).map(({ item }) => item);
}

/** Negative when `a` comes first; keys of the same place. */
export function compareKeys(a: SortKey, b: SortKey): number {
  for (const [i, x] of a.entries()) {
    const order = comparePart(x, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: SortKey[number], b: SortKey[number]): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (a instanceof Buffer && b instanceof Buffer) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
