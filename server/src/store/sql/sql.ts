// Pieces of SQL that carry their parameters with them. Text comes only from this program's templates and from names
// of the model; everything else interpolated becomes a parameter, so no user text can become SQL.
import type { Value } from '../../model/model.ts';
import type { KeyList } from '../../query/key-list.ts';
import type { RowReader } from './row-reader.ts';

/** What a placeholder stands for; an engine binds a list of keys the way its dialect asks for it. */
export type Param = Value | KeyList;

export const isKeyList = (param: Param): param is KeyList =>
  typeof param === 'object' && param !== null && !(param instanceof Uint8Array);

/** A piece of SQL text with `?` placeholders and their values in order. */
export class Sql {
  readonly text: string;
  readonly params: readonly Param[];
  /**
   * Rows that a statement visits at most, where it stops before the end of the table, as a page does. An entity that is
   * written as JSON counts as `entityWork` rows. Absent: nobody knows, only the plan can tell.
   */
  readonly work?: number;
  /** Reads its rows as they come over the wire. Absent: a row is an object of its columns. */
  readonly reader?: RowReader;
  /** The name of its only column, which holds bytes, perhaps many: an engine may fetch them in a way of their own. */
  readonly bytes?: string;

  constructor(
    text: string,
    params: readonly Param[],
    { work, reader, bytes }: Partial<Omit<Sql, 'text' | 'params'>> = {},
  ) {
    this.text = text;
    this.params = params;
    if (work !== undefined) this.work = work;
    if (reader !== undefined) this.reader = reader;
    if (bytes !== undefined) this.bytes = bytes;
  }

  /** The same statement, of which is known how many rows it visits. */
  visiting(work: number): Sql {
    return new Sql(this.text, this.params, { ...this, work });
  }
}

export const entityWork = 20;

/** Template tag: an interpolated `Sql` is inlined, any other value becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | Param)[]): Sql {
  let text = strings[0] ?? '';
  const params: Param[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Sql | Param;
    if (part instanceof Sql) {
      text += part.text;
      params.push(...part.params);
    } else {
      text += '?';
      params.push(part);
    }
    text += strings[i + 1] ?? '';
  }
  return new Sql(text, params);
}

/** Text written by this program; never call it with anything that came from outside. */
export const raw = (text: string): Sql => new Sql(text, []);

/** A name of the model as a quoted identifier. */
export const ident = (name: string): Sql => raw(`"${name.replaceAll('"', '""')}"`);

/** `alias.column`, both quoted. */
export const column = (alias: string, name: string): Sql => raw(`${ident(alias).text}.${ident(name).text}`);

/** The pieces one after the other with a separator between them. */
export function join(pieces: readonly Sql[], separator: string): Sql {
  return new Sql(
    pieces.map((piece) => piece.text).join(separator),
    pieces.flatMap((piece) => piece.params),
  );
}
