// Keys as clients write them: bare or quoted parts, `&` between the parts of a composite key, `,` between keys.
//
// A quoted part may hold anything. Its quote is written doubled or after a backslash; backslashes stand for themselves
// unless they come right before a quote: there, two stand for one. A bare part is taken exactly as it is written.
import { malformed, unclosed } from './malformed.ts';

const space = 32;
const doubleQuote = 34;
const ampersand = 38;
const singleQuote = 39;
const comma = 44;
const backslash = 92;

/** What stands between a pair of brackets. */
export interface KeyList {
  /** Each key is the list of its parts. Empty for `()`. */
  readonly keys: readonly (readonly string[])[];
  /** Where the text goes on after the closing bracket. */
  readonly end: number;
}

/**
 * The keys from `at`, right after an opening bracket, to its closing one.
 * @param close char code of the closing bracket
 * @throws KeystampError 1808 or 1809 then 1806 for a quote that does not close, 1806 for anything else malformed
 */
export function readKeys(text: string, at: number, close: number): KeyList {
  if (text.charCodeAt(at) === close) return { keys: [], end: at + 1 };
  const reader = new KeyReader(text, at, close, comma);
  const keys: (readonly string[])[] = [];
  for (;;) {
    const parts = reader.key();
    if (parts.length === 1 && parts[0] === '' && !reader.wasQuoted) throw malformed(`an empty key in ${text}`);
    keys.push(parts);
    const code = text.charCodeAt(reader.at++);
    if (code === close) return { keys, end: reader.at };
    if (code !== comma) throw malformed(`a closing ${String.fromCharCode(close)} is expected in ${text}`);
    reader.skipSpaces();
  }
}

/**
 * The parts of one key given as text alone, as `__KEY` of a composite key is (spec 01 § 2.2): `7&"a&b"` → `7`, `a&b`.
 * @throws KeystampError as `readKeys`
 */
export function parseKeyText(text: string): readonly string[] {
  const reader = new KeyReader(text, 0, -1, -1);
  const parts = reader.key();
  if (reader.at < text.length) throw malformed(`text after the closing quote in ${text}`);
  return parts;
}

class KeyReader {
  at: number;
  /** The part read last stood in quotes. */
  wasQuoted = false;
  readonly #text: string;
  readonly #close: number;
  readonly #separator: number;

  /** `close` and `separator` are the char codes that end a bare part besides `&`; -1 for none. */
  constructor(text: string, at: number, close: number, separator: number) {
    this.#text = text;
    this.at = at;
    this.#close = close;
    this.#separator = separator;
  }

  key(): readonly string[] {
    const parts = [this.#part()];
    while (this.#text.charCodeAt(this.at) === ampersand) {
      this.at++;
      parts.push(this.#part());
    }
    return parts;
  }

  skipSpaces(): void {
    while (this.#text.charCodeAt(this.at) === space) this.at++;
  }

  #part(): string {
    const start = this.at;
    this.skipSpaces();
    const first = this.#text.charCodeAt(this.at);
    this.wasQuoted = first === doubleQuote || first === singleQuote;
    if (this.wasQuoted) return this.#quotedPart(first);
    for (; this.at < this.#text.length; this.at++) {
      const code = this.#text.charCodeAt(this.at);
      if (code === this.#close || code === this.#separator || code === ampersand) break;
    }
    return this.#text.slice(start, this.at);
  }

  #quotedPart(quote: number): string {
    const text = this.#text;
    let value = '';
    let from = this.at + 1;
    for (;;) {
      const end = text.indexOf(String.fromCharCode(quote), from);
      if (end < 0) throw unclosed(quote === doubleQuote ? '"' : "'", text);
      let backslashes = 0;
      while (end - backslashes > from && text.charCodeAt(end - backslashes - 1) === backslash) backslashes++;
      value += text.slice(from, end - Math.ceil(backslashes / 2));
      from = end + 1;
      if (backslashes % 2 === 1) value += text[end];
      else if (text.charCodeAt(from) === quote) {
        value += text[end];
        from++;
      } else break;
    }
    this.at = from;
    this.skipSpaces();
    return value;
  }
}
