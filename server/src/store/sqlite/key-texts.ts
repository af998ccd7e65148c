// Texts of keys, worked out with nothing that only Keystamp's connections have.
import type { KeyTexts } from '../sql/side-stamps.ts';
import { join, raw, sql, type Sql } from '../sql/sql.ts';

/** What JavaScript calls white space, by its code points. */
const spaces =
  '9, 10, 11, 12, 13, 32, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288, 65279';
const special = `'*[]&/?"''(),[' || char(${spaces}) || ']*'`;

export const sqliteKeyTexts: KeyTexts = {
  /**
   * Left to itself SQLite would print 1 as `1.0`, and most fractions with more digits than tell them from their neighbours.
   * Of those that need 17 it may get the last one wrong, and what JavaScript prints with an exponent has another form here.
   */
  number: (held) => {
    const whole = sql`CAST(${held} AS bigint)`;
    const digits = (count: number): Sql => sql`printf('%!.${raw(String(count))}g', ${held})`;
    const suffices = (count: number): Sql => sql`WHEN CAST(${digits(count)} AS REAL) = ${held} THEN ${digits(count)}`;
    return sql`CASE WHEN abs(${held}) < 9007199254740992 AND ${held} = ${whole} THEN CAST(${whole} AS text) WHEN abs(${held}) NOT BETWEEN 0.0001 AND 9007199254740992 THEN CAST(${held} AS text) ${suffices(15)} ${suffices(16)} ELSE ${digits(17)} END`;
  },
  list: (parts) => sql`json_array(${join(parts, ', ')})`,
  quotedPart: ({ text }) =>
    raw(`CASE WHEN ${text} = '' OR ${text} GLOB ${special} THEN ${quoted(text)} ELSE ${text} END`),
};

/** Cut at its quotes, so that the backslashes in front of each, and those at its end, are doubled. */
function quoted(part: string): string {
  const cut = `replace(replace(json_quote(${part}), '\\\\', '\\u005c'), '\\"', '","')`;
  const doubled = `value || substr(value, length(rtrim(value, '\\')) + 1)`;
  return `'"' || (SELECT group_concat(${doubled}, '""') FROM json_each('[' || ${cut} || ']')) || '"'`;
}
