// What new bytes are, before they are stored: their hash, and for a picture what its decoder finds.
import { createHash } from 'node:crypto';
import { fail } from '../errors.ts';
import type { Converter } from '../image/converter.ts';
import type { Content } from '../store/content.ts';

/** The type of bytes that nobody has looked into. */
export const unknownType = 'application/octet-stream';

/**
 * The content that the bytes are. A picture is looked at whole before it is taken; what it is said to be does not count.
 * @throws KeystampError 1824, 413, 503
 */
export async function describeContent(bytes: Uint8Array, picture: boolean, converter: Converter): Promise<Content> {
  if (picture && bytes.length === 0) throw fail(1824);
  const info = picture ? await converter.inspect(bytes) : undefined;
  const hash = createHash('sha256').update(bytes).digest();
  if (!info) return { hash, size: bytes.length, mediatype: unknownType };
  const { mediatype, width, height, hasAlpha, fewColours, pages, thumbhash } = info;
  const about = { width, height, hasAlpha, fewColours, pages, ...(thumbhash !== undefined && { thumbhash }) };
  return { hash, size: bytes.length, mediatype, picture: about };
}
