// Transactions on the connection that writes: one that is carried out in one go, and one that code keeps open.
import type { Value } from '../../model/model.ts';
import type { Executor, Row, Transaction } from '../engine.ts';
import type { Sql } from '../sql/sql.ts';
import { bindable } from './bind.ts';
import type { Connection, Prepared } from './connection.ts';
import { translate } from './errors.ts';

export class SqliteTransaction implements Transaction {
  readonly #connection: Connection;
  /** The tables written since it was last emptied, see `tableWritten`. */
  readonly written = new Set<string>();
  #depth = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return this.#do((statement, params) => statement.all(...params), statement);
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return this.#do((statement, params) => statement.get(...params), statement);
  }

  async run(statement: Sql): Promise<number> {
    return this.#do((statement, params) => statement.run(...params).changes, statement);
  }

  /** Nobody else writes. */
  async lock(): Promise<void> {}

  /** AUTOINCREMENT notices by itself. */
  async keyGiven(): Promise<void> {}

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const name = `unit_${this.#depth++}`;
    this.#connection.prepared(`SAVEPOINT ${name}`).statement.run();
    try {
      const result = await work();
      this.#connection.prepared(`RELEASE ${name}`).statement.run();
      return result;
    } catch (error) {
      // A full disk ends the whole transaction by itself; then there is nothing left to go back to.
      if (this.#connection.database.inTransaction) {
        this.#connection.prepared(`ROLLBACK TO ${name}`).statement.run();
        this.#connection.prepared(`RELEASE ${name}`).statement.run();
      }
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Does the statement only read, and only tables that this transaction has not written? */
  readsUntouched({ text }: Sql): boolean {
    const { writes, reads } = this.#connection.prepared(text);
    return writes === '' && reads.size > 0 && !this.written.has('*') && this.written.isDisjointFrom(reads);
  }

  #do<T>(use: (statement: Prepared['statement'], params: Value[]) => T, { text, params }: Sql): T {
    try {
      const prepared = this.#connection.prepared(text);
      if (prepared.writes !== '') this.written.add(prepared.writes);
      return use(prepared.statement, bindable(params));
    } catch (error) {
      throw translate(error, this.#connection.database.name);
    }
  }
}

/**
 * A transaction that code of an author keeps open. While it is, nobody else writes, so a table that it has not written
 * is read as any reader does: long reads stay in the slow lane and hold up nothing.
 */
export class LastingTransaction implements Transaction {
  readonly #writer: SqliteTransaction;
  readonly #reader: Executor;

  constructor(writer: SqliteTransaction, reader: Executor) {
    this.#writer = writer;
    this.#reader = reader;
  }

  rows(statement: Sql): Promise<readonly Row[]> {
    return this.#for(statement).rows(statement);
  }

  row(statement: Sql): Promise<Row | undefined> {
    return this.#for(statement).row(statement);
  }

  run(statement: Sql): Promise<number> {
    return this.#writer.run(statement);
  }

  attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#writer.attempt(work);
  }

  async lock(): Promise<void> {}

  async keyGiven(): Promise<void> {}

  #for(statement: Sql): Executor {
    return this.#writer.readsUntouched(statement) ? this.#reader : this.#writer;
  }
}
