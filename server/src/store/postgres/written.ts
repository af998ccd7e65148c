// JSON text in two forms at once: the SQL that makes the database write it, and what this program writes it from when it
// fetches the values alone. Where a page of entities is read, the database has better things to do than to write.
import { Sql } from '../sql/sql.ts';
import type { WriterName } from './writers.ts';

/** A piece of JSON text as this program writes it; a text stands for itself. */
export type Piece = string | FieldPiece | ChoicePiece;

/** A value of the row. */
export interface FieldPiece {
  readonly kind: 'field';
  readonly held: Sql;
  readonly writer: WriterName;
  readonly whenNull: 'null' | '';
}

/** The pieces where `held` is not null, `otherwise` where it is. */
export interface ChoicePiece {
  readonly kind: 'choice';
  readonly held: Sql;
  readonly pieces: readonly Piece[];
  readonly otherwise: string;
}

/** As part of any other SQL it is what the database writes. */
export class Written extends Sql {
  readonly pieces: readonly Piece[];

  constructor({ text, params }: Sql, pieces: readonly Piece[]) {
    super(text, params);
    this.pieces = pieces;
  }
}

/** A value that both write in the same way: `byDatabase` is its SQL. */
export const field = (byDatabase: Sql, held: Sql, writer: WriterName, whenNull: 'null' | '' = 'null'): Written =>
  new Written(byDatabase, [{ kind: 'field', held, writer, whenNull }]);

const constant = /^'((?:[^']|'')*)'$/;

/** What this program writes for a part of a concatenation; what it knows nothing of is text that the database makes. */
export function piecesOf(part: Sql): readonly Piece[] {
  if (part instanceof Written) return part.pieces;
  const { text, params } = part;
  const [only] = params;
  if (text === '?' && typeof only === 'string') return [only];
  const quoted = params.length === 0 ? constant.exec(text)?.[1] : undefined;
  if (quoted !== undefined) return [quoted.replaceAll("''", "'")];
  return [{ kind: 'field', held: part, writer: 'asItIs', whenNull: '' }];
}
