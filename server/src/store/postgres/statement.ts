// Statements the way PostgreSQL takes them: numbered parameters with their types, names of at most 63 bytes.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isKeyList, type Param, type Sql } from '../sql/sql.ts';
import type { RowReader } from '../sql/row-reader.ts';
import { bytesReader } from './bytes-reader.ts';
import type { Reach } from './reach.ts';
import { keysAsArray } from './array-text.ts';

/** A statement with the types of its parameters: the same for all values of these types. */
export interface PostgresStatement {
  readonly text: string;
  /** By which the database remembers it; one that never came before has none. */
  readonly name: string | undefined;
  /** The columns of the answer whose names had to be shortened: as they come → as they are asked for. */
  readonly longNames: ReadonlyMap<string, string> | undefined;
  /** How long it takes, once that is known, and until when that is believed. */
  reach?: { kind: Reach; readonly until: number };
}

/** A statement to send. */
export interface Bound {
  readonly statement: PostgresStatement;
  readonly values: readonly unknown[];
  readonly reader: RowReader | undefined;
}

const longestName = 63;
const keptStatements = 1000;
const quotedOrPlaceholder = /'(?:[^']|'')*'|"((?:[^"]|"")*)"|\?/g;

/**
 * A name as the database keeps it: cut off it could be the same as another one, so the end of a long one becomes a number.
 */
export function storedName(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${Buffer.from(name)
    .subarray(0, 50)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')}~${mark}`;
}

/** A text of this program cut at its placeholders. */
interface Template {
  readonly pieces: readonly string[];
  readonly longNames: ReadonlyMap<string, string> | undefined;
  readonly byTypes: Map<string, Known>;
}

interface Known extends PostgresStatement {
  name: string | undefined;
  uses: number;
}

function readTemplate(text: string): Template {
  const longNames = new Map<string, string>();
  const pieces = [''];
  let from = 0;
  const add = (more: string): void => void (pieces[pieces.length - 1] += more);
  for (const match of text.matchAll(quotedOrPlaceholder)) {
    add(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[0] === '?') pieces.push('');
    else if (match[1] === undefined || Buffer.byteLength(match[1]) <= longestName) add(match[0]);
    else {
      const name = match[1].replaceAll('""', '"');
      longNames.set(storedName(name), name);
      add(`"${storedName(name).replaceAll('"', '""')}"`);
    }
  }
  add(text.slice(from));
  return { pieces, longNames: longNames.size > 0 ? longNames : undefined, byTypes: new Map() };
}

const isInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

/** The type a value is sent as; none for null and lists, whose place says it. */
function typeOf(param: Param): string {
  switch (typeof param) {
    case 'string':
      return 'text';
    case 'number':
      return Number.isSafeInteger(param) ? 'bigint' : 'float8';
    case 'boolean':
      return 'bigint';
    case 'bigint':
      return isInt64(param) ? 'bigint' : 'numeric';
    default:
      return param === null || isKeyList(param) ? '' : 'bytea';
  }
}

/** Texts hold no U+0000 here; a filter that asks for one asks for what is nowhere. */
const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\u{10ffff}') : text);

function valueOf(param: Param): unknown {
  switch (typeof param) {
    case 'string':
      return storable(param);
    case 'boolean':
      return Number(param);
    case 'bigint':
      return String(param);
    default:
      return isKeyList(param) ? keysAsArray(param) : param;
  }
}

/** Numbers of rows stand in the text, so that plans that are kept know how many are wanted. */
const isLimit = (before: string, param: Param): boolean => before.endsWith(' LIMIT ') && Number.isSafeInteger(param);
const isNoOffset = (before: string, param: Param): boolean => before === ' OFFSET ' && param === 0;

export class Statements {
  readonly #templates = new LRUCache<string, Template>({ max: keptStatements });
  readonly #named: LRUCache<string, Known>;
  #count = 0;

  /** @param onForgotten told the names that will not be used again */
  constructor(onForgotten: (name: string) => void) {
    this.#named = new LRUCache({
      max: keptStatements,
      dispose: (statement, name) => {
        statement.name = undefined;
        onForgotten(name);
      },
    });
  }

  bind({ text, params, reader, bytes }: Sql): Bound {
    let template = this.#templates.get(text);
    if (!template) this.#templates.set(text, (template = readTemplate(text)));
    const values: unknown[] = [];
    let types = '';
    for (let i = 0; i < params.length; i++) {
      const param = params[i] as Param;
      const before = template.pieces[i] as string;
      if (isLimit(before, param)) types += `=${String(param)},`;
      else if (isNoOffset(before, param)) types += '-,';
      else {
        types += `${typeOf(param)},`;
        values.push(valueOf(param));
      }
    }
    let known = template.byTypes.get(types);
    if (!known) {
      known = { text: render(template, params), name: undefined, longNames: template.longNames, uses: 0 };
      if (template.byTypes.size > 100) template.byTypes.clear();
      template.byTypes.set(types, known);
    }
    if (known.name !== undefined) this.#named.get(known.name);
    else if (++known.uses > 1) {
      known.name = `keystamp_${++this.#count}`;
      this.#named.set(known.name, known);
    }
    return { statement: known, values, reader: bytes === undefined ? reader : bytesReader(bytes) };
  }
}

function render({ pieces }: Template, params: readonly Param[]): string {
  let text = pieces[0] as string;
  let number = 0;
  for (const [i, param] of params.entries()) {
    const before = pieces[i] as string;
    const behind = pieces[i + 1] as string;
    if (isLimit(before, param)) text += String(param);
    else if (isNoOffset(before, param)) text = text.slice(0, -before.length);
    else {
      const type = typeOf(param);
      text += type === '' ? `$${++number}` : `$${++number}::${type}`;
    }
    text += behind;
  }
  return text;
}
