// Percent-decoding that answers a mistake of the client with 1806.
import { malformed } from './malformed.ts';

/**
 * The text with its `%XX` sequences decoded as UTF-8.
 * @throws KeystampError 1806 for a broken sequence
 */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`broken percent sequence in ${text}`);
  }
}

/** The byte of the `%XX` sequence whose `%` stands at `at`; -1 when it is none. */
export function percentByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const upper = code & ~32;
  return upper >= 65 && upper <= 70 ? upper - 55 : -1;
}
