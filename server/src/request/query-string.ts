// Splits the query string into parameters: quotes beat `&` (spec 01 § 3.2). A standard form parser breaks on what real
// clients send, such as $filter="a > 1 && b > 2".
import type { Params } from './api-request.ts';
import { unclosed } from './malformed.ts';
import { findParam, keepsDoubleAmpersand, longestName, params } from './params.ts';
import type { ParamName } from './params.ts';
import { decodePercent, percentByte } from './percent.ts';

const ampersand = 38;
const equals = 61;
const percent = 37;

/** The raw and the encoded form of each quote. */
const quoteForms = { '"': ['"', '%22'], "'": ["'", '%27'] } as const;
type Quote = keyof typeof quoteForms;

class QueryParams implements Params {
  readonly #values: ReadonlyMap<ParamName, string>;
  /** Only names given more than once. */
  readonly #counts: ReadonlyMap<ParamName, number> | undefined;

  constructor(values: ReadonlyMap<ParamName, string>, counts?: ReadonlyMap<ParamName, number>) {
    this.#values = values;
    this.#counts = counts;
  }

  get(name: ParamName): string | undefined {
    return this.#values.get(name);
  }

  has(name: ParamName): boolean {
    return this.#values.has(name);
  }

  count(name: ParamName): number {
    return this.#counts?.get(name) ?? (this.#values.has(name) ? 1 : 0);
  }

  flag(name: ParamName): boolean {
    const value = this.#values.get(name);
    return value !== undefined && (value === 'true' || value === '1' || value.trim().toLowerCase() === 'true');
  }
}

const noParams: Params = new QueryParams(new Map());

/**
 * The known parameters of a query string, given without its `?` and not decoded. Unknown names are ignored, the last of
 * a repeated name wins.
 * @throws KeystampError 1808 or 1809 then 1806 for a quote that does not close, 1806 for a broken percent sequence
 */
export function parseQuery(query: string): Params {
  if (query.length === 0) return noParams;
  const values = new Map<ParamName, string>();
  let counts: Map<ParamName, number> | undefined;
  const plusIsSpace = !query.includes('+') ? false : !query.includes('%20') && !query.includes(' ');
  for (let at = 0; at < query.length;) {
    if (query.charCodeAt(at) === ampersand) {
      at++;
      continue;
    }
    const nameEnd = endOfName(query, at, query.length);
    const name = findParam(decodePercent(query.slice(at, nameEnd)));
    let value: string;
    if (query.charCodeAt(nameEnd) !== equals) {
      value = name !== undefined && params[name].kind === 'flag' ? 'true' : '';
      at = nameEnd;
    } else {
      let start = nameEnd + 1;
      let end: number;
      const quote = quoteAt(query, start);
      if (quote === undefined) {
        end = endOfBareValue(query, start, keepsDoubleAmpersand(name));
        at = end;
      } else {
        const encoded = query.charCodeAt(start) === percent;
        start += encoded ? 3 : 1;
        end = closingQuote(query, start, quote, encoded);
        if (end < 0) throw unclosed(quote, query.slice(at, nameEnd));
        at = end + (query.charCodeAt(end) === percent ? 3 : 1);
        if (query.charCodeAt(at) !== ampersand) at = query.length;
      }
      if (name === undefined) continue;
      value = query.slice(start, end);
      value = decodePercent(plusIsSpace ? value.replaceAll('+', ' ') : value);
    }
    if (name === undefined) continue;
    if (values.has(name)) (counts ??= new Map()).set(name, (counts.get(name) ?? 1) + 1);
    values.set(name, value);
  }
  const limit = values.get('limit');
  if (limit !== undefined && (isNumber(limit) || !values.has('top'))) values.set('top', limit);
  return new QueryParams(values, counts);
}

/** `$limit` wins over `$top`, but a limit that is no number counts as absent (spec 05 § 2). */
const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** Where the name that starts at `at` ends: at `=`, `&` or `limit`. */
function endOfName(query: string, at: number, limit: number): number {
  for (let i = at; i < limit; i++) {
    const code = query.charCodeAt(i);
    if (code === equals || code === ampersand) return i;
  }
  return limit;
}

/** The quote, raw or encoded, that stands at `at`. */
function quoteAt(query: string, at: number): Quote | undefined {
  let code = query.charCodeAt(at);
  if (code === percent) code = percentByte(query, at);
  return code === 34 ? '"' : code === 39 ? "'" : undefined;
}

/** Where a value without quotes around it ends: the next `&` outside a balanced pair of quotes (step 4). */
function endOfBareValue(query: string, start: number, doubleAmpersand: boolean): number {
  let i = start;
  while (i < query.length) {
    const code = query.charCodeAt(i);
    if (code === ampersand) {
      if (!doubleAmpersand || query.charCodeAt(i + 1) !== ampersand) return i;
      i += 2;
      continue;
    }
    const quote = code === percent || code === 34 || code === 39 ? quoteAt(query, i) : undefined;
    const width = quote !== undefined && code === percent ? 3 : 1;
    i += width;
    if (quote === undefined || followsWord(query, i - width, start)) continue;
    const [raw, encoded] = quoteForms[quote];
    const close = nearest(query.indexOf(raw, i), query.indexOf(encoded, i));
    if (close >= 0) i = close + (query.charCodeAt(close) === percent ? 3 : 1);
  }
  return query.length;
}

const nearest = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b));

/** Whether the quote at `at` comes right after a letter or digit: the apostrophe of O'Reilly opens nothing. */
function followsWord(query: string, at: number, start: number): boolean {
  if (at === start) return false;
  const encoded = at - 3 >= start && query.charCodeAt(at - 3) === percent ? percentByte(query, at - 3) : -1;
  const code = encoded >= 0 ? encoded : query.charCodeAt(at - 1);
  return code >= 128 || (code >= 48 && code <= 57) || ((code & ~32) >= 65 && (code & ~32) <= 90);
}

/** Where the quote that ends the value stands; -1 when there is none (steps 2 and 3). */
function closingQuote(query: string, from: number, quote: Quote, encoded: boolean): number {
  const [raw, percentForm] = quoteForms[quote];
  const same = encoded ? percentForm : raw;
  const other = encoded ? raw : percentForm;
  const close = firstQuote(query, from, same, endsValue);
  if (close >= 0) return close;
  const mixed = firstQuote(query, from, other, endsValue);
  if (mixed >= 0) return mixed;
  return nearest(firstQuote(query, from, same, precedesName), firstQuote(query, from, other, precedesName));
}

type Test = (query: string, at: number) => boolean;

function firstQuote(query: string, from: number, form: string, test: Test): number {
  let at = query.indexOf(form, from);
  while (at >= 0 && !test(query, at + form.length)) at = query.indexOf(form, at + form.length);
  return at;
}

/** The end of the query (a `/` or trailing `&` may stand there), or `&` and a known name. */
function endsValue(query: string, at: number): boolean {
  if (at === query.length) return true;
  const code = query.charCodeAt(at);
  if (code === 47) return at + 1 === query.length;
  if (code !== ampersand) return false;
  const name = at + 1;
  const nameEnd = endOfName(query, name, Math.min(query.length, name + 3 * longestName + 1));
  if (nameEnd > name) return knownName(query.slice(name, nameEnd));
  let end = name;
  while (query.charCodeAt(end) === ampersand) end++;
  return end === query.length;
}

function knownName(text: string): boolean {
  try {
    return findParam(decodePercent(text)) !== undefined;
  } catch {
    return false;
  }
}

/** One or more `&`, any name, and `=`: cache busters and doubled separators. */
function precedesName(query: string, at: number): boolean {
  let name = at;
  while (query.charCodeAt(name) === ampersand) name++;
  if (name === at) return false;
  for (let i = name; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code === equals) return i > name;
    if (code <= 32 || code === ampersand || code === 34 || code === 39) return false;
  }
  return false;
}
