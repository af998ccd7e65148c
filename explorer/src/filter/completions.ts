// What may stand at the caret of a filter.
import {
  attributeAt,
  type Attribute,
  type Catalog,
  dataClassOf,
  type DataClass,
  type ValueKind,
} from '../api/catalog.ts';
import { tokenize, type Caret, type Token } from './tokens.ts';
import { plain } from './use-values.ts';

export interface Completion {
  /** As it is listed. */
  readonly label: string;
  readonly detail: string;
  /** The whole filter with it, and where the caret goes. */
  readonly filter: string;
  readonly position: number;
  /** The list opens again: a relation is followed by an attribute. */
  readonly more: boolean;
}

const compared = ['=', '!=', '<', '<=', '>', '>='] as const;

const operatorsOf: Readonly<Record<ValueKind, readonly string[]>> = {
  text: ['=', '!=', 'begin', '%', 'in', '<', '>'],
  uuid: ['=', '!=', 'begin', 'in'],
  bool: ['=', '!='],
  number: [...compared, 'in'],
  duration: [...compared, 'in'],
  date: [...compared, 'in'],
  object: ['= null', '!= null'],
  image: ['= null', '!= null'],
  blob: ['= null', '!= null'],
  relatedEntity: ['=', '= null', '!= null'],
  relatedEntities: ['= null', '!= null'],
};

const meanings: Readonly<Record<string, string>> = {
  '=': 'equal; @ stands for any characters',
  '!=': 'different, not null',
  '<': 'less',
  '<=': 'less or equal',
  '>': 'greater',
  '>=': 'greater or equal',
  begin: 'begins with',
  '%': 'holds the word',
  in: 'one of a list',
  '= null': 'has none',
  '!= null': 'has one',
};

/**
 * @param position of the caret
 * @param known values that the attribute before the caret has
 */
export function completions(
  filter: string,
  position: number,
  caret: Caret,
  catalog: Catalog,
  dataClass: DataClass,
  known: readonly string[],
): readonly Completion[] {
  const put = (label: string, detail: string, text: string, more = true): Completion => {
    const head = filter.slice(0, caret.start) + text;
    return {
      label,
      detail,
      filter: head + filter.slice(position).replace(text.endsWith(' ') ? /^\s+/ : /^/, ''),
      position: head.length,
      more,
    };
  };
  const typed = caret.typed.toLowerCase();
  switch (caret.expected) {
    case 'attribute':
      return attributes(caret.typed, catalog, dataClass).map(({ path, attribute }) =>
        put(path, describe(attribute), attribute.target !== undefined ? `${path}.` : `${path} `),
      );
    case 'operator': {
      const attribute = attributeOf(caret, catalog, dataClass);
      return (attribute ? operatorsOf[attribute.value] : [...compared, 'begin', '%', 'in'])
        .filter((operator) => operator.startsWith(typed))
        .map((operator) => put(operator, meanings[operator] ?? '', `${operator} `));
    }
    case 'value':
      return [...known, ...values(attributeOf(caret, catalog, dataClass), caret)]
        .filter((value) => folded(value).startsWith(folded(typed)))
        .map((value) => put(value, '', `${value} `));
    case 'conjunction':
      return ['and', 'or', 'except']
        .filter((word) => word.startsWith(typed))
        .map((word) => conjunction(filter, position, caret, word));
    default:
      return caret.expected satisfies never;
  }
}

/** As texts are compared: without their quote, case and accents. */
const folded = (text: string): string => plain(text).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Attributes whose path begins with what is typed; those that hold it elsewhere come behind. */
function attributes(
  typed: string,
  catalog: Catalog,
  from: DataClass,
): readonly { readonly path: string; readonly attribute: Attribute }[] {
  const dot = typed.lastIndexOf('.');
  const above = typed.slice(0, dot + 1);
  const reached = dot < 0 ? from : targetOf(attributeAt(catalog, from, typed.slice(0, dot)), catalog);
  const start = typed.slice(dot + 1).toLowerCase();
  // What begins so before what only holds it, short names first.
  const place = ({ name }: Attribute): number => name.length + (name.toLowerCase().startsWith(start) ? 0 : 1000);
  const found = (reached?.attributes ?? []).filter(({ name }) => name.toLowerCase().includes(start));
  return found
    .toSorted((a, b) => (start === '' ? 0 : place(a) - place(b)))
    .map((attribute) => ({ path: above + attribute.name, attribute }));
}

const targetOf = (attribute: Attribute | undefined, catalog: Catalog): DataClass | undefined =>
  attribute?.target === undefined ? undefined : dataClassOf(catalog, attribute.target);

export function describe({ type, value, target }: Attribute): string {
  if (value === 'relatedEntity') return `one ${target}`;
  if (value === 'relatedEntities') return `many ${target}`;
  return type;
}

/** The attribute that is compared at the caret. */
function attributeOf({ before }: Caret, catalog: Catalog, dataClass: DataClass): Attribute | undefined {
  const path = before.findLast(({ kind }) => kind === 'path')?.text;
  return path === undefined ? undefined : attributeAt(catalog, dataClass, path.replace(/\{\d+\}|\[\w*\]/g, ''));
}

function values(attribute: Attribute | undefined, { before }: Caret): readonly string[] {
  const operator = before.at(-1)?.text.toLowerCase() ?? '';
  const nullable = ['=', '!=', '==', '#', 'is', 'is not'].includes(operator) ? ['null'] : [];
  return attribute?.value === 'bool' ? ['true', 'false', ...nullable] : nullable;
}

/**
 * Chains are read from left to right, so where a different conjunction stands already in the same brackets, what is there
 * gets brackets of its own.
 */
function conjunction(filter: string, position: number, { before, start }: Caret, word: string): Completion {
  const group = openGroup(before);
  const first = group[0]?.start ?? start;
  const mixed = group.some(({ kind, text }) => kind === 'conjunction' && text.toLowerCase() !== word);
  const left = filter.slice(first, start).trimEnd();
  const head = `${filter.slice(0, first)}${mixed ? `(${left})` : left} ${word} `;
  return {
    label: word,
    detail: mixed ? 'with brackets around what stands before' : '',
    filter: head + filter.slice(position).trimStart(),
    position: head.length,
    more: true,
  };
}

/** The tokens since the bracket that is still open, those of closed brackets left out. */
function openGroup(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  const group: Token[] = [];
  for (const token of tokens.toReversed()) {
    if (token.text === ')') depth++;
    else if (token.text === '(' && depth-- === 0) break;
    if (depth === 0) group.unshift(token);
  }
  return group;
}

/** True when a filter mixes conjunctions without brackets: it may mean something else than it seems to. */
export function isMixed(filter: string): boolean {
  const words: (string | undefined)[] = [undefined];
  for (const { kind, text } of tokenize(filter)) {
    if (text === '(') words.push(undefined);
    else if (text === ')') words.pop();
    else if (kind === 'conjunction') {
      const held = words.at(-1);
      if (held !== undefined && held !== text.toLowerCase()) return true;
      words[words.length - 1] = text.toLowerCase();
    }
  }
  return false;
}
