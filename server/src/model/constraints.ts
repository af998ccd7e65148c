// The constraints an attribute can declare, each with its code (spec 15 § 5).
import { fail, type KeystampError } from '../errors.ts';
import type { StorageDef, Value } from './model.ts';

const length = (text: string): number => [...text].length;

/**
 * Every constraint of the attribute that the canonical value violates, in the order of spec 15 § 5. Null passes all but
 * `mandatory`.
 */
export function violations(attribute: StorageDef, value: Value): readonly KeystampError[] {
  if (value === null) return attribute.notNull ? [fail(1116, attribute.name)] : [];
  const found: KeystampError[] = [];
  const { minValue, maxValue, minLength, maxLength, fixedLength, pattern, name } = attribute;
  if (minValue !== undefined && (value as number | string) < minValue) found.push(fail(1568, String(minValue)));
  if (maxValue !== undefined && (value as number | string) > maxValue) found.push(fail(1569, String(maxValue)));
  if (typeof value !== 'string') return found;
  if (minLength !== undefined && length(value) < minLength) found.push(fail(1591, name, String(minLength)));
  if (maxLength !== undefined && length(value) > maxLength) found.push(fail(1592, name, String(maxLength)));
  if (fixedLength !== undefined && length(value) !== fixedLength) found.push(fail(1593, name, String(fixedLength)));
  if (pattern !== undefined && !pattern.test(value)) found.push(fail(1571, name));
  return found;
}
