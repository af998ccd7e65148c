// Stores an entity as it was in another datastore: key, stamp, time and the versions of its pictures are kept. No rule of
// saving is applied, since it was saved already.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import { holdContent, releaseContent, type Content, type ContentSource } from '../store/content.ts';
import type { Transaction } from '../store/engine.ts';
import { forgetDeletion, globalStampColumn, takeGlobalStamp } from '../store/global-stamps.ts';
import { baseColumn, mediaStamp, mediaTime, mediaType, stampColumn, versionColumn } from '../store/sql/columns.ts';
import { forgetWords, indexWords } from '../store/sql/word-index.ts';
import {
  bookkeepingStatement,
  buriedStatement,
  deleteStatements,
  heldStatement,
  insertStatement,
  storedStatement,
  type Assignment,
} from '../store/sql/write.ts';

export interface PutMedia {
  readonly content: Content;
  readonly bytes: ContentSource;
  /** The type a BLOB was sent with. */
  readonly mediatype: string;
  /** Version number that its URIs had; absent: as old as the entity's stamp. */
  readonly version?: number;
  /** Milliseconds since 1970 of its last change. */
  readonly changedAt: number;
}

export interface PutEntity {
  readonly dataClass: DataClassDef;
  readonly key: Key;
  /** At least 1. */
  readonly stamp: number;
  /** ISO text. */
  readonly timestamp: string;
  /** Canonical values of all attributes that are not null, the key's included. */
  readonly values: ReadonlyMap<StorageDef, Value>;
  readonly media: ReadonlyMap<StorageDef, PutMedia>;
}

/**
 * Stores the entity, in the place of one with the same key. Where a number of its pictures was another picture's here, all
 * its numbers are raised above those that there were (spec 10 § 2.7).
 * @throws DuplicateError when a unique value is another entity's
 */
export async function putEntity(tx: Transaction, entity: PutEntity): Promise<void> {
  const { dataClass, key, stamp, timestamp, values, media } = entity;
  const replaced = await clear(tx, dataClass, key);
  const buried = replaced || dataClass.stamps === 'side' ? [] : await tx.rows(buriedStatement(dataClass, key));
  // A version is `base` plus the number of the picture; the next one must be above all that there were.
  const own = Math.max(0, ...[...media.values()].map(({ version = stamp }) => version - stamp));
  const issued = replaced?.highest ?? Number(buried[0]?.['version'] ?? 0);
  const isFree = ([attribute, { content, version = stamp }]: readonly [StorageDef, PutMedia]): boolean =>
    version > issued || replaced?.shown.has(shownAs(attribute, version, content.hash)) === true;
  const base = own + stamp >= issued && [...media].every(isFree) ? own : own + issued;
  const isNumbered = dataClass.tracking === 'changes';
  const assignments: Assignment[] = [];
  // The number of a change in another datastore is none of the numbers here.
  for (const [{ column }, value] of values)
    if (!isNumbered || column !== globalStampColumn) assignments.push([column, value]);
  for (const [attribute, { content, bytes, mediatype, version = stamp, changedAt }] of media) {
    await holdContent(tx, content, bytes);
    assignments.push(
      [attribute.column, content.hash],
      [mediaStamp(attribute), version - own],
      [mediaTime(attribute), changedAt],
    );
    if (attribute.type === 'blob') assignments.push([mediaType(attribute), mediatype]);
  }
  if (isNumbered) assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  await tx.row(insertStatement(dataClass, timestamp, base, assignments));
  await tx.keyGiven(dataClass, key);
  await tx.run(bookkeepingStatement(dataClass, key, stamp, timestamp));
  for (const attribute of dataClass.storage)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, values.get(attribute) ?? null, true);
  if (isNumbered) await forgetDeletion(tx, dataClass, key);
}

/** An entity that made room. */
interface Replaced {
  /** The highest number that its pictures can have had. */
  readonly highest: number;
  /** What they were shown as, see `shownAs`. */
  readonly shown: ReadonlySet<string>;
}

const shownAs = ({ column }: StorageDef, version: number, hash: Uint8Array): string =>
  `${column} ${version} ${Buffer.from(hash).toString('hex')}`;

/** Removes what is stored under the key, if anything is, without a trace: the same entity comes in its place. */
async function clear(tx: Transaction, dataClass: DataClassDef, key: Key): Promise<Replaced | undefined> {
  const media = dataClass.storage.filter(isMedia);
  await tx.lock(heldStatement(dataClass, key));
  const row = await tx.row(storedStatement(dataClass, key, media));
  if (!row) return undefined;
  const shown = new Set<string>();
  for (const attribute of media) {
    const hash = row[attribute.column] as Uint8Array | null;
    if (hash === null) continue;
    shown.add(shownAs(attribute, Number(row[baseColumn]) + Number(row[versionColumn(attribute)]), hash));
    await releaseContent(tx, hash);
  }
  for (const attribute of dataClass.storage) if (attribute.keywords) await forgetWords(tx, attribute, key[0] as Value);
  for (const statement of deleteStatements(dataClass, key)) await tx.run(statement);
  return { highest: Number(row[baseColumn]) + Number(row[stampColumn]), shown };
}
