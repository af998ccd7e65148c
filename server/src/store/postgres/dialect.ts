// The PostgreSQL dialect: one part for conditions and orders, one for JSON text.
import type { SqlDialect } from '../sql/dialect.ts';
import { raw } from '../sql/sql.ts';
import { postgresFilter } from './filter.ts';
import { postgresJson } from './json.ts';

export const postgresDialect: SqlDialect = {
  ...postgresFilter,
  ...postgresJson,
  lookUpJoin: raw('JOIN'),
  // What no number holds comes as text, see values.ts.
  exactInteger: (held) => held,
};
