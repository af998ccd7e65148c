// Cuts the text of a filter into words, names, quoted texts and bare values. What may come next depends on the place in
// the grammar, so the parser asks for the token it expects. One pass, no token list.
import { fail } from '../errors.ts';
import type { Comparator } from './operators.ts';
import { comparatorOf, comparatorPattern } from './operators.ts';

export type Conjunction = 'and' | 'or' | 'except';

const conjunctions: Readonly<Record<string, Conjunction>> = {
  and: 'and',
  '&&': 'and',
  '&': 'and',
  or: 'or',
  '||': 'or',
  '|': 'or',
  except: 'except',
  '^': 'except',
};

const conjunctionPattern = /&&?|\|\|?|\^|(?:and|or|except)(?=[\s(!]|$)/iy;
const notPattern = /!(?!=)|not(?=[\s(!])/iy;
const orderPattern = /order\s+by(?=\s|$)/iy;
const formulaPattern = /(?:\$|eval\s*)\(/iy;
const bareEnd = /[&|^)]|\s(?:and|or|except)(?=[\s(]|$)|\sorder\s+by(?=\s|$)/gi;
const bareItemEnd = /[,\]]/g;
const namePattern = /[^\s\0=!<>#%&|^.{}[\]()'",:]+/y;
const placeholderPattern = /:(\$?[\w$]+(?:\.[\w$]+)*)/y;
const spacePattern = /\s*/y;
// A quote closes only before one of these, so that 'O'Connor' is one literal.
const afterQuote = /[\s&|^,\])]/;

/** Where the lexer stands in one filter. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** A short piece of what comes next, for messages. */
  get rest(): string {
    return this.text.slice(this.at, this.at + 40);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /** Skips white space. */
  space(): this {
    this.#match(spacePattern);
    return this;
  }

  /** Consumes this one character if it comes next. */
  take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  conjunction(): Conjunction | undefined {
    const found = this.#match(conjunctionPattern);
    return found ? conjunctions[found[0].toLowerCase()] : undefined;
  }

  not(): boolean {
    return this.#match(notPattern) !== null;
  }

  orderBy(): boolean {
    return this.#match(orderPattern) !== null;
  }

  formula(): boolean {
    return this.#match(formulaPattern) !== null;
  }

  comparator(): Comparator | undefined {
    const found = this.#match(comparatorPattern);
    return found ? comparatorOf(found[0]) : undefined;
  }

  /** The name of one path step. */
  name(): string | undefined {
    return this.#match(namePattern)?.[0];
  }

  /** The name of a placeholder, without its colon. */
  placeholder(): string | undefined {
    return this.#match(placeholderPattern)?.[1];
  }

  /** A quoted text with its escapes decoded; `undefined` when no quote comes next. */
  quoted(): string | undefined {
    const quote = this.text[this.at];
    if (quote !== "'" && quote !== '"') return undefined;
    const start = this.at + 1;
    let escaped = false;
    for (let i = start; i < this.text.length; i++) {
      const character = this.text[i];
      if (character === '\\' && i + 1 < this.text.length && /['"\\]/.test(this.text[i + 1] as string)) {
        escaped = true;
        i++;
      } else if (character === '\\') escaped = true;
      else if (character === quote && (i + 1 === this.text.length || afterQuote.test(this.text[i + 1] as string))) {
        this.at = i + 1;
        const inner = this.text.slice(start, i);
        return escaped ? unescape(inner) : inner;
      }
    }
    throw fail(1162, `the text ${this.rest} has no closing quote`);
  }

  /** A bare value up to the next conjunction, `)`, `order by` or the end, trimmed. */
  bare(): string {
    const text = this.#upTo(bareEnd);
    // Values may hold spaces, so an unknown conjunction would vanish in a value: `a = 1 xor b = 2`.
    const gap = text.search(/\s/);
    if (/^[=<>]/.test(text) || (gap > 0 && /[=<>]/.test(text.slice(gap)))) throw fail(1112, text.slice(0, 40));
    return text;
  }

  /** A bare item of a list, up to `,` or `]`, trimmed. */
  bareItem(): string {
    return this.#upTo(bareItemEnd);
  }

  #upTo(end: RegExp): string {
    end.lastIndex = this.at;
    const stop = end.exec(this.text)?.index ?? this.text.length;
    const text = this.text.slice(this.at, stop).trim();
    this.at = stop;
    return text;
  }
}

const unescape = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(['"\\]))/g, (_all, hex: string | undefined, character: string) =>
    hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16)),
  );
