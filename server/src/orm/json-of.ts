// Values of code as JSON has them.
import type { Json } from '../model/model.ts';

/** Dates are milliseconds since 1970, integers of 64 bits are text; everything else is taken for what it is. */
export function jsonOf(value: unknown): Json {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'bigint' ? String(value) : (value as Json);
}
