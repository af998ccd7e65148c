// Names of the columns and tables that Keystamp keeps beside the attributes of the model.
import type { StorageDef } from '../../model/model.ts';
import { column, ident, Sql, sql } from './sql.ts';

/** The entity's stamp, 1 after the first save. */
export const stampColumn = '__stamp';
/** Time of the last save, ISO text with milliseconds. */
export const timestampColumn = '__timestamp';
/** The hidden base of all version numbers of the entity (spec 10 § 2.6). */
export const baseColumn = '__base';

/** The stamp of the save that last changed this picture or BLOB. */
export const mediaStamp = (attribute: StorageDef): string => `${attribute.column}__stamp`;
/** When that was, in milliseconds; grows by a second at least with each change (spec 10 § 9.5). */
export const mediaTime = (attribute: StorageDef): string => `${attribute.column}__time`;
/** The media type a BLOB was sent with. */
export const mediaType = (attribute: StorageDef): string => `${attribute.column}__type`;

/** The side columns of a picture or BLOB. */
export const mediaColumns = (attribute: StorageDef): readonly string[] => [
  mediaStamp(attribute),
  mediaTime(attribute),
  ...(attribute.type === 'blob' ? [mediaType(attribute)] : []),
];

/** The column that, with the base, makes the version number of the picture or BLOB (spec 10 §§ 2.6 and 2.8). */
export const versionColumn = (attribute: StorageDef): string =>
  attribute.type === 'image' && attribute.imageVersion === 'stamp' ? stampColumn : mediaStamp(attribute);

/** Version number of the picture or BLOB in the row `alias`. */
export const versionOf = (attribute: StorageDef, alias: string): Sql =>
  sql`(${column(alias, baseColumn)} + ${column(alias, versionColumn(attribute))})`;

/** One row per different content: what is known of the bytes, and how many attributes and uploads hold it. */
export const contentTable = ident('keystamp_content');
/** The bytes of a content in parts, in order. */
export const contentPartTable = ident('keystamp_content_part');
/** The highest version number of each deleted entity, for its key's next owner (spec 10 § 2.7). */
export const tombstoneTable = ident('keystamp_tombstone');
export const uploadTable = ident('keystamp_upload');
export const sessionTable = ident('keystamp_session');
/** Hashes of what opens sessions: cookies, and tokens that open them once. */
export const secretTable = ident('keystamp_session_secret');
/** Who has tried to log in lately, by address. */
export const loginAttemptTable = ident('keystamp_login_attempt');
/** API keys, by the hash of what a client sends. */
export const apiKeyTable = ident('keystamp_api_key');
/** Which session holds which entity; a lock whose session is no more does not count. */
export const lockTable = ident('keystamp_lock');
/** One row per entity set; its keys lie in parts under `content`, which no two sets share. */
export const entitySetTable = ident('keystamp_entity_set');
export const entitySetPartTable = ident('keystamp_entity_set_part');
/** The attributes as they were when the tables were made or extended. */
export const attributeTable = ident('keystamp_attribute');
/** Stamps of entities whose table belongs to another program. */
export const sideTable = ident('keystamp_side');
/** What every datastore remembers of itself. */
export const metaTableName = 'keystamp_meta';
export const metaTable = ident(metaTableName);
/** One row: the number that the next change of a tracked entity gets, and the highest one whose deletion was forgotten. */
export const globalStampTableName = 'keystamp_global_stamp';
export const globalStampTable = ident(globalStampTableName);

/** A text of this program as an SQL literal: names of the model and punctuation of JSON, nothing from a request. */
export class Literal extends Sql {
  readonly content: string;

  constructor(content: string) {
    super(`'${content.replaceAll("'", "''")}'`, []);
    this.content = content;
  }
}

export const literal = (text: string): Literal => new Literal(text);
