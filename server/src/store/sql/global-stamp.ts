// What reads of tracked classes tell of the datastore-wide counter of changes (spec 17 §§ 3, 4).
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import { trackingAttribute } from '../../model/tracking.ts';
import { lowestAsked } from '../../query/lower-bound.ts';
import type { Predicate } from '../../query/predicate.ts';
import { globalStampTable, literal } from './columns.ts';
import type { FilterDialect } from './filter-dialect.ts';
import { foundIn } from './column-form.ts';
import { ident, join, sql, type Sql } from './sql.ts';

/** The counter: greater than every number that was given. Read in the statement that reads the entities. */
const counter = sql`(SELECT value FROM ${globalStampTable})`;

/** What a list of entities of the class tells as `__GlobalStamp`: 0 when its changes are not numbered (spec 17 § 4.3). */
export const globalStampOf = ({ tracking }: DataClassDef): Sql => (tracking === 'none' ? literal('0') : counter);

/** What stands beside a page of entities, by the name of its column; nothing when the class is not tracked. */
export const syncColumns = ({ tracking }: DataClassDef): Readonly<Record<string, Sql>> => columnsOf[tracking];

const columnsOf = {
  none: {},
  changes: { global_stamp: counter },
  deletions: { global_stamp: counter, pruned: sql`(SELECT pruned FROM ${globalStampTable})` },
} as const satisfies Record<DataClassDef['tracking'], Readonly<Record<string, Sql>>>;

/** A row with the columns of `syncColumns`, for an answer without entities. */
export function syncStatement(dataClass: DataClassDef): Sql {
  const columns = Object.entries(syncColumns(dataClass)).map(([name, value]) => sql`${value} AS ${ident(name)}`);
  return sql`SELECT ${join(columns, ', ')}`;
}

/** Whether a filter asks for what has changed since a number: few entities, which the index of the numbers finds. */
export function asksChanges(dataClass: DataClassDef, predicate: Predicate): boolean {
  if (dataClass.tracking === 'none') return false;
  return lowestAsked(predicate, dataClass.attributes.get(trackingAttribute[dataClass.tracking]) as StorageDef) > 1;
}

/**
 * The order of the key as one that must be sorted. Planners like to walk along the key and look at every row, since that
 * spares the sorting.
 */
export const sortedKey = ({ key }: DataClassDef, alias: string, dialect: FilterDialect): Sql =>
  join(
    key.map((part) => {
      const held = foundIn(part, alias);
      return dialect.orderBy(sql`coalesce(${held}, ${held})`, false);
    }),
    ', ',
  );
