// A transaction that sees the data of one moment.
import type { Row, Snapshot } from '../engine.ts';
import { raw, type Sql } from '../sql/sql.ts';
import type { Connection } from './connection.ts';

const begin = raw('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
const end = raw('ROLLBACK');

export class SnapshotReader implements Snapshot {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @param connection used by nobody else meanwhile */
  static async run<T>(connection: Connection, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    await connection.do(begin);
    try {
      return await work(new SnapshotReader(connection));
    } finally {
      await connection.do(end);
    }
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return (await this.#connection.do(statement)).rows;
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return (await this.rows(statement))[0];
  }

  /** The server looks after its files; what is amiss there it tells by itself. */
  async damages(): Promise<readonly string[]> {
    return [];
  }
}
