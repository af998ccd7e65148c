// The SQLite dialect: one part for conditions and orders, one for JSON text.
import type { SqlDialect } from '../sql/dialect.ts';
import { sqliteFilter } from './filter.ts';
import { sqliteJson } from './json.ts';

export const sqliteDialect: SqlDialect = { ...sqliteFilter, ...sqliteJson };
