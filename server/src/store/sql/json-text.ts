// A concatenation of JSON text in the making: constant texts and what the database prints between them.
import { literal } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { sql, type Sql } from './sql.ts';

/** Pieces of a concatenation; neighbouring texts become one literal. */
export class JsonText {
  readonly dialect: SqlDialect;
  readonly #parts: Sql[] = [];
  #text = '';

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
  }

  text(text: string): void {
    this.#text += text;
  }

  piece(piece: Sql): void {
    this.#flush();
    this.#parts.push(piece);
  }

  /** `name` and the value when `present` is not null, else nothing; always both when there is nothing to test. */
  optional(name: string, present: Sql | undefined, value: Sql): void {
    if (present === undefined) {
      this.text(name);
      this.piece(value);
    } else {
      this.piece(sql`CASE WHEN ${present} IS NULL THEN '' ELSE ${this.dialect.concat([literal(name), value])} END`);
    }
  }

  concat(): Sql {
    this.#flush();
    return this.dialect.concat(this.#parts);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#parts.push(literal(this.#text));
    this.#text = '';
  }
}
