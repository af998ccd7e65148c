// JSON text the way PostgreSQL writes it: byte for byte what SQLite writes.
import { attributeTypes } from '../../model/attribute-types.ts';
import type { StorageDef } from '../../model/model.ts';
import { literal } from '../sql/columns.ts';
import { concatenation } from '../sql/concatenation.ts';
import type { JsonDialect, PageParts } from '../sql/json-dialect.ts';
import type { RowReader } from '../sql/row-reader.ts';
import { column, ident, join, raw, sql, Sql } from '../sql/sql.ts';
import { columnType } from './column-types.ts';
import { entityReader, Fetched, pageReader } from './entity-writer.ts';
import { field, piecesOf, Written } from './written.ts';

/** A function takes at most 100 arguments. */
const mostArguments = 90;

const orNull = (text: Sql): Sql => sql`coalesce(${text}, 'null')`;
const asText = (value: Sql): Sql => sql`CAST(${value} AS text)`;

/** The parts of a composite key are joined by the database, which then writes them as one text too. */
function string(text: Sql): Sql {
  const made = orNull(asText(sql`to_json(${text})`));
  return text instanceof Written ? made : field(made, text, 'string');
}

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
      return field(sql`CASE ${held} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`, held, 'bool');
    case 'number':
      return field(orNull(sql`keystamp_number(${held})`), held, 'number');
    case 'long64':
    case 'duration':
      return field(long64(held), held, 'long64');
    case 'date':
      return attribute.simpleDate
        ? field(simpleDate(held), held, 'day')
        : field(
            sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', keystamp_instant(${held}), '"') END`,
            held,
            'instant',
          );
    case 'byte':
    case 'word':
    case 'long':
      return field(orNull(asText(held)), held, 'asItIs');
    case 'object':
      return field(orNull(held), held, 'asItIs');
    case 'image':
    case 'blob':
      throw new Error(`${attribute.name} has no value of its own in JSON`);
    default:
      return attribute.type satisfies never;
  }
}

function digitsOfDate({ simpleDate: isDay }: StorageDef, held: Sql): Sql {
  const digits = isDay
    ? sql`replace(${held}, '-', '')`
    : sql`translate(left(keystamp_instant(${held}), 19), '-T:', '')`;
  const made = sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE concat('"', ${digits}, '"') END`;
  return field(made, held, isDay ? 'dayDigits' : 'instantDigits');
}

/** Keys that need no quotes. */
const isPlain = ({ type }: StorageDef): boolean => type === 'uuid' || attributeTypes[type].family === 'number';

const plainKey = ({ type }: StorageDef, held: Sql): Sql =>
  type === 'number' ? field(sql`keystamp_number(${held})`, held, 'number', '') : held;

/** Joins columns whose names nobody asks for. */
const columnsOf = ({ columns }: Fetched): Sql => join(columns, ', ');

/** What reads a page of the text, with the columns that it asks for: made once, as the text is. */
const pages = new WeakMap<Sql, { readonly reader: RowReader; readonly columns: Sql }>();

function page(json: Sql, { rows, order, present, beside }: PageParts): Sql {
  const told = Object.keys(beside).length > 0;
  let known = pages.get(json);
  if (!known) {
    const fetched = new Fetched();
    const reader = pageReader(piecesOf(json), fetched, told ? present : undefined, asColumns(beside));
    pages.set(json, (known = { reader, columns: columnsOf(fetched) }));
  }
  // What stands beside is told of a page without entities too.
  const tells = Object.entries(beside).map(([name, value]) => sql`${value} AS ${ident(name)}`);
  const joined = told ? sql`${rows} RIGHT JOIN (SELECT ${join(tells, ', ')}) AS beside ON TRUE` : rows;
  const { text, params } = sql`SELECT ${known.columns} FROM ${joined} ORDER BY ${order()}`;
  return new Sql(text, params, known);
}

const asColumns = (beside: PageParts['beside']): PageParts['beside'] =>
  Object.fromEntries(Object.keys(beside).map((name) => [name, column('beside', name)]));

function entity(json: Sql, rows: Sql): Sql {
  const fetched = new Fetched();
  const reader = entityReader(piecesOf(json), fetched);
  const { text, params } = sql`SELECT ${columnsOf(fetched)} FROM ${rows}`;
  return new Sql(text, params, { reader });
}

/**
 * Half of the digits of each number are summed apart, so that what is lost of a sum of binary fractions is as little as
 * in SQLite, which carries what it loses along.
 */
function sum(number: Sql, distinct: boolean): Sql {
  const real = sql`CAST(${number} AS float8)`;
  return distinct ? sql`keystamp_sum(array_agg(DISTINCT ${real}))` : exactSum(real);
}

/** Above and below what a 4-byte number holds nothing is cut off: the cast would fail. */
export const exactSum = (real: Sql): Sql => {
  const halved = sql`abs(${real}) BETWEEN 1e-30 AND 1e30`;
  return sql`(sum(CASE WHEN ${halved} THEN CAST(CAST(${real} AS float4) AS float8) ELSE ${real} END) + sum(CASE WHEN ${halved} THEN ${real} - CAST(CAST(${real} AS float4) AS float8) ELSE 0 END))`;
};

export const postgresJson: JsonDialect = {
  concat: (parts) => new Written(concatenation(parts, mostArguments), parts.flatMap(piecesOf)),
  value,
  digitsOfDate,
  string,
  list: (text, order) => sql`string_agg(${text}, ',' ORDER BY ${order()})`,
  unlessNull: (held, json, otherwise = 'null') =>
    new Written(sql`CASE WHEN ${held} IS NULL THEN ${literal(otherwise)} ELSE ${json} END`, [
      { kind: 'choice', held, pieces: piecesOf(json), otherwise },
    ]),
  page,
  prefersBytes: true,
  entity,
  // Texts of this type come as bytes, see values.ts.
  bytes: (text) => sql`CAST(${text} AS varchar)`,
  plainKey,
  keyPart: (attribute, held) =>
    isPlain(attribute) ? plainKey(attribute, held) : sql`keystamp_key_part(${asText(held)})`,
  keyInUri: (attribute, held) =>
    isPlain(attribute)
      ? plainKey(attribute, held)
      : field(sql`keystamp_key_in_uri(${asText(held)})`, held, 'keyInUri', ''),
  elements: (array, key) => {
    const alone = key.length === 1;
    const listed = raw(alone ? 'jsonb_array_elements_text' : 'jsonb_array_elements');
    const parts = key.map(
      (part, i) => sql`CAST(${raw(alone ? 'value' : `value ->> ${i}`)} AS ${columnType(part)}) AS ${raw(`part${i}`)}`,
    );
    return sql`SELECT position, ${join(parts, ', ')} FROM ${listed}(CAST(${array} AS jsonb)) WITH ORDINALITY AS listed(value, position)`;
  },
  sum,
};
