// One connection: statements go out one after the other without waiting, and are prepared once.
import type { Client, QueryConfig, QueryResult } from 'pg';
import type { Row } from '../engine.ts';
import type { Sql } from '../sql/sql.ts';
import type { Bound, Statements } from './statement.ts';
import { types } from './values.ts';
import type { RowQuery } from './wire.ts';

export interface Answer {
  readonly rows: readonly Row[];
  /** Rows that were changed. */
  readonly count: number;
  /** The first word of what was done. */
  readonly command: string;
}

/** What the driver keeps of prepared statements. */
interface DriverConnection {
  readonly parsedStatements: Record<string, string | undefined>;
}

export class Connection {
  readonly client: Client;
  readonly #statements: Statements;
  readonly #RowQuery: RowQuery;

  /** @param client connected, and pipelined */
  constructor(client: Client, statements: Statements, RowQuery: RowQuery) {
    this.client = client;
    this.#statements = statements;
    this.#RowQuery = RowQuery;
  }

  do(statement: Sql): Promise<Answer> {
    return this.send(this.#statements.bind(statement));
  }

  /** @param remembered whether the database should remember how it runs this statement */
  send({ statement: { text, name, longNames }, values, reader }: Bound, remembered = true): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const prepared = remembered && name !== undefined ? { name } : {};
      if (reader) {
        const query = new this.#RowQuery({ ...prepared, text, values: values as unknown[] }, reader);
        const done = (error: Error | null, result: QueryResult): void => {
          if (error) return reject(error);
          resolve({ rows: query.sink.end(), count: result.rowCount ?? 0, command: result.command });
        };
        this.client.query(query as unknown as QueryConfig, done);
        return;
      }
      const query = { ...prepared, text, values: values as unknown[], types };
      this.client.query(query, (error: Error | null, result: QueryResult<Row>) => {
        if (error) return reject(error);
        const { rows, rowCount, command } = result;
        resolve({ rows: longNames ? rows.map((row) => renamed(row, longNames)) : rows, count: rowCount ?? 0, command });
      });
    });
  }

  /** The first column of all rows. */
  column({ statement: { text }, values }: Bound): Promise<readonly Row[string][]> {
    return new Promise((resolve, reject) => {
      const query = { text, values: values as unknown[], types, rowMode: 'array' as const };
      this.client.query(query, (error: Error | null, result: QueryResult) => {
        if (error) return reject(error);
        resolve((result.rows as Row[string][][]).map((row) => row[0] as Row[string]));
      });
    });
  }

  /** A prepared statement of that name is not needed any more. */
  forget(name: string): void {
    const { parsedStatements } = (this.client as unknown as { readonly connection: DriverConnection }).connection;
    if (parsedStatements[name] === undefined) return;
    delete parsedStatements[name];
    // In a transaction that has failed it is refused, and stays; that costs nothing but its memory.
    this.client.query(`DEALLOCATE ${name}`).catch(() => {});
  }
}

function renamed(row: Row, longNames: ReadonlyMap<string, string>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [longNames.get(name) ?? name, value]));
}
