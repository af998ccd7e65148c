// Conditional requests and ranges (spec 10 §§ 9.6, 9.8; RFC 9110): reading the headers and comparing them.
import { parseHttpDate } from './http-date.ts';
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

const seconds = (date: string | undefined): number | undefined =>
  date === undefined ? undefined : parseHttpDate(date);

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

/**
 * Whether the conditions let a picture be written (spec 10 § 7.4, RFC 9110 § 13.2.2).
 * @param isStored whether a tag names the stored bytes, in whatever form they were delivered
 * @param exists whether there are any
 * @param changedAt time of their last change in milliseconds
 */
export function permitsWrite(
  headers: Headers,
  isStored: (tag: string) => boolean,
  exists: boolean,
  changedAt: number,
): boolean {
  const names = (list: string): boolean => exists && tags(list).some((tag) => tag === '*' || isStored(tag));
  const ifMatch = text(headers, 'if-match');
  if (ifMatch !== undefined && !names(ifMatch)) return false;
  const unmodified = ifMatch === undefined ? seconds(text(headers, 'if-unmodified-since')) : undefined;
  if (unmodified !== undefined && exists && Math.floor(changedAt / 1000) > unmodified) return false;
  const ifNoneMatch = text(headers, 'if-none-match');
  return ifNoneMatch === undefined || !names(ifNoneMatch);
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

/** Of a type that a client says it does not take: `application/json;q=0`. */
const refused = /;\s*q=0(?:\.0*)?\s*$/;

/** `Accept` wants JSON and neither pictures nor anything (spec 10 § 4.6). */
export function wantsJsonOnly(headers: Headers): boolean {
  const accept = text(headers, 'accept')?.toLowerCase();
  if (!accept?.includes('application/json')) return false;
  const wanted = accept.includes(';')
    ? accept
        .split(',')
        .filter((type) => !refused.test(type))
        .join()
    : accept;
  return wanted.includes('application/json') && !wanted.includes('image/') && !wanted.includes('*/*');
}
