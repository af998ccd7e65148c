// A connection that sees the data of one moment.
import type { Row, Snapshot } from '../engine.ts';
import type { Sql } from '../sql/sql.ts';
import { bindable } from './bind.ts';
import { Connection } from './connection.ts';

export class SnapshotReader implements Snapshot {
  readonly #connection: Connection;

  constructor(file: string) {
    this.#connection = new Connection(file, { readonly: true, sortIn: 'files' });
    // The moment is that of the first read.
    this.#connection.database.exec('BEGIN');
    this.#connection.prepared('SELECT count(*) AS n FROM sqlite_schema').statement.get();
  }

  async rows({ text, params }: Sql): Promise<readonly Row[]> {
    return this.#connection.prepared(text).statement.all(...bindable(params));
  }

  async row({ text, params }: Sql): Promise<Row | undefined> {
    return this.#connection.prepared(text).statement.get(...bindable(params));
  }

  async damages(): Promise<readonly string[]> {
    const lines = this.#connection.database.pragma('integrity_check') as { integrity_check: string }[];
    return lines.map((line) => line.integrity_check).filter((line) => line !== 'ok');
  }

  close(): void {
    this.#connection.database.close();
  }
}
