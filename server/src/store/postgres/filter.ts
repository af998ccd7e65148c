// Conditions and orders the PostgreSQL way. The functions keystamp_… are those of functions.ts.
import type { Value } from '../../model/model.ts';
import type { FilterDialect } from '../sql/filter-dialect.ts';
import { join, raw, sql, type Sql } from '../sql/sql.ts';
import { arrayText, arrayType } from './array-text.ts';

/** By code point, whatever the database's own collation. */
const byCodePoint = raw('COLLATE "C"');

/** The list as an array parameter. */
function arrayOf(values: readonly Value[]): Sql {
  const type = arrayType(values);
  return sql`CAST(${arrayText(values)} AS ${raw(type)}[])`;
}

/** Steps by names never count elements of an array, as numbers would in `#>`. */
const at = (json: Sql, path: readonly string[]): Sql =>
  path.length === 0
    ? sql`CAST(${json} AS jsonb)`
    : sql`(CAST(${json} AS jsonb) -> ${join(
        path.map((name) => sql`${name}`),
        ' -> ',
      )})`;

export const postgresFilter: FilterDialect = {
  fold: (text) => sql`(keystamp_fold(${text}) ${byCodePoint})`,
  oneOf: (value, values, form) =>
    form
      ? sql`${value} IN (SELECT ${form(raw('l.v'))} FROM unnest(${arrayOf(values)}) AS l(v))`
      : sql`${value} = ANY(${arrayOf(values)})`,
  inKeys: (key, keys, form) => {
    const types = { int32: raw('int4'), double: raw('float8'), text: raw('text') } as const;
    const list = sql`unnest(CAST(${keys} AS ${types[keys.kind]}[]))`;
    if (form) return sql`${key} IN (SELECT ${form(raw('l.v'))} FROM ${list} AS l(v))`;
    const listed = sql`SELECT ${list}`;
    // Texts stand for integers too that are no exact number, so they are compared as texts.
    return keys.kind === 'text' ? sql`CAST(${key} AS text) IN (${listed})` : sql`${key} IN (${listed})`;
  },
  tupleOneOf: (tuple, values, forms) => {
    const columns = tuple.map((_, i) => arrayOf(values.map((each) => each[i] as Value)));
    const names = tuple.map((_, i) => raw(`v${i}`));
    const listed = names.map((name, i) => forms[i]?.(name) ?? name);
    return sql`(${join(tuple, ', ')}) IN (SELECT ${join(listed, ', ')} FROM unnest(${join(columns, ', ')}) AS listed(${join(names, ', ')}))`;
  },
  likeOneOf: (text, patterns) => sql`${text} LIKE ANY(${arrayOf(patterns)})`,
  hasWords: (text, query) => {
    const words = query === '' ? [] : query.split(' ');
    const last = words.at(-1);
    const prefix = last?.endsWith('@') ? last.slice(0, -1) : null;
    const whole = prefix === null ? words : words.slice(0, -1);
    if (words.length === 0) return sql`(${text} IS NULL AND NULL)`;
    return sql`keystamp_has_words(${text}, CAST(${arrayText(whole)} AS text[]), CAST(${prefix} AS text))`;
  },
  instantOf: (text) => sql`keystamp_instant_of(${text})`,
  jsonKind: (json, path) => sql`nullif(jsonb_typeof(${at(json, path)}), 'null')`,
  jsonAtom: (json, path, kind) => {
    const text = sql`(${at(json, path)} #>> '{}')`;
    switch (kind) {
      case 'string':
        return sql`(${text} ${byCodePoint})`;
      case 'number':
        return sql`CAST(${text} AS numeric)`;
      case 'boolean':
        return sql`(CASE ${text} WHEN 'true' THEN 1 ELSE 0 END)`;
      default:
        return kind satisfies never;
    }
  },
  jsonLength: (json, path) => sql`jsonb_array_length(${at(json, path)})`,
  jsonElements: (json, path) => {
    const value = at(json, path);
    return sql`SELECT value AS json FROM jsonb_array_elements(CASE jsonb_typeof(${value}) WHEN 'array' THEN ${value} END) AS value`;
  },
  // What is a value of its own cannot become a join: twenty of them, and the planner tries orders for seconds.
  apart: (found) => sql`(SELECT ${found})`,
  orderBy: (value, descending, neverNull = false) => {
    if (neverNull) return descending ? sql`${value} DESC` : value;
    return descending ? sql`${value} DESC NULLS LAST` : sql`${value} NULLS FIRST`;
  },
};
