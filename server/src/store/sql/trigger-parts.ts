// What the triggers of both engines say in the same words: they run in the database, where nothing is a parameter.
import { isMedia, type DataClassDef } from '../../model/model.ts';
import { contentPartTable, contentTable, literal, lockTable, tombstoneTable } from './columns.ts';
import { keyTextOf, type KeyTexts } from './side-stamps.ts';
import { ident, raw, sql, type Sql } from './sql.ts';
import { everyClass } from './write.ts';

/** The version that the numbers of a new entity's pictures begin after: the highest of an entity that had its key. */
export function buriedVersion(dataClass: DataClassDef, texts: KeyTexts): Sql {
  const key = keyTextOf(dataClass, raw('NEW'), texts);
  const every = literal(everyClass);
  return sql`coalesce((SELECT max(version) FROM ${tombstoneTable} WHERE (dataclass = ${literal(dataClass.name)} AND key = ${key}) OR (dataclass = ${every} AND key = ${every})), 0)`;
}

/** Gives up the bytes of the entity that goes; those that nobody else holds go with it. */
export const releaseStatements = ({ storage }: DataClassDef): readonly Sql[] =>
  storage.filter(isMedia).flatMap((attribute) => {
    const held = sql`OLD.${ident(attribute.column)}`;
    return [
      sql`UPDATE ${contentTable} SET refs = refs - 1 WHERE hash = ${held}`,
      sql`DELETE FROM ${contentPartTable} WHERE hash = ${held} AND (SELECT refs FROM ${contentTable} WHERE hash = ${held}) <= 0`,
      sql`DELETE FROM ${contentTable} WHERE hash = ${held} AND refs <= 0`,
    ];
  });

/** Nobody holds the lock of an entity that is gone. */
export const unlockStatement = (dataClass: DataClassDef, texts: KeyTexts): Sql =>
  sql`DELETE FROM ${lockTable} WHERE dataclass = ${literal(dataClass.name)} AND key = ${keyTextOf(dataClass, raw('OLD'), texts)}`;
