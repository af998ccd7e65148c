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

export function sortKey({ attribute: { type }, objectPath }: Placed, value: Value | Json): SortKey {
  if (value === null) return [null];
  if (objectPath.length > 0) return [kindOf(value as Json), typeof value === 'string' ? bytesOf(fold(value)) : plain(value)]; // prettier-ignore
  if (typeof value === 'string') return [bytesOf(type === 'string' || type === 'text' ? fold(value) : value)];
  return [plain(value)];
}

const bytesOf = (text: string): Buffer => Buffer.from(text);

const plain = (value: Value | Json): null | number | bigint | boolean =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? value : null;

/** Booleans, texts, numbers, the rest. */
function kindOf(value: Json): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'string':
      return 2;
    case 'number':
      return 3;
    default:
      return 4;
  }
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
