// The constraints an attribute can declare, each with its code (spec 15 § 5).
import { fail, type KeystampError } from '../errors.ts';
import { matchesPattern } from './match-pattern.ts';
import type { StorageDef, Value } from './model.ts';

const length = (text: string): number => [...text].length;

/**
 * Every constraint of the attribute that the canonical value violates, in the order of spec 15 § 5. Null passes all but
 * `mandatory` and `notNull`.
 * @param strict null fails every constraint but `maxLength` too, as in ported models (spec 15 § 5.2)
 */
export function violations(attribute: StorageDef, value: Value, strict = false): readonly KeystampError[] {
  if (value === null)
    return attribute.notNull ? [fail(attribute.nullError, attribute.name)] : strict ? ofNull(attribute) : [];
  const found: KeystampError[] = [];
  const { minValue, maxValue, minLength, maxLength, fixedLength, pattern, name } = attribute;
  if (minValue !== undefined && (value as number | string) < minValue) found.push(fail(1568, String(minValue)));
  if (maxValue !== undefined && (value as number | string) > maxValue) found.push(fail(1569, String(maxValue)));
  if (typeof value !== 'string') return found;
  if (minLength !== undefined && length(value) < minLength) found.push(fail(1591, name, String(minLength)));
  if (maxLength !== undefined && length(value) > maxLength) found.push(fail(1592, name, String(maxLength)));
  if (fixedLength !== undefined && length(value) !== fixedLength) found.push(fail(1593, name, String(fixedLength)));
  if (pattern !== undefined && !matchesPattern(pattern, value)) found.push(fail(1571, name));
  return found;
}

function ofNull({ minValue, maxValue, minLength, fixedLength, pattern, name }: StorageDef): readonly KeystampError[] {
  return [
    ...(minValue === undefined ? [] : [fail(1568, String(minValue))]),
    ...(maxValue === undefined ? [] : [fail(1569, String(maxValue))]),
    ...(minLength === undefined ? [] : [fail(1591, name, String(minLength))]),
    ...(fixedLength === undefined ? [] : [fail(1593, name, String(fixedLength))]),
    ...(pattern === undefined ? [] : [fail(1571, name)]),
  ];
}

/** Whether a save must look at the attribute at all. */
export const isConstrained = ({
  notNull,
  minValue,
  maxValue,
  minLength,
  maxLength,
  fixedLength,
  pattern,
}: StorageDef): boolean =>
  notNull || [minValue, maxValue, minLength, maxLength, fixedLength, pattern].some((limit) => limit !== undefined);
