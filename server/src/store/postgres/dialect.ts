// The PostgreSQL dialect: one part for conditions and orders, one for JSON text.
import { postgresKeyTexts } from './key-texts.ts';
import type { SqlDialect } from '../sql/dialect.ts';
import { ident, raw } from '../sql/sql.ts';
import { postgresFilter } from './filter.ts';
import { postgresJson } from './json.ts';

/** @param schema where the tables are */
export const postgresDialect = (schema: string): SqlDialect => ({
  ...postgresFilter,
  ...postgresJson,
  schema: ident(schema),
  lookUpJoin: raw('JOIN'),
  keyTexts: postgresKeyTexts,
  // What no number holds comes as text, see values.ts.
  exactInteger: (held) => held,
});
