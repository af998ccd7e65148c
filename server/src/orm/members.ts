// The keys of a selection that has been evaluated, in order. Keys of one attribute are packed; composite ones are few.
import type { DataClassDef, StorageDef, Value } from '../model/model.ts';
import { keyCount, keysBetween, packKeys, positionOfKey, type KeyList } from '../query/key-list.ts';
import { keysOf, membersOf, type Predicate } from '../query/predicate.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { canonical } from '../store/sql/entity-row.ts';

/** Keys of one attribute. */
export interface PackedMembers {
  readonly kind: 'packed';
  readonly list: KeyList;
}

export type Members = PackedMembers | { readonly kind: 'composite'; readonly keys: readonly Key[] };

/** The keys of entities of one class as members. */
export function membersOfKeys(dataClass: DataClassDef, keys: readonly Key[]): Members {
  return dataClass.key.length === 1
    ? { kind: 'packed', list: packKeys(keys.map(([part]) => packable(part as Value))) }
    : { kind: 'composite', keys };
}

/** Truth values and bigints as engines give keys. */
export const packable = (part: Value): Value =>
  typeof part === 'boolean' ? Number(part) : typeof part === 'bigint' ? String(part) : part;

/** The keys of a list as members. */
export const packedMembers = (list: KeyList): PackedMembers => ({ kind: 'packed', list });

/** How many there are. */
export const memberCount = (members: Members): number =>
  members.kind === 'packed' ? keyCount(members.list) : members.keys.length;

/** The keys from position `from` to before `to`. */
export function membersBetween(dataClass: DataClassDef, members: Members, from: number, to: number): readonly Key[] {
  if (members.kind === 'composite') return members.keys.slice(from, to);
  const part = dataClass.key[0] as StorageDef;
  return keysBetween(members.list, from, to).map((key) => [keyOfText(part, key)]);
}

/** Lists of texts hold every key as text, numbers as well. */
const keyOfText = (part: StorageDef, key: number | string): Value =>
  typeof key === 'string' && part.type !== 'long64' && part.type !== 'duration' && isNumber(part)
    ? Number(key)
    : canonical(part, key);

const isNumber = ({ type, simpleDate }: StorageDef): boolean =>
  ['byte', 'word', 'long', 'number', 'bool'].includes(type) || (type === 'date' && !simpleDate);

/** All keys. */
export const allMembers = (dataClass: DataClassDef, members: Members): readonly Key[] =>
  membersBetween(dataClass, members, 0, memberCount(members));

/** Where a key stands, -1 when it is not there. */
export function positionOf(members: Members, key: Key): number {
  if (members.kind === 'packed') return positionOfKey(members.list, packable(key[0] as Value));
  const text = printKey(key);
  return members.keys.findIndex((each) => printKey(each) === text);
}

/** The entities that are members. */
export const amongMembers = (dataClass: DataClassDef, members: Members): Predicate =>
  members.kind === 'packed' ? membersOf(dataClass, members.list) : keysOf(dataClass, members.keys);

/** Tells of many keys whether they are members. */
export function memberTest(dataClass: DataClassDef, members: Members): (key: Key) => boolean {
  const known = new Set(allMembers(dataClass, members).map(printKey));
  return (key) => known.has(printKey(key));
}
