// Statements around pictures and BLOBs: the narrow row that decides an answer, the bytes, and their bookkeeping.
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import { oncePer } from '../../model/once-per.ts';
import type { MediaPlace } from '../../query/aggregate.ts';
import type { Predicate } from '../../query/predicate.ts';
import type { Key } from '../../query/selection.ts';
import {
  baseColumn,
  contentPartTable,
  contentTable,
  mediaTime,
  mediaType,
  stampColumn,
  timestampColumn,
  versionOf,
} from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { compilePredicate } from './predicate.ts';
import { hasKey } from './select.ts';
import { column, ident, raw, sql, Sql } from './sql.ts';
import { isSame } from './column-form.ts';
import { keyOf } from './steps.ts';

/** Bytes of one stored part of a content. */
export const partBytes = 1024 * 1024;

/** The picture or BLOB under its own name; the same object every time. */
export const ownMedia = oncePer((attribute: StorageDef): MediaPlace => ({
  name: attribute.name,
  steps: [],
  attribute,
}));

/** Statements by the way to the entity that holds the picture. */
const narrow = oncePer((_attribute: StorageDef) => new Map<string, Sql>());

/**
 * What must be known of one picture or BLOB before its bytes: a row with `hash`, `version`, `bound` (the highest number
 * that the entity's stamp reaches), `time`, `stamp`, `timestamp`, `mediatype`, `size`, `width`, `height`, `alpha`,
 * `few_colours`. One statement, so version and hash belong together (spec 10 § 2.11). Spec 10 § 9 calls it the snapshot.
 * Where an alias leads to no entity they are null.
 */
export function mediaStatement(dataClass: DataClassDef, { attribute, steps }: MediaPlace, key: Key): Sql {
  const way = steps.length === 0 ? '' : [dataClass, ...steps].map((step) => step.name).join('.');
  const known = narrow(attribute);
  let statement = known.get(way);
  if (!statement) {
    const e = (name: string): Sql => column('e', name);
    const type = attribute.type === 'blob' ? e(mediaType(attribute)) : raw('c.mediatype');
    statement = sql`SELECT ${e(attribute.column)} AS hash, ${versionOf(attribute, 'e')} AS version, ${e(baseColumn)} + ${e(stampColumn)} AS bound, ${e(mediaTime(attribute))} AS time, ${e(stampColumn)} AS stamp, ${e(timestampColumn)} AS timestamp, ${type} AS mediatype, c.size AS size, c.width AS width, c.height AS height, c.alpha AS alpha, c.few_colours AS few_colours FROM ${rowsTo(dataClass, steps)} LEFT JOIN ${contentTable} AS c ON c.hash = ${e(attribute.column)} WHERE ${new Sql(hasKey(dataClass, steps.length === 0 ? 'e' : 'o', key).text, [])}`;
    known.set(way, statement);
  }
  return new Sql(statement.text, key);
}

/** What follows FROM: the entity as row `e`, or as row `o` with the one at the end of the steps as row `e`. */
function rowsTo(dataClass: DataClassDef, steps: MediaPlace['steps']): Sql {
  const nameOf = (i: number): string => (i === steps.length ? 'e' : i === 0 ? 'o' : `o${i}`);
  return steps.reduce(
    (rows, step, i) =>
      sql`${rows} LEFT JOIN ${ident(step.target.table)} AS ${ident(nameOf(i + 1))} ON ${isSame(keyOf(step), nameOf(i + 1), step.foreignKey, nameOf(i))}`,
    sql`${ident(dataClass.table)} AS ${ident(nameOf(0))}`,
  );
}

/** A row when the entity matches the predicate. */
export function matchStatement(dataClass: DataClassDef, key: Key, predicate: Predicate, dialect: SqlDialect): Sql {
  return sql`SELECT 1 AS found FROM ${ident(dataClass.table)} AS e WHERE ${hasKey(dataClass, 'e', key)} AND (${compilePredicate(predicate, 'e', dialect)})`;
}

/** One part of a content, which count from 0: a row with `bytes`, or none. */
export function contentPartStatement(hash: Uint8Array, part: number): Sql {
  const { text, params } = sql`SELECT bytes FROM ${contentPartTable} WHERE hash = ${hash} AND part = ${part}`;
  return new Sql(text, params, { work: 1, bytes: 'bytes' });
}
