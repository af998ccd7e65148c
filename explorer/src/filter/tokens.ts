// A filter as it is being typed: its words, what each is, and what may come next. Reads what is unfinished or wrong too;
// the server has the last word.

type TokenKind = 'path' | 'operator' | 'value' | 'conjunction' | 'not' | 'bracket';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What the grammar wants next. */
type Expected = 'attribute' | 'operator' | 'value' | 'conjunction';

const symbols = /^(?:===|!==|==|!=|<=|>=|%%|=|#|<|>|%)/;
const wordOperators = /^(?:not\s+like|is\s+not|like|begin|in|is)(?=[\s('"[:]|$)/i;
const conjunctions = /^(?:and|or|except)(?=[\s(]|$)/i;
const negation = /^not(?=[\s(]|$)/i;

/** The tokens of a filter. */
export function tokenize(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  let expected: Expected = 'attribute';
  let at = 0;
  const push = (kind: TokenKind, length: number): void => {
    tokens.push({ kind, text: filter.slice(at, at + length), start: at, end: at + length });
    expected = after(kind, expected, filter[at] ?? '');
    at += length;
  };
  while (at < filter.length) {
    const rest = filter.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) at += space[0].length;
    else if (rest[0] === '(' || rest[0] === ')') push('bracket', 1);
    else if (expected === 'attribute' && negation.test(rest)) push('not', 3);
    else if (expected === 'attribute') push('path', /^[^\s()=!<>#%'"]+/.exec(rest)?.[0].length ?? 1);
    else if (expected === 'operator') push('operator', operatorLength(rest));
    else if (expected === 'value') push('value', valueLength(rest));
    else push('conjunction', (conjunctions.exec(rest) ?? /^\S+/.exec(rest))?.[0].length ?? 1);
  }
  return tokens;
}

const operatorLength = (rest: string): number =>
  (symbols.exec(rest) ?? wordOperators.exec(rest) ?? /^[^\s'"(]+/.exec(rest))?.[0].length ?? 1;

/** A quoted text, a list, or bare words up to the next conjunction or bracket. */
function valueLength(rest: string): number {
  const quote = rest[0];
  if (quote === "'" || quote === '"') {
    const end = rest.indexOf(quote, 1);
    return end < 0 ? rest.length : end + 1;
  }
  if (quote === '[') {
    const end = rest.indexOf(']');
    return end < 0 ? rest.length : end + 1;
  }
  return (/^[^)]*?(?=\s+(?:and|or|except)(?=[\s(])|\s*\)|\s*$)/i.exec(rest)?.[0].length ?? rest.length) || 1;
}

function after(kind: TokenKind, expected: Expected, character: string): Expected {
  switch (kind) {
    case 'path':
      return 'operator';
    case 'operator':
      return 'value';
    case 'value':
      return 'conjunction';
    case 'conjunction':
    case 'not':
      return 'attribute';
    case 'bracket':
      return character === ')' ? 'conjunction' : expected === 'value' ? 'value' : 'attribute';
    default:
      return kind satisfies never;
  }
}

/** What stands at the caret: the part of a word before it, and what it is to become. */
export interface Caret {
  readonly expected: Expected;
  /** The tokens before the one that is being typed. */
  readonly before: readonly Token[];
  /** What is typed of it. */
  readonly typed: string;
  /** Where it begins. */
  readonly start: number;
}

/** A word behind a bare value may be a conjunction that is only begun: `fee > 2 o`. */
function withoutBareEnd(tokens: readonly Token[]): readonly Token[] {
  const last = tokens.at(-1);
  const parts = last?.kind === 'value' ? /^([^'"[\s].*?\s+)([a-z]+)$/is.exec(last.text) : null;
  if (!last || !parts) return tokens;
  const [, value = '', word = ''] = parts;
  const start = last.start + value.length;
  return [
    ...tokens.slice(0, -1),
    { ...last, text: value.trimEnd(), end: last.start + value.trimEnd().length },
    { kind: 'conjunction', text: word, start, end: last.end },
  ];
}

export function caretIn(filter: string, position: number): Caret {
  const tokens = withoutBareEnd(tokenize(filter.slice(0, position)));
  const last = tokens.at(-1);
  // A word that ends at the caret is still being typed; a bracket or a closed text is finished.
  const typing =
    last !== undefined &&
    last.end === position &&
    last.kind !== 'bracket' &&
    !/^(['"]).*\1$/s.test(last.text) &&
    !symbols.test(last.text);
  const before = typing ? tokens.slice(0, -1) : tokens;
  let expected: Expected = 'attribute';
  for (const { kind, text } of before) expected = after(kind, expected, text);
  return { expected, before, typed: typing ? last.text : '', start: typing ? last.start : position };
}
