// Arrays as the text that PostgreSQL reads them from.
import type { Value } from '../../model/model.ts';
import { keyValues, type KeyList } from '../../query/key-list.ts';

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function elementText(value: Value): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) throw new TypeError('Bytes cannot stand in a list');
  return typeof value === 'string'
    ? quoted(value)
    : String(Number(value) === value || typeof value === 'bigint' ? value : Number(value));
}

/** `{1,2}` or `{"a","b"}`; booleans are 0 and 1. */
export const arrayText = (values: readonly Value[]): string => `{${values.map(elementText).join(',')}}`;

/** A list of keys in the same way. */
export const keysAsArray = (keys: KeyList): string =>
  keys.kind === 'text' ? arrayText(keyValues(keys)) : `{${keys.numbers.join(',')}}`;

/** The type of an array that holds the values exactly, without its brackets. */
export function arrayType(values: readonly Value[]): 'text' | 'bigint' | 'float8' | 'numeric' {
  if (values.some((value) => typeof value === 'string')) return 'text';
  if (values.every((value) => typeof value !== 'number' || Number.isSafeInteger(value)))
    return values.some((value) => typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
      ? 'numeric'
      : 'bigint';
  return values.some((value) => typeof value === 'bigint') ? 'numeric' : 'float8';
}
