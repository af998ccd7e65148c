// Conditions and orders the SQLite way. fold, has_words and instant_of are functions of functions.ts.
import type { Value } from '../../model/model.ts';
import { isLongList } from './bind.ts';
import type { FilterDialect } from '../sql/filter-dialect.ts';
import { join, raw, sql, type Sql } from '../sql/sql.ts';

/** The values as JSON, the way SQLite stores them: booleans are 0 and 1, long numbers keep their digits. */
function jsonList(values: readonly Value[]): string {
  return `[${values.map((value) => jsonValue(value)).join(',')}]`;
}

function jsonValue(value: Value): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Uint8Array) throw new TypeError('Bytes cannot stand in a list');
  return JSON.stringify(value);
}

/** `$."spec"."size"`, a parameter like any other text of a client. */
const jsonPath = (path: readonly string[]): string => `$${path.map((name) => `.${JSON.stringify(name)}`).join('')}`;

export const sqliteFilter: FilterDialect = {
  fold: (text) => sql`fold(${text})`,
  oneOf: (value, values) => sql`${value} IN (SELECT value FROM json_each(${jsonList(values)}))`,
  inKeys: (key, keys) => {
    if (!isLongList(keys)) return sql`${key} IN (SELECT value FROM json_each(${keys}))`;
    // Texts stand for integers too that are no exact number, so they are compared as texts.
    return keys.kind === 'text' ? sql`has_key(${keys}, CAST(${key} AS TEXT))` : sql`has_key(${keys}, ${key})`;
  },
  tupleOneOf: (tuple, values) => {
    const parts = tuple.map((_, i) => raw(`json_extract(value, '$[${i}]')`));
    const list = `[${values.map(jsonList).join(',')}]`;
    return sql`(${join(tuple, ', ')}) IN (SELECT ${join(parts, ', ')} FROM json_each(${list}))`;
  },
  likeOneOf: (text, patterns) =>
    sql`(SELECT max(t.folded LIKE j.value ESCAPE '\\') FROM (SELECT ${text} AS folded) AS t, json_each(${jsonList(patterns)}) AS j)`,
  hasWords: (text, query) => sql`has_words(${text}, ${query})`,
  instantOf: (text) => sql`instant_of(${text})`,
  jsonKind: (json, path) =>
    sql`CASE json_type(${json}, ${jsonPath(path)}) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' WHEN 'array' THEN 'array' WHEN 'object' THEN 'object' END`,
  jsonAtom: (json, path) => sql`json_extract(${json}, ${jsonPath(path)})`,
  jsonLength: (json, path) => sql`json_array_length(${json}, ${jsonPath(path)})`,
  jsonElements: (json, path) => {
    const at = jsonPath(path);
    const array: Sql = sql`CASE json_type(${json}, ${at}) WHEN 'array' THEN json_extract(${json}, ${at}) END`;
    return sql`SELECT CASE type WHEN 'object' THEN value WHEN 'array' THEN value WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE json_quote(value) END AS json FROM json_each(${array})`;
  },
  orderBy: (value, descending) => (descending ? sql`${value} DESC` : value),
};
