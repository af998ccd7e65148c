// Columns that another program made with types of PostgreSQL that Keystamp keeps otherwise. The view of such a table
// shows them as Keystamp keeps them, so that every read is right as it is; beside that it shows the column itself, under
// another name, for what should use the indexes on it: conditions, orders and relations. Writes go to the table, and
// values into the form of the column.
import type { StorageDef, Value } from '../../model/model.ts';
import type { Form } from './filter-dialect.ts';
import { column, ident, raw, sql, type Sql } from './sql.ts';

/** The name by which rows of the class are found and sorted; the column, or what the view shows it as. */
export const foundColumn = ({ column: name, stored }: StorageDef): string => (stored ? `${name} stored` : name);

/** The column itself of row `alias`. */
export const foundIn = (attribute: StorageDef, alias: string): Sql => column(alias, foundColumn(attribute));

/** A foreign key and the key that it points to, as they can be compared. */
export const sameIn = (one: StorageDef, alias: string, other: StorageDef, otherAlias: string): readonly [Sql, Sql] =>
  one.stored?.form === other.stored?.form
    ? [foundIn(one, alias), foundIn(other, otherAlias)]
    : [column(alias, one.column), column(otherAlias, other.column)];

export function isSame(one: StorageDef, alias: string, other: StorageDef, otherAlias: string): Sql {
  const [held, found] = sameIn(one, alias, other, otherAlias);
  return sql`${held} = ${found}`;
}

/** What Keystamp sees of what the column holds. */
export function shown({ stored, type }: StorageDef, held: Sql): Sql {
  if (!stored) return held;
  switch (stored.form) {
    case 'boolean':
      return sql`CAST(${held} AS integer)`;
    case 'day':
      return byCodePoint(
        sql`CASE WHEN ${held} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN to_char(${held}, 'YYYY-MM-DD') END`,
      );
    case 'instant':
      return sql`keystamp_milliseconds(${held} AT TIME ZONE 'UTC')`;
    case 'localInstant':
      return sql`keystamp_milliseconds(${held})`;
    case 'numeric':
      return sql`CAST(${held} AS ${raw(numberTypes[type] ?? 'float8')})`;
    case 'real':
      // The decimal that the column was given, not the binary fraction of 4 bytes beside it.
      return sql`CAST(CAST(${held} AS text) AS float8)`;
    case 'uuid':
      return byCodePoint(sql`upper(replace(CAST(${held} AS text), '-', ''))`);
    case 'json':
    case 'text':
    case 'word':
      return byCodePoint(sql`CAST(${held} AS text)`);
    default:
      return stored.form satisfies never;
  }
}

/** As our own columns compare texts. */
const byCodePoint = (text: Sql): Sql => sql`(${text} COLLATE ${ident('C')})`;

const numberTypes: Readonly<Record<string, string>> = {
  byte: 'smallint',
  word: 'smallint',
  long: 'integer',
  long64: 'bigint',
  duration: 'bigint',
};

/** A value as the column holds it. */
export function asStored({ stored }: StorageDef, value: Sql): Sql {
  if (!stored) return value;
  switch (stored.form) {
    case 'boolean':
      return sql`(${value} <> 0)`;
    case 'instant':
      return sql`(keystamp_timestamp(${value}) AT TIME ZONE 'UTC')`;
    case 'localInstant':
      return sql`keystamp_timestamp(${value})`;
    case 'numeric':
      // All digits; where the column takes fewer, it rounds when it is written.
      return sql`CAST(CAST(${value} AS text) AS numeric)`;
    case 'text':
      return value;
    case 'day':
    case 'real':
    case 'uuid':
    case 'json':
    case 'word':
      return sql`CAST(${value} AS ${raw(stored.type)})`;
    default:
      return stored.form satisfies never;
  }
}

/** What `asStored` does, for values that are worked out; none where nothing is to be done. */
export const formOf = (attribute: StorageDef): Form | undefined =>
  attribute.stored && ((value) => asStored(attribute, value));

/** `column = value` for a key, as the column holds it. */
export const isKey = (part: StorageDef, alias: string, value: Value): Sql =>
  sql`${foundIn(part, alias)} = ${asStored(part, sql`${value}`)}`;

/** What a view shows of an attribute: its value, and the column itself. */
export const shownColumns = (attribute: StorageDef, alias: string): readonly Sql[] => {
  const held = column(alias, attribute.column);
  if (!attribute.stored) return [held];
  return [
    sql`${shown(attribute, held)} AS ${ident(attribute.column)}`,
    sql`${held} AS ${ident(foundColumn(attribute))}`,
  ];
};

/** Whether comparing the column itself gives what comparing the values gives: digits beyond a number's are not compared. */
export function comparesExactly({ stored, type }: StorageDef): boolean {
  if (!stored) return true;
  switch (stored.form) {
    case 'boolean':
    case 'day':
    case 'uuid':
      return true;
    case 'numeric':
      return type !== 'number' || (stored.digits ?? Infinity) <= 15;
    // Microseconds are seen as the millisecond they are in.
    case 'instant':
    case 'localInstant':
      return false;
    case 'real':
    case 'json':
    case 'text':
    case 'word':
      return false;
    default:
      return stored.form satisfies never;
  }
}

/** Whether the column itself sorts as the values do. */
export const sortsAlike = ({ stored }: StorageDef): boolean =>
  stored === undefined || !['json', 'text', 'word'].includes(stored.form);
