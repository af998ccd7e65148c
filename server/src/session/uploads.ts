// Uploads: bytes sent ahead of the save that uses them (spec 11 §§ 3, 4). The bytes are stored as contents at once, so
// that the save moves none; an upload holds its content until it is used or expires.
import type { Config } from '../config.ts';
import { failHttp } from '../errors.ts';
import { holdContent, releaseContent, type Content, type ContentSource } from '../store/content.ts';
import type { Engine, Row, Transaction } from '../store/engine.ts';
import { contentTable, uploadTable } from '../store/sql/columns.ts';
import { sql, type Sql } from '../store/sql/sql.ts';
import { newId } from './session.ts';

export interface Upload {
  readonly id: string;
  readonly content: Content;
  /** The type it was sent with. */
  readonly mediatype: string;
}

/** A request that began in time may still use an upload that expires meanwhile (spec 11 § 4.2). */
const graceMs = 60_000;

export class Uploads {
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;

  constructor(engine: Engine, config: Config, now: () => number) {
    this.#engine = engine;
    this.#config = config;
    this.#now = now;
  }

  /**
   * Keeps the bytes; answers the id.
   * @throws KeystampError 429 past the session's limits
   */
  async create(
    sessionId: string,
    content: Content,
    bytes: ContentSource,
    mediatype: string,
    timeoutSeconds: number,
  ): Promise<string> {
    const id = newId();
    const now = this.#now();
    await this.#engine.write(async (tx) => {
      await purge(tx, sql`expires < ${now - graceMs}`);
      const held = (await tx.row(
        sql`SELECT count(*) AS n, coalesce(sum(size), 0) AS bytes FROM ${uploadTable} WHERE session = ${sessionId} AND expires >= ${now}`,
      )) as Row;
      if (Number(held['n']) >= this.#config.maxUploadsPerSession) throw failHttp(429, 'open uploads in this session');
      if (Number(held['bytes']) + content.size > this.#config.maxUploadBytesPerSession)
        throw failHttp(429, 'bytes in the open uploads of this session');
      await holdContent(tx, content, bytes);
      await tx.run(
        sql`INSERT INTO ${uploadTable} (id, session, kind, mediatype, hash, size, expires) VALUES (${id}, ${sessionId}, ${content.picture ? 'image' : 'blob'}, ${mediatype}, ${content.hash}, ${content.size}, ${now + timeoutSeconds * 1000})`,
      );
    });
    return id;
  }

  /** The session's upload of that id; unknown, expired and foreign ones look the same. */
  async find(id: string, sessionId: string | undefined): Promise<Upload | undefined> {
    if (sessionId === undefined || !/^[0-9A-Fa-f]{32}$/.test(id)) return undefined;
    const row = await this.#engine.row(
      sql`SELECT u.mediatype AS sent, u.hash AS hash, c.size AS size, c.mediatype AS mediatype, c.width AS width, c.height AS height, c.alpha AS alpha, c.few_colours AS few_colours, c.pages AS pages, c.thumbhash AS thumbhash FROM ${uploadTable} AS u JOIN ${contentTable} AS c ON c.hash = u.hash WHERE u.id = ${id.toUpperCase()} AND u.session = ${sessionId} AND u.expires >= ${this.#now()}`,
    );
    return row && { id: id.toUpperCase(), mediatype: String(row['sent']), content: contentOf(row) };
  }

  /** Deletes what has expired. */
  async sweep(): Promise<void> {
    await this.#engine.write((tx) => purge(tx, sql`expires < ${this.#now() - graceMs}`));
  }
}

/** Deletes what the session has not used; in the transaction that ends it. */
export function releaseUploads(tx: Transaction, sessionId: string): Promise<void> {
  return purge(tx, sql`session = ${sessionId}`);
}

/** Whether the upload is still there; in the transaction of the save that uses it. */
export async function isOpenUpload(tx: Transaction, id: string): Promise<boolean> {
  const found = sql`SELECT 1 AS found FROM ${uploadTable} WHERE id = ${id}`;
  await tx.lock(found);
  return (await tx.row(found)) !== undefined;
}

/** Takes an upload away; in the transaction of the save that used it (spec 11 § 4.2). */
export function consumeUpload(tx: Transaction, id: string): Promise<void> {
  return purge(tx, sql`id = ${id}`);
}

async function purge(tx: Transaction, which: Sql): Promise<void> {
  const gone = await tx.rows(sql`DELETE FROM ${uploadTable} WHERE ${which} RETURNING hash`);
  for (const row of gone) await releaseContent(tx, row['hash'] as Uint8Array);
}

/** A content from a row that holds the columns of the content table. */
export function contentOf(row: Row): Content {
  const base = { hash: row['hash'] as Uint8Array, size: Number(row['size']), mediatype: String(row['mediatype']) };
  if (row['pages'] === null) return base;
  return {
    ...base,
    picture: {
      width: Number(row['width']),
      height: Number(row['height']),
      hasAlpha: row['alpha'] === 1,
      fewColours: row['few_colours'] === 1,
      pages: Number(row['pages']),
      ...(row['thumbhash'] !== null && { thumbhash: String(row['thumbhash']) }),
    },
  };
}
