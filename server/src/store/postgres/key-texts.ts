// Texts of keys.
import type { KeyTexts } from '../sql/side-stamps.ts';
import { join, sql } from '../sql/sql.ts';

export const postgresKeyTexts: KeyTexts = {
  number: (held) => sql`keystamp_number(${held})`,
  list: (parts) =>
    sql`concat('[', ${join(
      parts.map((part) => sql`CAST(to_json(${part}) AS text)`),
      `, ',', `,
    )}, ']')`,
  quotedPart: (part) => sql`keystamp_key_part(${part})`,
};
