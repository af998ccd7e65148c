// Bytes that arrive: read within the limits, hashed, and looked at when they are said to be a picture.
import { createHash } from 'node:crypto';
import { fail } from '../errors.ts';
import type { BodyKind } from '../plan/plan.ts';
import { readBytes } from '../request/body.ts';
import { imagePart, onlyFile, type FilePart } from '../request/multipart.ts';
import type { Content, PictureInfo } from '../store/content.ts';
import type { Services, Visit } from './context.ts';

export interface Received {
  readonly content: Content;
  readonly bytes: Buffer;
  /** The type it was said to be, `application/octet-stream` when nothing was said. */
  readonly mediatype: string;
}

/** Room for the wrapping of a form around a file. */
const formBytes = 64 * 1024;

/**
 * The bytes of the body as a content.
 * @throws KeystampError 1824 no picture, 413 too large, 408 too slow, 415 encoded body
 */
export async function receive(kind: BodyKind, visit: Visit): Promise<Received> {
  const { http, services } = visit;
  const { maxImageBytes, maxBlobBytes, bodyIdleSeconds } = services.config;
  const limit = (kind.picture ? maxImageBytes : maxBlobBytes) + (kind.multipart ? formBytes : 0);
  const body = await readBytes(http.body, limit, bodyIdleSeconds * 1000, http.headers);
  const part = kind.multipart ? await filePart(kind, body, http.headers['content-type'] as string) : undefined;
  const bytes = part?.bytes ?? body;
  const mediatype = part?.mimeType ?? kind.mediatype ?? 'application/octet-stream';
  return { content: await describe(bytes, kind.picture, services), bytes, mediatype };
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
    mediatype: info?.mediatype ?? 'application/octet-stream',
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
