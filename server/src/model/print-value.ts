// Canonical values as JSON text, the same as databases write it (spec 03 § 2.2).
import { printDay } from './dates.ts';
import type { StorageDef, Value } from './model.ts';

/** Not for pictures and BLOBs, which are links. */
export function printValue({ type, simpleDate }: StorageDef, value: Value): string {
  if (value === null) return 'null';
  switch (type) {
    case 'object':
      return value as string;
    case 'date':
      return `"${simpleDate ? printDay(value as string) : new Date(value as number).toISOString()}"`;
    case 'string':
    case 'text':
    case 'uuid':
      return JSON.stringify(value);
    case 'bool':
    case 'byte':
    case 'word':
    case 'long':
    case 'number':
      return String(value);
    case 'long64':
    case 'duration':
      // Beyond 2^53 a number would be rounded by clients, so it travels as text.
      return typeof value === 'bigint' ? `"${value}"` : String(value);
    case 'image':
    case 'blob':
      throw new TypeError('Pictures and BLOBs have no value of their own in JSON');
    default:
      return type satisfies never;
  }
}

/** Dates as digits, `"20240502"`, `"20240502081145"`; all other values as they are (spec 03 § 5). */
export function printDigits(shape: StorageDef, value: Value): string {
  if (shape.type !== 'date' || value === null) return printValue(shape, value);
  if (shape.simpleDate) return `"${(value as string).replaceAll('-', '')}"`;
  return `"${new Date(value as number).toISOString().slice(0, 19).replace(/\D/g, '')}"`;
}
