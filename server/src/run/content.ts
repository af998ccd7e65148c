// Bytes that arrive: read within the limits, hashed, and looked at when they are said to be a picture.
import { createHash } from 'node:crypto';
import { fail } from '../errors.ts';
import type { BodyKind } from '../plan/plan.ts';
import { readBytes } from '../request/body.ts';
import { imagePart, onlyFile, type FilePart } from '../request/multipart.ts';
import type { Content, ContentSource, PictureInfo } from '../store/content.ts';
import type { Services, Visit } from './context.ts';

export interface Received {
  readonly content: Content;
  readonly bytes: ContentSource;
  /** The type it was said to be, `application/octet-stream` when nothing was said. */
  readonly mediatype: string;
}

/** Room for the wrapping of a form around a file. */
const formBytes = 64 * 1024;

const unknownType = 'application/octet-stream';

/**
 * Takes the body as a content and hands it to `use`. Pictures and forms are held in memory; anything else, which may be
 * much larger, goes to a file that is there until `use` is done.
 * @throws KeystampError 1824 no picture, 413 too large, 408 too slow, 415 encoded body, 507 disk full
 */
export async function receive<T>(kind: BodyKind, visit: Visit, use: (received: Received) => Promise<T>): Promise<T> {
  const { http, services } = visit;
  const { maxImageBytes, maxBlobBytes, bodyIdleSeconds } = services.config;
  const limits = { limit: kind.picture ? maxImageBytes : maxBlobBytes, idleMs: bodyIdleSeconds * 1000 };
  if (!kind.picture && !kind.multipart) {
    const spooled = await services.spool.receive(http.body, limits, http.headers);
    try {
      const { hash, size, path } = spooled;
      return await use({
        content: { hash, size, mediatype: unknownType },
        bytes: { path },
        mediatype: kind.mediatype ?? unknownType,
      });
    } finally {
      spooled.discard();
    }
  }
  const room = kind.multipart ? formBytes : 0;
  const body = await readBytes(http.body, limits.limit + room, limits.idleMs, http.headers);
  const part = kind.multipart ? await filePart(kind, body, http.headers['content-type'] as string) : undefined;
  const bytes = part?.bytes ?? body;
  const mediatype = part?.mimeType ?? kind.mediatype ?? unknownType;
  return use({ content: await describe(bytes, kind.picture, services), bytes, mediatype });
}

const filePart = (kind: BodyKind, body: Buffer, contentType: string): Promise<FilePart> =>
  kind.picture ? imagePart(body, contentType) : onlyFile(body, contentType);

/**
 * What the bytes are. A picture is looked at whole before it is taken; what it is said to be does not count.
 * @throws KeystampError 1824, 413, 503
 */
export async function describe(bytes: Uint8Array, picture: boolean, services: Services): Promise<Content> {
  const info = picture ? await inspect(bytes, services) : undefined;
  return {
    hash: createHash('sha256').update(bytes).digest(),
    size: bytes.length,
    mediatype: info?.mediatype ?? unknownType,
    ...(info && { picture: info }),
  };
}

async function inspect(
  bytes: Uint8Array,
  { converter }: Services,
): Promise<PictureInfo & { readonly mediatype: string }> {
  if (bytes.length === 0) throw fail(1824);
  const { width, height, hasAlpha, fewColours, pages, thumbhash, mediatype } = await converter.inspect(bytes);
  return { width, height, hasAlpha, fewColours, pages, mediatype, ...(thumbhash !== undefined && { thumbhash }) };
}
