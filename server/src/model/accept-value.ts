// Values from outside, from a body or from code, as an attribute takes them.
import { fail, KeystampError } from '../errors.ts';
import { assignValue, printedType } from './attribute-types.ts';
import type { Json, StorageDef, Value } from './model.ts';

/**
 * The canonical value of a JSON value for this attribute, cut to `limitingLength`.
 * @throws KeystampError 1508 for a wrong type, 1568 and 1569 inside 1570 for one outside the range of the type
 */
export function acceptValue(attribute: StorageDef, value: Json): Value {
  const accepted = acceptOrTell(attribute, value);
  if (accepted instanceof KeystampError) throw accepted.within(1570);
  return accepted;
}

/**
 * The same for a save of several values, all of whose faults are told together (spec 15 § 5.1).
 * @returns the error 1568 or 1569 of a value outside the range of the type
 * @throws KeystampError 1508 for a wrong type
 */
export function acceptOrTell(attribute: StorageDef, value: Json): Value | KeystampError {
  const assigned = assignValue(attribute, value);
  switch (assigned.kind) {
    case 'value':
      return shortened(attribute, assigned.value);
    case 'wrongType':
      throw fail(1508, attribute.name, printedType(attribute));
    case 'below':
      return fail(1568, assigned.bound);
    case 'above':
      return fail(1569, assigned.bound);
    default:
      return assigned satisfies never;
  }
}

const shortened = ({ limitingLength }: StorageDef, value: Value): Value =>
  limitingLength !== undefined && typeof value === 'string' ? [...value].slice(0, limitingLength).join('') : value;
