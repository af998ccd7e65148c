// A comparison of a filter as the `query` event of a calculated attribute has it (spec 15 § 7.3).
import type { StorageDef, Value } from '../model/model.ts';
import { toText, toValue, type Given } from './convert.ts';
import { familyOf, type Comparator } from './operators.ts';
import type { GivenValue } from './value-tests.ts';

const eventOperators = {
  like: '==',
  equal: '===',
  unlike: '!=',
  different: '!==',
  less: '<',
  lessOrEqual: '<=',
  greater: '>',
  greaterOrEqual: '>=',
  in: 'IN',
  // A text that begins with another one equals it with a wildcard behind.
  begin: '==',
  word: '%',
  regex: '=%',
} as const satisfies Record<Comparator, string>;

/** `==`, `!=`, `<`, `IN` … */
export const eventOperator = (comparator: Comparator): string => eventOperators[comparator];

/**
 * The value that is compared with; a list for `IN`.
 * @param shape of the calculated value; absent for entities, whose criteria stay as they are written
 * @throws KeystampError 400/1280 for a value that is none of the type
 */
export function eventValue(
  shape: StorageDef | undefined,
  comparator: Comparator,
  value: GivenValue,
): Value | readonly Value[] {
  const one = (given: Given): Value => {
    // Texts keep their wildcards.
    if (!shape || familyOf[shape.type] === 'text') return comparator === 'begin' ? `${toText(given)}@` : toText(given);
    return toValue(shape, given);
  };
  switch (value.kind) {
    case 'null':
      return null;
    case 'scalar':
      return one(value.given);
    case 'list':
      return value.items.map(one);
    default:
      return value satisfies never;
  }
}
