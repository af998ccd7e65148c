// Everything that engines write differently in the statements of this folder.
import type { FilterDialect } from './filter-dialect.ts';
import type { JsonDialect } from './json-dialect.ts';
import type { KeyTexts } from './side-stamps.ts';
import type { Sql } from './sql.ts';

export interface SqlDialect extends FilterDialect, JsonDialect {
  /** Where the tables are: in front of its name, a table is meant even where the statement gives that name to something else. */
  readonly schema: Sql;
  /** Between a few keys and the table whose rows they are looked up in. */
  readonly lookUpJoin: Sql;
  /** Keys as tables of all classes have them, see `tombstoneKey`. */
  readonly keyTexts: KeyTexts;
  /** A 64-bit integer so that it reaches JavaScript without being rounded: a number where that holds it, else a text. */
  exactInteger(held: Sql): Sql;
}
