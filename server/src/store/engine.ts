// What a database must offer. Statements are built in store/sql/ from a dialect; an engine only runs them.
import type { Value } from '../model/model.ts';
import type { SqlDialect } from './sql/dialect.ts';
import type { Sql } from './sql/sql.ts';

/** One row of an answer, by column name. */
export type Row = Readonly<Record<string, Value>>;

/** Runs statements, alone or inside a transaction. */
export interface Executor {
  /** All rows of a statement. */
  rows(statement: Sql): Promise<readonly Row[]>;
  /** The first row, if there is one. */
  row(statement: Sql): Promise<Row | undefined>;
}

/** An open write transaction. */
export interface Transaction extends Executor {
  /** Runs a statement that changes rows; the number of rows it changed. */
  run(statement: Sql): Promise<number>;
  /**
   * Runs `work` so that it can fail alone: when it throws, what it did is undone and the error is passed on.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/** A unique constraint of the database refused a write. */
export class DuplicateError extends Error {
  /** `Table.column` as the database names it. */
  readonly where: string;

  constructor(where: string, cause: unknown) {
    super(`Duplicate value for ${where}`, { cause });
    this.name = 'DuplicateError';
    this.where = where;
  }
}

export interface Engine extends Executor {
  readonly dialect: SqlDialect;
  /**
   * Runs `work` in a write transaction; the promise settles after the commit is on disk. Several units that arrive
   * together may share one commit; a unit that throws is undone alone.
   */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Reads after this call see everything that was committed before it, by any process. */
  refresh(): void;
  /** Waits for the writes under way and closes the database. */
  close(): Promise<void>;
}
