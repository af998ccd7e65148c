// What goes out of a picture or BLOB that was found: nothing, because the client has it already, a range, or all its bytes
// (spec 10 §§ 9.6, 9.8).
import { KeystampError, failHttp } from '../errors.ts';
import type { Variant } from '../image/variant.ts';
import { evaluateConditions, requestedRange } from '../request/conditions.ts';
import { ContentGone, openContent, readContent } from '../store/content.ts';
import type { Visit } from './context.ts';
import type { EmptyOutcome, MediaFacts, MediaOutcome } from './outcome.ts';

/** A picture or BLOB as its row says. */
export interface FoundMedia {
  readonly facts: MediaFacts;
  /** Of the stored bytes. */
  readonly hash: Uint8Array;
  readonly size: number;
  /** Absent: the stored bytes go out. */
  readonly variant?: Variant;
}

/** Rows that are never kept ignore conditions and ranges (§ 9.6). */
export const isKept = ({ row }: MediaFacts): boolean => row === 'C' || row === 'O' || row === 'A';

/** Larger stored bytes are sent as they are read. */
const mostInMemory = 4 * 1024 * 1024;

/**
 * What can be said without waiting: that nothing has changed, or bytes that are in memory.
 * @throws KeystampError 412, 416
 */
export function atHand({ facts, hash, variant }: FoundMedia, visit: Visit): MediaOutcome | undefined {
  if (isKept(facts)) {
    const verdict = evaluateConditions(visit.http.headers, facts.etag, facts.changedAt);
    if (verdict === 'notModified') return { kind: 'media', facts };
    if (verdict === 'failed') throw failHttp(412);
  }
  const bytes = variant && visit.services.variants.peek(hash, variant);
  return bytes && { kind: 'media', facts, bytes, ...rangeOf(facts, bytes.length, visit) };
}

/**
 * @returns empty when the stored bytes cannot be had in that form after all
 * @throws ContentGone when they were replaced meanwhile; KeystampError 412, 416, and those of a conversion
 */
export async function deliver(found: FoundMedia, visit: Visit): Promise<MediaOutcome | EmptyOutcome> {
  const ready = atHand(found, visit);
  if (ready) return ready;
  const { facts, hash, size, variant } = found;
  if (!variant && size > mostInMemory) {
    const { range } = rangeOf(facts, size, visit);
    const parts = await openContent(visit.services.engine, hash, range?.from ?? 0, range ? range.to + 1 : size);
    if (!parts) throw new ContentGone();
    return { kind: 'media', facts, bytes: { length: size, parts }, ...(range && { range }) };
  }
  const bytes = await bytesOf(hash, variant, visit);
  return bytes ? { kind: 'media', facts, bytes, ...rangeOf(facts, bytes.length, visit) } : { kind: 'empty' };
}

/** @throws KeystampError 416 */
function rangeOf(facts: MediaFacts, length: number, { http }: Visit): Pick<MediaOutcome, 'range'> {
  // Ranges are defined for GET alone (RFC 9110 § 14.2).
  const ranged = isKept(facts) && http.method !== 'HEAD';
  const range = ranged ? requestedRange(http.headers, facts.etag, length) : undefined;
  if (range === 'unsatisfiable') throw failHttp(416, undefined, { 'Content-Range': `bytes */${length}` });
  return range ? { range } : {};
}

/** The stored bytes of a picture, as something that is kept; under a name that no format has. */
const storedForm: Variant = {
  unchanged: true,
  format: 'jpeg',
  mediatype: 'application/octet-stream',
  name: 'stored',
  revision: '0',
};

/** The bytes to send, `undefined` when the stored ones cannot be converted after all. */
async function bytesOf(
  hash: Uint8Array,
  variant: Variant | undefined,
  { services }: Visit,
): Promise<Uint8Array | undefined> {
  const original = async (): Promise<Uint8Array> => {
    const bytes = await readContent(services.engine, hash);
    if (!bytes) throw new ContentGone();
    return bytes;
  };
  if (!variant) return original();
  // One picture is often wanted in many sizes: its stored bytes are read from the database once for all of them.
  const stored = (): Promise<Uint8Array> => services.variants.get(hash, storedForm, original);
  try {
    return await services.variants.get(hash, variant, variant.unchanged ? original : stored);
  } catch (error) {
    // A client's read is no place to complain about stored bytes: the format cannot be had (spec 10 § 4.4).
    if (error instanceof KeystampError && error.status < 500) return undefined;
    throw error;
  }
}
