// Cuts the path into segments: at every `/` outside the quotes and brackets of a key (spec 01 § 2.1).
import { decodePercent, percentByte } from './percent.ts';

export interface PathCut {
  /** Percent-decoded, without empty ones. */
  readonly segments: readonly string[];
  /** Where the path ended: `to`, or the first `&` outside keys. */
  readonly end: number;
}

/** Where the scanner stands in a key; the same rules as key-text.ts, which reads the keys afterwards. */
const outside = 0;
const partStart = 1;
const bare = 2;
const quoted = 3;
const afterQuote = 4;

/**
 * The segments of the path between `from` and `to` of a URL.
 * @param ampersandEnds the URL has no `?`, so the first `&` outside keys begins the query (spec 01 § 3.4)
 * @throws KeystampError 1806 for a broken percent sequence
 */
export function cutPath(url: string, from: number, to: number, ampersandEnds: boolean): PathCut {
  const segments: string[] = [];
  let start = from;
  let encoded = false;
  let state = outside;
  let close = 0;
  let quote = 0;
  let escaped = false;
  let at = from;
  while (at < to) {
    let code = url.charCodeAt(at);
    let width = 1;
    if (code === 37) {
      code = percentByte(url, at);
      width = 3;
      encoded = true;
    }
    if (state === outside) {
      if (width === 1 && code === 47) {
        if (at > start) segments.push(text(url, start, at, encoded));
        start = at + 1;
        encoded = false;
      } else if (ampersandEnds && width === 1 && code === 38) break;
      else if (code === 40 || code === 91) {
        state = partStart;
        close = code === 40 ? 41 : 93;
      }
    } else if (state === quoted) {
      if (code === 92) escaped = !escaped;
      else {
        if (code === quote && !escaped) state = afterQuote;
        escaped = false;
      }
    } else if (code === close) state = outside;
    else if (code === 44 || code === 38) state = partStart;
    else if (state === afterQuote) {
      if (code === quote) state = quoted;
    } else if (state === partStart && code !== 32) {
      if (code === 34 || code === 39) {
        state = quoted;
        quote = code;
      } else state = bare;
    }
    at += width;
  }
  const end = Math.min(at, to);
  if (end > start) segments.push(text(url, start, end, encoded));
  return { segments, end };
}

const text = (url: string, from: number, to: number, encoded: boolean): string => {
  const segment = url.slice(from, to);
  return encoded ? decodePercent(segment) : segment;
};
