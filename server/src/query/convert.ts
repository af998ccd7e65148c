// A value as a filter gives it → the canonical value of an attribute's type (spec 04 § 5: mismatches are converted).
import { fail } from '../errors.ts';
import type { StorageDef, Value } from '../model/model.ts';
import type { ObjectScalar } from './predicate.ts';
import { parseDay, parseInstant } from '../model/dates.ts';

/** A scalar of a filter: bare text, quoted text, or a JSON value of `$params`. */
export type Given =
  | { readonly bare: true; readonly value: string }
  | { readonly bare: false; readonly value: string | number | bigint | boolean };

/** Digits can be read in one way alone: of two ways a long text would try every mixture. */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The value as text: numbers by their shortest decimal. */
export const toText = (given: Given): string =>
  typeof given.value === 'string' ? given.value.toWellFormed() : String(given.value);

/**
 * The canonical value of an attribute that is neither object, image nor BLOB.
 * @throws KeystampError 400/1280 when no conversion exists
 */
export function toValue(attribute: StorageDef, given: Given): Value {
  const wrong = (): never => {
    throw fail(1280, `${toText(given).slice(0, 40)} for ${attribute.name}`);
  };
  switch (attribute.type) {
    case 'string':
    case 'text':
      return toText(given);
    case 'uuid':
      return toUuid(toText(given));
    case 'bool':
      return toBool(given) ?? wrong();
    case 'byte':
    case 'word':
    case 'long':
    case 'number':
      return toNumber(given) ?? wrong();
    case 'long64':
    case 'duration':
      return toInteger64(given) ?? wrong();
    case 'date': {
      const text = typeof given.value === 'string' ? given.value : '';
      return (attribute.simpleDate ? parseDay(text) : parseInstant(text)) ?? wrong();
    }
    case 'object':
    case 'image':
    case 'blob':
      return wrong();
    default:
      return attribute.type satisfies never;
  }
}

/** Dashes and case do not count. */
export const toUuid = (text: string): string => text.replaceAll('-', '').toUpperCase();

function toBool(given: Given): boolean | undefined {
  switch (toText(given).toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      return undefined;
  }
}

/**
 * Beside a column of 64-bit integers PostgreSQL would round both to what a binary fraction holds, so whole numbers stay exact.
 * What no such integer reaches becomes a number that none is rounded to.
 */
function toInteger64(given: Given): number | bigint | undefined {
  const value = toNumber(given);
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const text = String(given.value);
  const exact = BigInt(/^[+-]?\d+$/.test(text) ? text.replace('+', '') : value);
  if (exact > int64.max) return Number.MAX_VALUE;
  return exact < int64.min ? -Number.MAX_VALUE : exact;
}

function toNumber(given: Given): number | bigint | undefined {
  if (typeof given.value === 'boolean') return Number(given.value);
  const text = String(given.value);
  return readNumber(decimal.test(text) ? text : digitsOf(text));
}

/** A written decimal; whole numbers beyond 2^53 keep their digits as far as 64 bits reach. */
function readNumber(text: string): number | bigint | undefined {
  if (!decimal.test(text)) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  if (Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(text)) return number;
  const exact = BigInt(text.replace('+', ''));
  return exact >= int64.min && exact <= int64.max ? exact : number;
}

/** The digits, the sign before them and the first point between them: `v20` is `20`, `5@` is `5`. */
function digitsOf(text: string): string {
  const first = text.search(/\d/);
  if (first < 0) return '';
  const [whole = '', ...fraction] = text
    .slice(first)
    .replace(/[^\d.]/g, '')
    .split('.');
  const before = text.slice(0, first);
  const point = before.endsWith('.') ? '0.' : '';
  return `${before.includes('-') ? '-' : ''}${point}${whole}${fraction.length > 0 && !point ? `.${fraction.join('')}` : ''}`;
}

/**
 * What a value inside an object is compared with: quoted text is a string, bare text is typed by what it looks like,
 * values of `$params` keep their JSON type (spec 04 §§ 5 and 6).
 */
export function toObjectScalar(given: Given): ObjectScalar {
  if (typeof given.value === 'boolean') return given.value;
  if (typeof given.value !== 'string') return readNumber(String(given.value)) ?? wrongNumber();
  if (!given.bare) return given.value.toWellFormed();
  const text = given.value;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = readNumber(text);
  if (number !== undefined) return number;
  const instant = parseInstant(text);
  return instant === undefined ? text.toWellFormed() : { instant };
}

function wrongNumber(): never {
  throw fail(1280, 'a number is too large');
}
