// The key of an entity as JSON text and in URIs.
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import type { Links } from '../../query/columns.ts';
import { literal } from './columns.ts';
import type { JsonDialect } from './json-dialect.ts';
import { column, sql, type Sql } from './sql.ts';

/** `__KEY` is a string whatever the key's type (spec 01 § 2.2); the parts of a composite key are joined by `&`. */
export function keyJson(dataClass: DataClassDef, alias: string, dialect: JsonDialect): Sql {
  const [key] = dataClass.key;
  if (dataClass.key.length === 1 && key && plainKey(key))
    return dialect.concat([literal('"'), dialect.plainKey(key, column(alias, key.column)), literal('"')]);
  // One part stands alone and needs no quotes; several are told apart by them.
  const alone = dataClass.key.length === 1;
  const part = (each: StorageDef): Sql => {
    const held = column(alias, each.column);
    return alone ? held : dialect.keyPart(each, held);
  };
  return dialect.string(joinedKey(dataClass, dialect, part));
}

/** A key whose text needs no quoting inside a JSON string. */
export const plainKey = (key: StorageDef): boolean => !['string', 'text', 'object'].includes(key.type);

function joinedKey(dataClass: DataClassDef, dialect: JsonDialect, part: (key: StorageDef) => Sql): Sql {
  if (dataClass.key.length === 1 && dataClass.key[0]) return part(dataClass.key[0]);
  return dialect.concat(dataClass.key.flatMap((key, i) => (i === 0 ? [part(key)] : [literal('&'), part(key)])));
}

/** The key of the entity in row `alias` as it stands in URIs. */
function keyInUri(dataClass: DataClassDef, alias: string, dialect: JsonDialect): Sql {
  return joinedKey(dataClass, dialect, (key) => dialect.keyInUri(key, column(alias, key.column)));
}

/** `/rest/Employee(31)`, inside a JSON string. */
export function entityUri(dataClass: DataClassDef, alias: string, links: Links, dialect: JsonDialect): Sql {
  return dialect.concat([
    sql`${`${links.mount}/${dataClass.name}${links.brackets[0]}`}`,
    keyInUri(dataClass, alias, dialect),
    literal(links.brackets[1]),
  ]);
}
