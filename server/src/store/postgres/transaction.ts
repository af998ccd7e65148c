// A write transaction on one connection. What is sent needs no answer before the next statement goes, so beginning,
// savepoints and row locks cost no time on the way.
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { DuplicateError, type Row, type Transaction } from '../engine.ts';
import { literal } from '../sql/columns.ts';
import { ident, raw, sql, type Sql } from '../sql/sql.ts';
import type { Answer, Connection } from './connection.ts';
import { isDuplicate, isRefusal, translate } from './errors.ts';
import { sequenceOf } from './schema.ts';
import { storedName } from './statement.ts';

/** Connections write in transactions alone, see `settingsOf`. */
const begin = raw('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
const commit = raw('COMMIT');
const rollback = raw('ROLLBACK');

export class PostgresTransaction implements Transaction {
  readonly #connection: Connection;
  readonly #columnsOf: (index: string) => Promise<string>;
  /** What made the transaction fail, until a savepoint undoes it. */
  #failure: { readonly error: unknown } | undefined;
  #depth = 0;
  /** From here on nobody knows whether it happened until the answer comes. */
  committing = false;

  /** @param columnsOf the columns of a unique index, as `Table.column` */
  constructor(connection: Connection, columnsOf: (index: string) => Promise<string>) {
    this.#connection = connection;
    this.#columnsOf = columnsOf;
    this.#send(begin);
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return (await this.#do(statement)).rows;
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return (await this.#do(statement)).rows[0];
  }

  async run(statement: Sql): Promise<number> {
    return (await this.#do(statement)).count;
  }

  async lock(statement: Sql): Promise<void> {
    this.#send(sql`${statement} FOR UPDATE`);
  }

  async keyGiven(dataClass: DataClassDef, key: Key): Promise<void> {
    const attribute = dataClass.key[0] as StorageDef;
    const value = key[0] as number;
    // The numbers of another program's table are its own.
    const foreign = dataClass.shared || dataClass.stamps === 'side';
    if (!attribute.autosequence || foreign || !(value > 0)) return;
    const sequence = ident(storedName(sequenceOf(attribute)));
    // Never lower than it is; numbers below may have been given to others.
    this.#send(
      sql`SELECT setval(CAST(${literal(sequence.text)} AS regclass), ${value}) FROM ${sequence} WHERE last_value < ${value} OR NOT is_called`,
    );
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const name = raw(`unit_${this.#depth++}`);
    this.#send(sql`SAVEPOINT ${name}`);
    try {
      const result = await work();
      this.#send(sql`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      try {
        await this.#connection.do(sql`ROLLBACK TO SAVEPOINT ${name}`);
      } catch (failure) {
        throw this.#failed(failure);
      }
      this.#send(sql`RELEASE SAVEPOINT ${name}`);
      this.#failure = undefined;
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** Settles when what was done is on disk. */
  async commit(): Promise<void> {
    this.committing = true;
    const { command } = await this.#connection.do(commit);
    // A transaction that has failed is undone, and nothing tells but this word.
    if (command !== 'COMMIT') throw this.#failure?.error ?? new Error('The transaction was undone');
  }

  async rollback(): Promise<void> {
    await this.#connection.do(rollback);
  }

  async #do(statement: Sql): Promise<Answer> {
    try {
      return await this.#connection.do(statement);
    } catch (error) {
      const failure = this.#failed(error);
      if (isDuplicate(failure)) throw new DuplicateError(await this.#columnsOf(failure.constraint ?? ''), failure);
      // Others are for the engine: it may begin the unit again.
      throw isRefusal(failure) ? translate(failure) : failure;
    }
  }

  /** Goes its way; if it fails, so does the next statement. */
  #send(statement: Sql): void {
    this.#connection.do(statement).catch((error: unknown) => this.#failed(error));
  }

  /** What comes after the first failure is its consequence. */
  #failed(error: unknown): unknown {
    return (this.#failure ??= { error }).error;
  }
}
