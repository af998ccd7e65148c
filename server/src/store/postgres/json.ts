// JSON text the way PostgreSQL writes it: byte for byte what SQLite writes.
import { attributeTypes } from '../../model/attribute-types.ts';
import type { StorageDef } from '../../model/model.ts';
import type { JsonDialect } from '../sql/json-dialect.ts';
import { join, raw, sql, type Sql } from '../sql/sql.ts';
import { columnType } from './column-types.ts';

/** A function takes at most 100 arguments. */
const mostArguments = 90;

function concat(parts: readonly Sql[]): Sql {
  if (parts.length <= mostArguments) return sql`concat(${join(parts, ', ')})`;
  const groups = Array.from({ length: Math.ceil(parts.length / mostArguments) }, (_, i) =>
    concat(parts.slice(i * mostArguments, (i + 1) * mostArguments)),
  );
  return concat(groups);
}

const orNull = (text: Sql): Sql => sql`coalesce(${text}, 'null')`;
const asText = (value: Sql): Sql => sql`CAST(${value} AS text)`;
const string = (text: Sql): Sql => orNull(asText(sql`to_json(${text})`));

function simpleDate(value: Sql): Sql {
  const part = (from: number): Sql => sql`ltrim(substr(${value}, ${raw(`${from}, 2`)}), '0')`;
  return sql`CASE WHEN ${value} IS NULL THEN 'null' ELSE concat('"', ${part(9)}, '!', ${part(6)}, '!', substr(${value}, 1, 4), '"') END`;
}

/** Beyond 2^53 a number would be rounded by clients, so it travels as text (spec 03, open points). */
function long64(value: Sql): Sql {
  return sql`CASE WHEN ${value} IS NULL THEN 'null' WHEN ${value} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${asText(value)} ELSE concat('"', ${value}, '"') END`;
}

function value(attribute: StorageDef, held: Sql): Sql {
  switch (attribute.type) {
    case 'string':
    case 'text':
    case 'uuid':
      return string(held);
    case 'bool':
      return sql`CASE ${held} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`;
    case 'number':
      return orNull(sql`keystamp_number(${held})`);
    case 'long64':
    case 'duration':
      return long64(held);
    case 'date':
      return attribute.simpleDate
        ? simpleDate(held)
        : sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', keystamp_instant(${held}), '"') END`;
    case 'byte':
    case 'word':
    case 'long':
      return orNull(asText(held));
    case 'object':
      return orNull(held);
    case 'image':
    case 'blob':
      throw new Error(`${attribute.name} has no value of its own in JSON`);
    default:
      return attribute.type satisfies never;
  }
}

/** Keys that need no quotes. */
const isPlain = ({ type }: StorageDef): boolean => type === 'uuid' || attributeTypes[type].family === 'number';

const plainKey = ({ type }: StorageDef, held: Sql): Sql => (type === 'number' ? sql`keystamp_number(${held})` : held);

/**
 * Half of the digits of each number are summed apart, so that what is lost of a sum of binary fractions is as little as
 * in SQLite, which carries what it loses along.
 */
function sum(number: Sql, distinct: boolean): Sql {
  const real = sql`CAST(${number} AS float8)`;
  return distinct ? sql`keystamp_sum(array_agg(DISTINCT ${real}))` : exactSum(real);
}

/** Beyond what a 4-byte number holds nothing is cut off. */
export const exactSum = (real: Sql): Sql =>
  sql`(sum(CASE WHEN abs(${real}) < 1e30 THEN CAST(CAST(${real} AS float4) AS float8) ELSE ${real} END) + sum(CASE WHEN abs(${real}) < 1e30 THEN ${real} - CAST(CAST(${real} AS float4) AS float8) ELSE 0 END))`;

export const postgresJson: JsonDialect = {
  concat,
  value,
  digitsOfDate: ({ simpleDate: isDay }, held) =>
    isDay
      ? sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', replace(${held}, '-', ''), '"') END`
      : sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', translate(left(keystamp_instant(${held}), 19), '-T:', ''), '"') END`,
  string,
  list: (text, order) => sql`string_agg(${text}, ',' ORDER BY ${order()})`,
  // Texts of this type come as bytes, see values.ts.
  bytes: (text) => sql`CAST(${text} AS varchar)`,
  plainKey,
  keyPart: (attribute, held) =>
    isPlain(attribute) ? plainKey(attribute, held) : sql`keystamp_key_part(${asText(held)})`,
  keyInUri: (attribute, held) =>
    isPlain(attribute) ? plainKey(attribute, held) : sql`keystamp_key_in_uri(${asText(held)})`,
  elements: (array, attribute) =>
    sql`SELECT position, CAST(value AS ${columnType(attribute)}) AS value FROM jsonb_array_elements_text(CAST(${array} AS jsonb)) WITH ORDINALITY AS listed(value, position)`,
  sum,
};
