// The SQLite dialect: one part for conditions and orders, one for JSON text.
import { sqliteKeyTexts } from './key-texts.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import { raw, sql } from '../sql/sql.ts';
import { sqliteFilter } from './filter.ts';
import { sqliteJson } from './json.ts';

const most = raw(String(Number.MAX_SAFE_INTEGER));

export const sqliteDialect: SqlDialect = {
  ...sqliteFilter,
  ...sqliteJson,
  schema: raw('main'),
  // CROSS keeps the order of the two, which is the order of the rows.
  lookUpJoin: raw('CROSS JOIN'),
  keyTexts: sqliteKeyTexts,
  exactInteger: (held) =>
    sql`CASE WHEN ${held} BETWEEN -${most} AND ${most} THEN ${held} ELSE CAST(${held} AS TEXT) END`,
};
