// One row per storage type: how a JSON value becomes the canonical value that is stored (spec 03 § 2.2, 15 § 3).
import { firstInstant, lastInstant, parseDay, parseInstant } from './dates.ts';
import type { Json, StorageDef, StorageType, Value } from './model.ts';

/** Why a value was not taken: not of this type at all, or outside the type's range. */
export type Refusal = { readonly kind: 'wrongType' } | { readonly kind: 'below' | 'above'; readonly bound: string };

export type Assigned = { readonly kind: 'value'; readonly value: Value } | Refusal;

/** How values of the type compare and what they may be used for. */
export type Family = 'string' | 'number' | 'bool' | 'date' | 'object' | 'media';

interface TypeRow {
  readonly family: Family;
  /** The canonical value of a JSON value that is not null. Never called for images and BLOBs. */
  readonly assign: (value: Exclude<Json, null>, attribute: StorageDef) => Assigned;
}

const wrongType: Refusal = { kind: 'wrongType' };
const taken = (value: Value): Assigned => ({ kind: 'value', value });

/** Lone surrogates become U+FFFD; U+0000 is refused, PostgreSQL cannot store it (spec 15 § 3.3). */
function assignString(value: Exclude<Json, null>): Assigned {
  if (typeof value === 'object') return wrongType;
  const text = String(value).toWellFormed();
  return text.includes('\u0000') ? wrongType : taken(text);
}

function assignUuid(value: Exclude<Json, null>): Assigned {
  if (typeof value !== 'string') return wrongType;
  const hex = value.replaceAll('-', '').toUpperCase();
  return /^[0-9A-F]{32}$/.test(hex) ? taken(hex) : wrongType;
}

function assignBool(value: Exclude<Json, null>): Assigned {
  if (typeof value === 'boolean') return taken(value);
  if (value === 1 || value === 'true') return taken(true);
  if (value === 0 || value === 'false') return taken(false);
  return wrongType;
}

/** Digits can be read in one way alone: of two ways a long text would try every mixture. */
const numeral = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

function toNumber(value: Exclude<Json, null>): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && numeral.test(value) ? Number(value) : undefined;
}

function assignNumber(value: Exclude<Json, null>): Assigned {
  const number = toNumber(value);
  if (number === undefined) return wrongType;
  return Number.isFinite(number) ? taken(number + 0) : taken(null);
}

const integer =
  (min: number, max: number) =>
  (value: Exclude<Json, null>): Assigned => {
    const number = toNumber(value);
    if (number === undefined) return wrongType;
    const whole = Math.trunc(number) + 0;
    if (whole < min) return { kind: 'below', bound: String(min) };
    if (whole > max) return { kind: 'above', bound: String(max) };
    return Number.isNaN(whole) ? wrongType : taken(whole);
  };

const min64 = -(2n ** 63n);
const max64 = 2n ** 63n - 1n;

/** Exact beyond 2^53 when it comes as decimal text, as it is handed out. */
function assignLong64(value: Exclude<Json, null>): Assigned {
  const number = toNumber(value);
  if (number === undefined || !Number.isFinite(number)) return wrongType;
  const exact =
    typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? BigInt(value.trim()) : BigInt(Math.trunc(number));
  if (exact < min64) return { kind: 'below', bound: String(min64) };
  if (exact > max64) return { kind: 'above', bound: String(max64) };
  return taken(Number.isSafeInteger(Number(exact)) ? Number(exact) : exact);
}

function assignDate(value: Exclude<Json, null>, attribute: StorageDef): Assigned {
  if (typeof value === 'number') {
    const instant = Math.trunc(value) + 0;
    if (!(instant >= firstInstant && instant <= lastInstant)) return wrongType;
    return taken(attribute.simpleDate ? new Date(instant).toISOString().slice(0, 10) : instant);
  }
  if (typeof value !== 'string') return wrongType;
  if (value === '' || value === '0!0!0' || value === '0!0!0000') return taken(null);
  const date = attribute.simpleDate ? parseDay(value) : parseInstant(value);
  return date === undefined ? wrongType : taken(date);
}

const maxObjectText = 16 * 1024 * 1024;

function assignObject(value: Exclude<Json, null>): Assigned {
  const text = storableJson(JSON.stringify(value));
  if (text === undefined) return wrongType;
  return text.length > maxObjectText ? { kind: 'above', bound: `${maxObjectText} bytes` } : taken(text);
}

/**
 * JSON that both databases can look into: as in strings, U+0000 is refused and halves of surrogate pairs become U+FFFD.
 * Both can only be there as escapes, since the text is made by `JSON.stringify`.
 */
function storableJson(text: string): string | undefined {
  if (!text.includes('\\u')) return text;
  let isStorable = true;
  const made = text.replace(/\\(?:u[\da-f]{4}|.)/g, (escape) => {
    if (escape === '\\u0000') isStorable = false;
    return escape.startsWith('\\ud') ? '\ufffd' : escape;
  });
  return isStorable ? made : undefined;
}

const media: TypeRow = { family: 'media', assign: () => wrongType };

export const attributeTypes = {
  string: { family: 'string', assign: assignString },
  text: { family: 'string', assign: assignString },
  uuid: { family: 'string', assign: assignUuid },
  bool: { family: 'bool', assign: assignBool },
  byte: { family: 'number', assign: integer(-128, 127) },
  word: { family: 'number', assign: integer(-32_768, 32_767) },
  long: { family: 'number', assign: integer(-2_147_483_648, 2_147_483_647) },
  long64: { family: 'number', assign: assignLong64 },
  number: { family: 'number', assign: assignNumber },
  duration: { family: 'number', assign: assignLong64 },
  date: { family: 'date', assign: assignDate },
  object: { family: 'object', assign: assignObject },
  image: media,
  blob: media,
} as const satisfies Record<StorageType, TypeRow>;

/** The canonical value of a JSON value for this attribute, or why there is none. Null stays null. */
export function assignValue(attribute: StorageDef, value: Json): Assigned {
  return value === null ? taken(null) : attributeTypes[attribute.type].assign(value, attribute);
}

/** The word of the type in messages and in the catalog: `text` prints as `string` (spec 15 § 3). */
export function printedType(attribute: StorageDef): string {
  return attribute.type === 'text' ? 'string' : attribute.type;
}

/** Keys print as they are stored: instants as milliseconds, booleans as 0 and 1. */
function printedKey(family: Family, text: string): string | number {
  const digits = (family === 'date' && /^-?\d{1,15}$/.test(text)) || (family === 'bool' && /^[01]$/.test(text));
  return digits ? Number(text) : text;
}

/**
 * The canonical value of one part of a key given as text, or `undefined` when no entity can have it (spec 01 § 2.2:
 * a key of the wrong type is an ordinary not-found).
 */
export function keyValue(attribute: StorageDef, text: string): Value | undefined {
  const family = attributeTypes[attribute.type].family;
  // With an exponent as `__KEY` prints numbers that are very large or small.
  if (family === 'number' && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return undefined;
  const assigned = assignValue(attribute, family === 'string' ? text : printedKey(family, text));
  if (assigned.kind !== 'value' || assigned.value === null) return undefined;
  // 22.7 is not the key 22.
  return family === 'number' && attribute.type !== 'number' && !/^[+-]?\d+(\.0+)?$/.test(text)
    ? undefined
    : assigned.value;
}
