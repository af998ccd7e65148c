// Stores an entity as it was in another datastore: key, stamp, time and the versions of its pictures are kept. No rule of
// saving is applied, since it was saved already.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import { holdContent, releaseContent, type Content, type ContentSource } from '../store/content.ts';
import type { Executor, Transaction } from '../store/engine.ts';
import { globalStampColumn, takeGlobalStamp } from '../store/global-stamps.ts';
import { mediaStamp, mediaTime, mediaType, stampColumn } from '../store/sql/columns.ts';
import { forgetWords, indexWords } from '../store/sql/word-index.ts';
import {
  bookkeepingStatement,
  deleteStatements,
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

/** The stamp under which an entity is stored here, `undefined` when it is not. */
export async function storedStamp(reader: Executor, dataClass: DataClassDef, key: Key): Promise<number | undefined> {
  const row = await reader.row(storedStatement(dataClass, key, []));
  return row && Number(row[stampColumn]);
}

/**
 * Stores the entity, in the place of one with the same key.
 * @throws DuplicateError when a unique value is another entity's
 */
export async function putEntity(tx: Transaction, entity: PutEntity): Promise<void> {
  const { dataClass, key, stamp, timestamp, values, media } = entity;
  await clear(tx, dataClass, key);
  // A version is `base` plus the number of the picture; the next one must be above all that there were.
  const base = Math.max(0, ...[...media.values()].map(({ version = stamp }) => version - stamp));
  const assignments: Assignment[] = [...values].map(([attribute, value]) => [attribute.column, value]);
  for (const [attribute, { content, bytes, mediatype, version = stamp, changedAt }] of media) {
    await holdContent(tx, content, bytes);
    assignments.push(
      [attribute.column, content.hash],
      [mediaStamp(attribute), version - base],
      [mediaTime(attribute), changedAt],
    );
    if (attribute.type === 'blob') assignments.push([mediaType(attribute), mediatype]);
  }
  if (dataClass.tracking === 'changes') assignments.push([globalStampColumn, await takeGlobalStamp(tx)]);
  await tx.row(insertStatement(dataClass, timestamp, base, assignments));
  await tx.run(bookkeepingStatement(dataClass, key, stamp, timestamp));
  for (const attribute of dataClass.storage)
    if (attribute.keywords) await indexWords(tx, attribute, key[0] as Value, values.get(attribute) ?? null, true);
}

/** Removes what is stored under the key, without a trace: the same entity comes in its place. */
async function clear(tx: Transaction, dataClass: DataClassDef, key: Key): Promise<void> {
  const held = dataClass.storage.filter(isMedia);
  const row = await tx.row(storedStatement(dataClass, key, held));
  if (!row) return;
  for (const attribute of held) {
    const hash = row[attribute.column];
    if (hash !== null) await releaseContent(tx, hash as Uint8Array);
  }
  for (const attribute of dataClass.storage) if (attribute.keywords) await forgetWords(tx, attribute, key[0] as Value);
  for (const statement of deleteStatements(dataClass, key)) await tx.run(statement);
}
