// The keys of many entities of a class with one key attribute, in order and packed: a million of them is one or two
// buffers, not a million values. Plain data, so that it travels between processes as it is.
import type { Value } from '../model/model.ts';

export type KeyList =
  /** Integers that fit in 32 bits: 4 bytes a key. */
  | { readonly kind: 'int32'; readonly numbers: Int32Array }
  /** Any other numbers: 8 bytes a key. */
  | { readonly kind: 'double'; readonly numbers: Float64Array }
  /** UTF-8 one after the other; key `i` ends before `ends[i]` and begins where the one before it ends. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly ends: Uint32Array };

export type KeyKind = KeyList['kind'];

/**
 * Packs keys as an engine gives them: numbers, or texts (64-bit integers that are no exact number come as text, then all
 * do).
 */
export function packKeys(keys: readonly Value[]): KeyList {
  let fits = true;
  for (const key of keys) {
    if (typeof key !== 'number') return packTexts(keys.map(String));
    if ((key | 0) !== key) fits = false;
  }
  const numbers = keys as readonly number[];
  return fits
    ? { kind: 'int32', numbers: Int32Array.from(numbers) }
    : { kind: 'double', numbers: Float64Array.from(numbers) };
}

function packTexts(texts: readonly string[]): KeyList {
  const ends = new Uint32Array(texts.length);
  let size = 0;
  for (const [i, text] of texts.entries()) ends[i] = size += Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafeSlow(size);
  for (const [i, text] of texts.entries()) bytes.write(text, i === 0 ? 0 : (ends[i - 1] as number));
  return { kind: 'text', bytes, ends };
}

export const keyCount = (list: KeyList): number => (list.kind === 'text' ? list.ends : list.numbers).length;

/** Memory that the keys take, bytes. */
export const keyBytes = (list: KeyList): number =>
  list.kind === 'text' ? list.bytes.byteLength + list.ends.byteLength : list.numbers.byteLength;

/** What is known of a list that may lie elsewhere. */
export interface KeyFacts {
  readonly kind: KeyKind;
  readonly count: number;
  /** Memory that the keys take. */
  readonly bytes: number;
}

export const keyFacts = (list: KeyList): KeyFacts => ({
  kind: list.kind,
  count: keyCount(list),
  bytes: keyBytes(list),
});

/** The keys from position `from` to before `to`. */
export function keysBetween(list: KeyList, from: number, to: number): readonly (number | string)[] {
  if (list.kind !== 'text') return Array.from(list.numbers.subarray(from, to));
  const { ends } = list;
  const text = Buffer.from(list.bytes.buffer, list.bytes.byteOffset, list.bytes.byteLength);
  const last = Math.min(to, ends.length);
  const keys: string[] = [];
  for (let i = from; i < last; i++) keys.push(text.toString('utf8', i === 0 ? 0 : ends[i - 1], ends[i]));
  return keys;
}

/** All keys, as values. For short lists: each is a value of its own again. */
export const keyValues = (list: KeyList): readonly (number | string)[] => keysBetween(list, 0, keyCount(list));

/** Where the key, as an engine or a request gives it, stands in the list; -1 when it is not there. */
export function positionOfKey(list: KeyList, key: Value): number {
  if (list.kind === 'text') return keyValues(list).indexOf(String(key));
  return typeof key === 'number' ? list.numbers.indexOf(key) : -1;
}

/** Whether the key, as an engine or a request gives it, is in the list. */
export const isInKeys = (list: KeyList, key: Value): boolean => positionOfKey(list, key) >= 0;

/** A JSON array of the keys. */
export const keysAsJson = (list: KeyList): string =>
  list.kind === 'text' ? JSON.stringify(keyValues(list)) : `[${list.numbers.join(',')}]`;

/** The bytes that `keyListOf` makes the list from again, little-endian; texts have their ends first. Nothing is copied. */
export const keyListBytes = (list: KeyList): readonly Uint8Array[] =>
  list.kind === 'text' ? [bytesOf(list.ends), list.bytes] : [bytesOf(list.numbers)];

/**
 * The bytes that `readKeyList` makes the list from again, in parts of at most `size` bytes.
 * @param size a multiple of 8
 */
export function keyListParts(list: KeyList, size: number): readonly Uint8Array[] {
  return keyListBytes(list).flatMap((bytes) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float64Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * The list of `count` keys of that kind whose bytes these parts are, one after the other; `undefined` when some of them
 * are not there.
 */
export function readKeyList(kind: KeyKind, count: number, parts: readonly Uint8Array[]): KeyList | undefined {
  // A buffer of its own begins where numbers may begin.
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  if (bytes.length < count * fixedBytes[kind]) return undefined;
  let length = 0;
  for (const part of parts) {
    bytes.set(part, length);
    length += part.length;
  }
  const list = keyListOf(kind, count, bytes);
  return list.kind === 'text' && (list.ends.at(-1) ?? 0) > list.bytes.length ? undefined : list;
}

/** What each key takes at least. */
const fixedBytes = { int32: 4, double: 8, text: 4 } as const satisfies Record<KeyKind, number>;

/** @param bytes that begin where their buffer does */
export function keyListOf(kind: KeyKind, count: number, bytes: Uint8Array<ArrayBuffer>): KeyList {
  switch (kind) {
    case 'int32':
      return { kind, numbers: new Int32Array(bytes.buffer, 0, count) };
    case 'double':
      return { kind, numbers: new Float64Array(bytes.buffer, 0, count) };
    case 'text':
      return { kind, ends: new Uint32Array(bytes.buffer, 0, count), bytes: bytes.subarray(4 * count) };
    default:
      return kind satisfies never;
  }
}
