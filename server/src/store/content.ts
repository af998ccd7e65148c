// Contents: the bytes of pictures and BLOBs, kept once per SHA-256 beside the rows that name them. A content lives as
// long as an attribute or an upload holds it; holding and releasing happen in the transaction that changes the holder.
import { closeSync, openSync, readSync } from 'node:fs';
import { fail } from '../errors.ts';
import type { Executor, Transaction } from './engine.ts';
import { contentPartTable, contentTable } from './sql/columns.ts';
import { contentPartStatement, partBytes } from './sql/media.ts';
import { sql } from './sql/sql.ts';

/** What is known of a content; dimensions only when it is a picture. */
export interface Content {
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
  /** Bytes. */
  readonly size: number;
  /** Found by looking at the bytes, `application/octet-stream` for what is no picture. */
  readonly mediatype: string;
  readonly picture?: PictureInfo;
}

export interface PictureInfo {
  /** Pixels as shown, after EXIF orientation; 0 for an SVG or PDF that does not say. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** At most 256 colours. */
  readonly fewColours: boolean;
  readonly pages: number;
  /** base64 (DECISIONS P7). */
  readonly thumbhash?: string;
}

/** What a picture adds to its content's row. */
interface PictureColumns {
  readonly width: number | null;
  readonly height: number | null;
  readonly alpha: boolean | null;
  readonly fewColours: boolean | null;
  readonly pages: number | null;
  readonly thumbhash: string | null;
}

const noPicture: PictureColumns = {
  width: null,
  height: null,
  alpha: null,
  fewColours: null,
  pages: null,
  thumbhash: null,
};

const pictureColumns = (picture: PictureInfo | undefined): PictureColumns =>
  picture ? { ...picture, alpha: picture.hasAlpha, thumbhash: picture.thumbhash ?? null } : noPicture;

/** Bytes in memory, or a file that holds nothing else. */
export type ContentSource = Uint8Array | { readonly path: string };

/**
 * One more holder of the content; its bytes are stored when nobody held it yet.
 * @throws KeystampError 1826 when they were not given then
 */
export async function holdContent(transaction: Transaction, content: Content, bytes?: ContentSource): Promise<void> {
  const { hash } = content;
  if ((await transaction.run(sql`UPDATE ${contentTable} SET refs = refs + 1 WHERE hash = ${hash}`)) === 1) {
    if (content.picture) await describeContent(transaction, content);
    return;
  }
  if (!bytes) throw fail(1826, Buffer.from(hash).toString('hex'));
  const { width, height, alpha, fewColours, pages, thumbhash } = pictureColumns(content.picture);
  const row = await transaction.row(
    sql`INSERT INTO ${contentTable} (hash, size, mediatype, width, height, alpha, few_colours, pages, thumbhash, refs) VALUES (${hash}, ${content.size}, ${content.mediatype}, ${width}, ${height}, ${alpha}, ${fewColours}, ${pages}, ${thumbhash}, 1) ON CONFLICT (hash) DO UPDATE SET refs = ${contentTable}.refs + 1 RETURNING refs`,
  );
  // Another process may have stored the same bytes a moment ago.
  if (row?.['refs'] !== 1) return;
  let part = 0;
  for (const slice of partsOf(bytes))
    await transaction.run(
      sql`INSERT INTO ${contentPartTable} (hash, part, bytes) VALUES (${hash}, ${part++}, ${slice})`,
    );
}

function* partsOf(bytes: ContentSource): Generator<Uint8Array> {
  if (bytes instanceof Uint8Array) {
    for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
    return;
  }
  const file = openSync(bytes.path, 'r');
  try {
    const buffer = Buffer.alloc(partBytes);
    for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer))
      yield buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Bytes that came as any file turn out to be a picture when an image attribute takes them (spec 11 § 4.3). */
async function describeContent(transaction: Transaction, { hash, mediatype, picture }: Content): Promise<void> {
  const { width, height, alpha, fewColours, pages, thumbhash } = pictureColumns(picture);
  await transaction.run(
    sql`UPDATE ${contentTable} SET mediatype = ${mediatype}, width = ${width}, height = ${height}, alpha = ${alpha}, few_colours = ${fewColours}, pages = ${pages}, thumbhash = ${thumbhash} WHERE hash = ${hash} AND pages IS NULL`,
  );
}

/** One holder less; without holders the bytes go. */
export async function releaseContent(transaction: Transaction, hash: Uint8Array): Promise<void> {
  await transaction.run(sql`UPDATE ${contentTable} SET refs = refs - 1 WHERE hash = ${hash}`);
  if ((await transaction.run(sql`DELETE FROM ${contentTable} WHERE hash = ${hash} AND refs <= 0`)) === 0) return;
  await transaction.run(sql`DELETE FROM ${contentPartTable} WHERE hash = ${hash}`);
}

/** Whole, since most are small; `undefined` when the content is gone or not complete. */
export async function readContent(executor: Executor, hash: Uint8Array): Promise<Buffer | undefined> {
  const first = await readPart(executor, hash, 0);
  if (first && first.length < partBytes) return first;
  const row = await executor.row(sql`SELECT size FROM ${contentTable} WHERE hash = ${hash}`);
  if (!row) return undefined;
  const bytes = Buffer.allocUnsafe(Number(row['size']));
  let at = 0;
  for (let part = 0; at < bytes.length; part++) {
    const read = part === 0 ? first : await readPart(executor, hash, part);
    if (!read) return undefined;
    at += read.copy(bytes, at);
  }
  return bytes;
}

async function readPart(executor: Executor, hash: Uint8Array, part: number): Promise<Buffer | undefined> {
  return (await executor.row(contentPartStatement(hash, part)))?.['bytes'] as Buffer | undefined;
}

/** Its last holder went while its bytes were asked for. */
export class ContentGone extends Error {}

/**
 * The bytes from `from` up to `to`, part by part as they are asked for: never all of them in memory. The first part is
 * read at once.
 * @returns `undefined` when the content is gone; when it goes later, the iteration throws ContentGone
 */
export async function openContent(
  executor: Executor,
  hash: Uint8Array,
  from: number,
  to: number,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const begin = Math.floor(from / partBytes);
  const first = await readPart(executor, hash, begin);
  if (!first) return undefined;
  return (async function* () {
    let bytes: Buffer | undefined = first;
    for (let part = begin; part * partBytes < to; part++) {
      if (part > begin) bytes = await readPart(executor, hash, part);
      if (!bytes) throw new ContentGone('A content went while it was read');
      const at = part * partBytes;
      yield bytes.subarray(Math.max(from - at, 0), to - at);
    }
  })();
}
