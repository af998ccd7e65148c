// Pictures and BLOBs as JSON text: the deferred form with its details.
import type { DataClassDef } from '../../model/model.ts';
import type { Links, OneItem } from '../../query/columns.ts';
import { contentTable, literal, mediaType, versionOf } from './columns.ts';
import { entityUri } from './entity-key.ts';
import type { JsonDialect } from './json-dialect.ts';
import { column, raw, sql, type Sql } from './sql.ts';

type MediaItem = Extract<OneItem, { readonly kind: 'media' }>;

/** Under which name of which entity a picture is shown; an alias shows one that another entity holds. */
export interface ShownAs {
  readonly links: Links;
  readonly dataClass: DataClassDef;
  /** Row of the entity. */
  readonly row: string;
  readonly name: string;
}

/** The deferred form of a picture (spec 10 §§ 1.1 to 1.4) or BLOB (spec 11 § 1). */
export function mediaJson({ attribute, detail }: MediaItem, shown: ShownAs, alias: string, dialect: JsonDialect): Sql {
  const { links, name } = shown;
  const held = column(alias, attribute.column);
  const uri = entityUri(shown.dataClass, shown.row, links, dialect);
  if (attribute.type === 'blob') {
    const size = sql`(SELECT c.size FROM ${contentTable} AS c WHERE c.hash = ${held})`;
    const details = detail
      ? [literal(',"size":'), size, literal(',"mediatype":'), dialect.string(column(alias, mediaType(attribute)))]
      : [];
    const query = literal(`/${name}?$binary=true&$expand=${name}"`);
    const deferred = dialect.concat([literal('{"__deferred":{"uri":"'), uri, query, ...details, literal('}}')]);
    return dialect.unlessNull(held, deferred);
  }
  const deferred = dialect.concat([
    literal('{"__deferred":{"uri":"'),
    uri,
    sql`${`/${name}?${links.imagePrefix}`}`,
    versionOf(attribute, alias),
    sql`${`${links.imageSuffix(name)}"`}`,
    ...(links.imageInfo || detail ? [imageDetails(held, links.imageInfo, dialect)] : []),
    literal(',"image":true}}'),
  ]);
  return dialect.unlessNull(held, deferred);
}

function imageDetails(held: Sql, info: boolean, dialect: JsonDialect): Sql {
  const parts = [
    literal(',"mediatype":"'),
    raw('c.mediatype'),
    literal('","height":'),
    sql`coalesce(CAST(c.height AS TEXT), 'null')`,
    literal(',"width":'),
    sql`coalesce(CAST(c.width AS TEXT), 'null')`,
  ];
  if (info)
    parts.push(literal(',"size":'), raw('c.size'), literal(',"thumbhash":'), dialect.string(raw('c.thumbhash')));
  return sql`(SELECT ${dialect.concat(parts)} FROM ${contentTable} AS c WHERE c.hash = ${held})`;
}
