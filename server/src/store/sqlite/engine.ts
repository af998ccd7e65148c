// SQLite: one connection for reads, one for writes, in the process itself. Reads of one turn of the event loop share
// one snapshot (half of a point read is taking the read lock); writes that arrive in one turn share one commit.
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { Value } from '../../model/model.ts';
import { DuplicateError, type Engine, type Row, type Transaction } from '../engine.ts';
import type { Sql } from '../sql/sql.ts';
import { sqliteDialect } from './dialect.ts';
import { registerFunctions } from './functions.ts';
import { hideParameters } from './hidden-parameters.ts';

/** How long a process waits for another one's write before it gives up. */
const busyTimeoutMs = 20_000;
const keptStatements = 500;

type Prepared = Database.Statement<Value[], Row>;

/** One connection with its prepared statements, by text. */
class Connection {
  readonly database: Database.Database;
  readonly #statements = new LRUCache<string, Prepared>({ max: keptStatements });
  readonly begin: Database.Statement;
  readonly commit: Database.Statement;
  readonly rollback: Database.Statement;

  constructor(file: string, beginText: string) {
    this.database = new Database(file, { timeout: busyTimeoutMs });
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('foreign_keys = OFF');
    this.database.pragma('cache_size = -65536');
    this.database.pragma('temp_store = MEMORY');
    registerFunctions(this.database);
    this.begin = this.database.prepare(beginText);
    this.commit = this.database.prepare('COMMIT');
    this.rollback = this.database.prepare('ROLLBACK');
  }

  prepared(text: string): Prepared {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.database.prepare<Value[], Row>(hideParameters(text));
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** Booleans are 0 and 1 in SQLite. */
function bindable(params: readonly Value[]): Value[] {
  for (let i = 0; i < params.length; i++)
    if (typeof params[i] === 'boolean')
      return params.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  return params as Value[];
}

function translate(error: unknown): unknown {
  if (error instanceof Database.SqliteError && /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(error.code))
    return new DuplicateError(error.message.replace(/^.*failed: /, ''), error);
  return error;
}

class SqliteTransaction implements Transaction {
  readonly #connection: Connection;
  #depth = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return this.#do((prepared, params) => prepared.all(...params), statement);
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return this.#do((prepared, params) => prepared.get(...params), statement);
  }

  async run(statement: Sql): Promise<number> {
    return this.#do((prepared, params) => prepared.run(...params).changes, statement);
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const name = `unit_${this.#depth++}`;
    this.#connection.prepared(`SAVEPOINT ${name}`).run();
    try {
      const result = await work();
      this.#connection.prepared(`RELEASE ${name}`).run();
      return result;
    } catch (error) {
      // A full disk ends the whole transaction by itself; then there is nothing left to go back to.
      if (this.#connection.database.inTransaction) {
        this.#connection.prepared(`ROLLBACK TO ${name}`).run();
        this.#connection.prepared(`RELEASE ${name}`).run();
      }
      throw error;
    } finally {
      this.#depth--;
    }
  }

  #do<T>(use: (prepared: Prepared, params: Value[]) => T, { text, params }: Sql): T {
    try {
      return use(this.#connection.prepared(text), bindable(params));
    } catch (error) {
      throw translate(error);
    }
  }
}

interface Unit {
  readonly work: (transaction: Transaction) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Settled = { readonly unit: Unit } & ({ readonly value: unknown } | { readonly error: unknown });

export class SqliteEngine implements Engine {
  readonly dialect = sqliteDialect;
  readonly #reader: Connection;
  readonly #writer: Connection;
  readonly #transaction: SqliteTransaction;
  #reading = false;
  #waiting: Unit[] = [];
  #writing: Promise<void> | undefined;

  /** @param file path of the database; made when absent */
  constructor(file: string) {
    this.#writer = new Connection(file, 'BEGIN IMMEDIATE');
    this.#reader = new Connection(file, 'BEGIN');
    this.#transaction = new SqliteTransaction(this.#writer);
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    this.#openSnapshot();
    return this.#reader.prepared(statement.text).all(...bindable(statement.params));
  }

  async row(statement: Sql): Promise<Row | undefined> {
    this.#openSnapshot();
    return this.#reader.prepared(statement.text).get(...bindable(statement.params));
  }

  refresh(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#reader.commit.run();
  }

  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    this.refresh();
    this.#reader.database.close();
    this.#writer.database.close();
  }

  #openSnapshot(): void {
    if (this.#reading) return;
    this.#reader.begin.run();
    this.#reading = true;
    setImmediate(() => this.refresh());
  }

  /** One commit for all that waits, until nothing waits. */
  async #drain(): Promise<void> {
    // Requests that came in with this one get their chance to join the commit.
    await nextTurn();
    while (this.#waiting.length > 0) {
      const units = this.#waiting;
      this.#waiting = [];
      await this.#commit(units);
      await nextTurn();
    }
    this.#writing = undefined;
  }

  async #commit(units: readonly Unit[]): Promise<void> {
    const settled: Settled[] = [];
    try {
      this.#writer.begin.run();
      for (const unit of units) settled.push(await this.#run(unit));
      this.#writer.commit.run();
    } catch (error) {
      if (this.#writer.database.inTransaction) this.#writer.rollback.run();
      for (const unit of units) unit.reject(error);
      return;
    } finally {
      // A read that starts now sees what was just committed.
      this.refresh();
    }
    for (const { unit, ...outcome } of settled) {
      if ('error' in outcome) unit.reject(outcome.error);
      else unit.resolve(outcome.value as never);
    }
  }

  async #run(unit: Unit): Promise<Settled> {
    try {
      return { unit, value: await this.#transaction.attempt(() => unit.work(this.#transaction)) };
    } catch (error) {
      if (!this.#writer.database.inTransaction) throw error;
      return { unit, error };
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
