// Parameters the way better-sqlite3 takes them.
import type { Value } from '../../model/model.ts';
import { keyCount, keysAsJson, type KeyList } from '../../query/key-list.ts';
import { isKeyList, type Param } from '../sql/sql.ts';

/** From here on, looking at every row of the class is quicker than looking up every key of the list. */
const longList = 50_000;

/** Long lists are tested row by row with `has_key`, others are JSON that keys are looked up from. */
export const isLongList = (keys: KeyList): boolean => keyCount(keys) > longList;

/**
 * Booleans are 0 and 1 in SQLite, lists of keys JSON.
 * @param numberOf the number that a long list is known by to `has_key`
 */
export function bindable(params: readonly Param[], numberOf: (list: KeyList) => number = unknownList): Value[] {
  for (const param of params)
    if (typeof param === 'boolean' || isKeyList(param)) return params.map((each) => bind(each, numberOf));
  return params as Value[];
}

function bind(param: Param, numberOf: (list: KeyList) => number): Value {
  if (typeof param === 'boolean') return Number(param);
  if (!isKeyList(param)) return param;
  return isLongList(param) ? numberOf(param) : keysAsJson(param);
}

function unknownList(): never {
  throw new TypeError('A long list of keys needs the slow lane');
}
