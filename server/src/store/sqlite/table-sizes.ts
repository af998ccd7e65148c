// Which tables are large: counted up to a limit, and counted again now and then.
import type Database from 'better-sqlite3';
import { ident } from '../sql/sql.ts';

/** Looking at so many rows takes a few milliseconds. */
export const smallTableRows = 20_000;
/** Tables of the program itself are only read by their keys and indexes. */
const ownTables = /^keystamp_(?!view_)/;

export class TableSizes {
  readonly #database: Database.Database;
  readonly #large = new Map<string, boolean>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Whether the table had more than `smallTableRows` rows when it was last counted. */
  readonly isLarge = (table: string): boolean => {
    if (ownTables.test(table)) return false;
    let large = this.#large.get(table);
    if (large === undefined) this.#large.set(table, (large = this.#count(table)));
    return large;
  };

  /** Counts the known tables again; true when one has grown over the limit or shrunk below it. */
  recount(): boolean {
    let changed = false;
    for (const [table, was] of this.#large) {
      const large = this.#count(table);
      if (large === was) continue;
      this.#large.set(table, large);
      changed = true;
    }
    return changed;
  }

  #count(table: string): boolean {
    const counted = this.#database
      .prepare<[], { n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM ${ident(table).text} LIMIT ${smallTableRows + 1})`,
      )
      .get();
    return (counted?.n ?? 0) > smallTableRows;
  }
}
