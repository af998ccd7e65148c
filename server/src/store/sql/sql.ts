// Pieces of SQL that carry their parameters with them. Text comes only from this program's templates and from names
// of the model; everything else interpolated becomes a parameter, so no user text can become SQL.
import type { Value } from '../../model/model.ts';

/** A piece of SQL text with `?` placeholders and their values in order. */
export class Sql {
  readonly text: string;
  readonly params: readonly Value[];

  constructor(text: string, params: readonly Value[]) {
    this.text = text;
    this.params = params;
  }
}

/** Template tag: an interpolated `Sql` is inlined, any other value becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | Value)[]): Sql {
  let text = strings[0] ?? '';
  const params: Value[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Sql | Value;
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
