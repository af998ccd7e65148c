// JSON text the way SQLite writes it.
import { attributeTypes } from '../../model/attribute-types.ts';
import type { StorageDef } from '../../model/model.ts';
import { concatenation } from '../sql/concatenation.ts';
import type { JsonDialect } from '../sql/json-dialect.ts';
import { literal } from '../sql/columns.ts';
import { ident, join, raw, sql, type Sql } from '../sql/sql.ts';

/** A function takes at most 1,000 arguments. */
const mostArguments = 1000;

function simpleDate(value: Sql): Sql {
  return sql`CASE WHEN ${value} IS NULL THEN 'null' ELSE format('"%d!%d!%.4s"', substr(${value}, 9, 2), substr(${value}, 6, 2), ${value}) END`;
}

/**
 * As JavaScript prints numbers: 52000.0 is 52000, and no digit more than tells the number from its neighbours. Where 15
 * digits do, no number has another form of so few: SQLite prints it itself, which costs less than a call of JavaScript.
 */
function real(value: Sql): Sql {
  const digits = sql`format('%!.15g', ${value})`;
  return sql`CASE WHEN ${value} IS NULL THEN 'null' WHEN ${value} = CAST(${value} AS INTEGER) AND abs(${value}) < 9007199254740992 THEN CAST(${value} AS INTEGER) WHEN abs(${value}) BETWEEN 0.001 AND 1e14 AND CAST(${digits} AS REAL) = ${value} THEN ${digits} ELSE number_text(${value}) END`;
}

/** Beyond 2^53 a number would be rounded by clients, so it travels as text (spec 03, open points). */
function long64(value: Sql): Sql {
  return sql`CASE WHEN ${value} IS NULL THEN 'null' WHEN ${value} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${value} ELSE concat('"', ${value}, '"') END`;
}

function value(attribute: StorageDef, held: Sql): Sql {
  switch (attribute.type) {
    case 'string':
    case 'text':
    case 'uuid':
      return sql`json_quote(${held})`;
    case 'bool':
      return sql`CASE ${held} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`;
    case 'number':
      return real(held);
    case 'long64':
    case 'duration':
      return long64(held);
    case 'date':
      return attribute.simpleDate
        ? simpleDate(held)
        : sql`coalesce(strftime('"%Y-%m-%dT%H:%M:%fZ"', ${held} / 1000.0, 'unixepoch'), 'null')`;
    case 'byte':
    case 'word':
    case 'long':
    case 'object':
      return attribute.notNull ? held : sql`coalesce(${held}, 'null')`;
    case 'image':
    case 'blob':
      throw new Error(`${attribute.name} has no value of its own in JSON`);
    default:
      return attribute.type satisfies never;
  }
}

/** Keys that need no quotes. */
const isPlain = ({ type }: StorageDef): boolean => type === 'uuid' || attributeTypes[type].family === 'number';

const plainKey = ({ type }: StorageDef, held: Sql): Sql => (type === 'number' ? real(held) : held);

export const sqliteJson: JsonDialect = {
  concat: (parts) => concatenation(parts, mostArguments),
  value,
  digitsOfDate: ({ simpleDate: isDay }, held) =>
    isDay
      ? sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', replace(${held}, '-', ''), '"') END`
      : sql`coalesce(strftime('"%Y%m%d%H%M%S"', ${held} / 1000.0, 'unixepoch'), 'null')`,
  string: (text) => sql`json_quote(${text})`,
  list: (text) => sql`group_concat(${text}, ',')`,
  unlessNull: (held, json, otherwise = 'null') =>
    sql`CASE WHEN ${held} IS NULL THEN ${literal(otherwise)} ELSE ${json} END`,
  page: (json, { rows, beside }) => {
    const columns = Object.entries(beside).map(([name, value]) => sql`, ${value} AS ${ident(name)}`);
    return sql`SELECT count(*) AS sent, CAST(group_concat(${json}, ',') AS BLOB) AS entities${join(columns, '')} FROM ${rows}`;
  },
  prefersBytes: false,
  entity: (json, rows) => sql`SELECT CAST(${json} AS BLOB) AS json FROM ${rows}`,
  bytes: (text) => sql`CAST(${text} AS BLOB)`,
  plainKey,
  keyPart: (attribute, held) => (isPlain(attribute) ? plainKey(attribute, held) : sql`key_part(${held})`),
  keyInUri: (attribute, held) => (isPlain(attribute) ? plainKey(attribute, held) : sql`key_in_uri(${held})`),
  elements: (array, key) => {
    const part = (i: number): Sql => (key.length === 1 ? raw('value') : sql`json_extract(value, ${raw(`'$[${i}]'`)})`);
    const parts = key.map((_, i) => sql`${part(i)} AS ${raw(`part${i}`)}`);
    return sql`SELECT key AS position, ${join(parts, ', ')} FROM json_each(${array})`;
  },
  sum: (value, distinct) => sql`sum(${raw(distinct ? 'DISTINCT ' : '')}CAST(${value} AS REAL))`,
};
