// Bytes that arrive: read within the limits, hashed, and looked at when they are said to be a picture.
import { describeContent, unknownType } from '../orm/describe-content.ts';
import type { BodyKind } from '../plan/media-plan.ts';
import { bodyLimits, readBytes } from '../request/body.ts';
import { imagePart, onlyFile, type FilePart } from '../request/multipart.ts';
import type { Content, ContentSource } from '../store/content.ts';
import type { Visit } from './context.ts';

export interface Received {
  readonly content: Content;
  readonly bytes: ContentSource;
  /** The type it was said to be, `application/octet-stream` when nothing was said. */
  readonly mediatype: string;
}

/** Room for the wrapping of a form around a file. */
const formBytes = 64 * 1024;

/**
 * Takes the body as a content and hands it to `use`. Pictures and forms are held in memory; anything else, which may be
 * much larger, goes to a file that is there until `use` is done.
 * @throws KeystampError 1824 no picture, 413 too large, 408 too slow, 415 encoded body, 507 disk full
 */
export async function receive<T>(kind: BodyKind, visit: Visit, use: (received: Received) => Promise<T>): Promise<T> {
  const { http, services } = visit;
  const { maxImageBytes, maxBlobBytes } = services.config;
  const limits = bodyLimits(kind.picture ? maxImageBytes : maxBlobBytes, services.config);
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
  const body = await readBytes(http.body, { ...limits, limit: limits.limit + room }, http.headers);
  const part = kind.multipart ? await filePart(kind, body, http.headers['content-type'] as string) : undefined;
  const bytes = part?.bytes ?? body;
  const mediatype = part?.mimeType ?? kind.mediatype ?? unknownType;
  return use({ content: await describeContent(bytes, kind.picture, services.converter), bytes, mediatype });
}

const filePart = (kind: BodyKind, body: Buffer, contentType: string): Promise<FilePart> =>
  kind.picture ? imagePart(body, contentType) : onlyFile(body, contentType);
