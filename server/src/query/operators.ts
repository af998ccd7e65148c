// The comparators of the query language: one row each, with every spelling and the types that take it (spec 04 § 2).
import type { StorageType } from '../model/model.ts';

/** Types that compare alike. */
export type FilterFamily = 'text' | 'uuid' | 'number' | 'bool' | 'date' | 'object' | 'image' | 'blob';

export const familyOf = {
  string: 'text',
  text: 'text',
  uuid: 'uuid',
  bool: 'bool',
  byte: 'number',
  word: 'number',
  long: 'number',
  long64: 'number',
  number: 'number',
  duration: 'number',
  date: 'date',
  object: 'object',
  image: 'image',
  blob: 'blob',
} as const satisfies Record<StorageType, FilterFamily>;

/** The order comparisons of values, as predicates carry them. */
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

interface OperatorRow {
  /** Upper case, single spaces; the first one is how `printFilter` writes it. */
  readonly spellings: readonly string[];
  /** What it asks of a value. */
  readonly meaning:
    | { readonly kind: 'compare'; readonly comparison: Comparison; readonly wildcard: boolean }
    | { readonly kind: 'in' }
    | { readonly kind: 'begin' }
    | { readonly kind: 'word' }
    | { readonly kind: 'regex' };
  /** Families that take it with a value other than null. */
  readonly families: readonly FilterFamily[];
  /** May be used with the literal `null`, on every type. */
  readonly takesNull: boolean;
}

const scalar: readonly FilterFamily[] = ['text', 'uuid', 'number', 'bool', 'date'];
const ordered: readonly FilterFamily[] = ['text', 'uuid', 'number', 'date'];

const compare = (
  comparison: Comparison,
  wildcard: boolean,
  families: readonly FilterFamily[],
  takesNull: boolean,
  spellings: readonly string[],
): OperatorRow => ({ spellings, meaning: { kind: 'compare', comparison, wildcard }, families, takesNull });

export const operators = {
  // `==` and EQEQ come first because `= NOT` and `=== NOT` are spellings of their own.
  like: compare('=', true, scalar, true, ['==', '=', 'LIKE', 'EQ']),
  equal: compare('=', false, scalar, true, ['EQEQ', '===', 'IS']),
  unlike: compare('!=', true, scalar, true, ['!=', '#', 'NOT LIKE', '= NOT']),
  different: compare('!=', false, scalar, true, ['!==', 'IS NOT', 'ISNOT', '##', 'NENE', '=== NOT']),
  less: compare('<', false, ordered, false, ['<', 'LT']),
  lessOrEqual: compare('<=', false, ordered, false, ['<=', 'LTE', 'LTEQ']),
  greater: compare('>', false, ordered, false, ['>', 'GT']),
  greaterOrEqual: compare('>=', false, ordered, false, ['>=', 'GTE', 'GTEQ']),
  in: { spellings: ['IN'], meaning: { kind: 'in' }, families: scalar, takesNull: false },
  begin: { spellings: ['BEGIN'], meaning: { kind: 'begin' }, families: ['text', 'uuid'], takesNull: false },
  word: { spellings: ['%', '%%'], meaning: { kind: 'word' }, families: ['text'], takesNull: false },
  regex: {
    spellings: ['=%', '%*', 'MATCHES', '!=%', '!%*'],
    meaning: { kind: 'regex' },
    families: [],
    takesNull: false,
  },
} as const satisfies Record<string, OperatorRow>;

export type Comparator = keyof typeof operators;

/** The row of a comparator, typed as a row. */
export const operatorOf = (comparator: Comparator): OperatorRow => operators[comparator];

const spellings = Object.values(operators).flatMap((row): readonly string[] => row.spellings);

const comparatorsBySpelling: ReadonlyMap<string, Comparator> = new Map(
  Object.entries(operators).flatMap(([name, row]) =>
    row.spellings.map((spelling): [string, Comparator] => [spelling.replace(' ', ''), name as Comparator]),
  ),
);

/** The comparator of a text that `comparatorPattern` found. */
export const comparatorOf = (found: string): Comparator | undefined =>
  comparatorsBySpelling.get(found.replace(/\s+/g, '').toUpperCase());

// Two words need white space between them, a symbol and a word do not.
const spellingPattern = (spelling: string): string =>
  spelling.replace(/[*]/g, '\\$&').replace(' ', '\\s*(?<!\\w)') + (/\w$/.test(spelling) ? '(?=[\\s\'":[]|$)' : '');

/** Sticky pattern of all spellings, longest first; a word must end before a space, a quote, `:`, `[` or the end. */
export const comparatorPattern: RegExp = new RegExp(
  [...spellings]
    .sort((a, b) => b.length - a.length)
    .map(spellingPattern)
    .join('|'),
  'iy',
);
