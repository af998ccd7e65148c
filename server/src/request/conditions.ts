// Conditional requests and ranges (spec 10 §§ 9.6, 9.8; RFC 9110): reading the headers and comparing them.
import type { HttpRequest } from './http-request.ts';

type Headers = HttpRequest['headers'];

const text = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** The entity tags of a list, weak ones without their mark; `*` alone stands for any. */
function tags(list: string): readonly string[] {
  return list.trim() === '*' ? ['*'] : (list.match(/(?:W\/)?"[^"]*"/g) ?? []);
}

const strong = (tag: string): string => tag.replace(/^W\//, '');

/** Seconds since 1970 of an HTTP date, `undefined` when it is none. */
function seconds(date: string | undefined): number | undefined {
  if (date === undefined) return undefined;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/**
 * What the conditions say about a picture with this ETag and time of last change (milliseconds; `undefined`: not told).
 * `If-None-Match` compares weakly and wins over `If-Modified-Since`.
 */
export function evaluateConditions(
  headers: Headers,
  etag: string,
  changedAt: number | undefined,
): 'proceed' | 'notModified' | 'failed' {
  const changed = changedAt === undefined ? undefined : Math.floor(changedAt / 1000);
  const ifMatch = text(headers, 'if-match');
  if (ifMatch !== undefined) {
    if (!tags(ifMatch).some((tag) => tag === '*' || tag === etag)) return 'failed';
  } else {
    const unmodified = seconds(text(headers, 'if-unmodified-since'));
    if (unmodified !== undefined && changed !== undefined && changed > unmodified) return 'failed';
  }
  const ifNoneMatch = text(headers, 'if-none-match');
  if (ifNoneMatch === etag) return 'notModified';
  if (ifNoneMatch !== undefined)
    return tags(ifNoneMatch).some((tag) => tag === '*' || strong(tag) === etag) ? 'notModified' : 'proceed';
  const modified = seconds(text(headers, 'if-modified-since'));
  return modified !== undefined && changed !== undefined && changed <= modified ? 'notModified' : 'proceed';
}

/** The tags of `If-Match`, for a checked write (spec 10 § 7.4); nothing when the header is absent. */
export function ifMatchTags(headers: Headers): readonly string[] | undefined {
  const value = text(headers, 'if-match');
  return value === undefined ? undefined : tags(value);
}

export interface ByteRange {
  readonly from: number;
  /** The last byte, included. */
  readonly to: number;
}

/**
 * The one range asked of `size` bytes: `undefined` when the whole is to be sent (no range, several, another unit, or an
 * `If-Range` that does not hold exactly this strong ETag), `'unsatisfiable'` for 416.
 */
export function requestedRange(headers: Headers, etag: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const range = text(headers, 'range');
  const found = range === undefined ? null : /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(range);
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  const ifRange = text(headers, 'if-range');
  if (ifRange !== undefined && ifRange.trim() !== etag) return undefined;
  const [first, last] = [found[1] as string, found[2] as string];
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return undefined;
  if (from >= size) return 'unsatisfiable';
  return { from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** `Accept` wants JSON and neither pictures nor anything (spec 10 § 4.6). */
export function wantsJsonOnly(headers: Headers): boolean {
  const accept = text(headers, 'accept')?.toLowerCase();
  return (
    accept !== undefined && accept.includes('application/json') && !accept.includes('image/') && !accept.includes('*/*')
  );
}
