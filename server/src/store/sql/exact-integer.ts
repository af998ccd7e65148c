// 64-bit integers on their way to JavaScript. Past what a number holds they come as text: rounded they would be other
// values, as keys the names of other entities.
import type { StorageDef } from '../../model/model.ts';
import type { SqlDialect } from './dialect.ts';
import { ident, sql, type Sql } from './sql.ts';

export const holdsInteger64 = ({ type }: StorageDef): boolean => type === 'long64' || type === 'duration';

/** What the attribute holds, exactly. */
export const exactValue = (attribute: StorageDef, held: Sql, dialect: SqlDialect): Sql =>
  holdsInteger64(attribute) ? dialect.exactInteger(held) : held;

/** The same as a result column with the name of the attribute's column, which `held` is a column by itself. */
export const exactKey = (key: StorageDef, held: Sql, dialect: SqlDialect): Sql =>
  holdsInteger64(key) ? sql`${dialect.exactInteger(held)} AS ${ident(key.column)}` : held;
