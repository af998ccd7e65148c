// PostgreSQL: its reads, and connections that are borrowed for transactions.
import type { Client } from 'pg';
import type { Config } from '../../config.ts';
import { readKeyList, type KeyKind, type KeyList } from '../../query/key-list.ts';
import {
  ConstraintError,
  type Engine,
  type Following,
  type Row,
  type SetKeys,
  type Snapshot,
  type Transaction,
  type Unit,
} from '../engine.ts';
import { ident, raw, sql, type Sql } from '../sql/sql.ts';
import { postgresDialect } from './dialect.ts';
import { isAway, isCollision, isRefusal, translate } from './errors.ts';
import { Listener } from './listener.ts';
import { Reads, type ReadLimits } from './reads.ts';
import { Server, type ConnectionPool, type ServerOptions } from './server.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { PostgresTransaction } from './transaction.ts';

export type PostgresLimits = ReadLimits & Pick<Config, 'databaseConnections'>;

/** Units that share a transaction; it holds what it has changed until it ends. */
const unitsAtOnce = 200;
/** So often is a unit of work begun again that met another one. */
const mostTries = 20;

export class PostgresEngine implements Engine {
  /** Complete once the schema is known. */
  dialect = postgresDialect('public');
  readonly #server: Server;
  readonly #reads: Reads;
  readonly #writers: ConnectionPool;
  #closed = false;
  /** Names of unique indexes → what they are on. */
  readonly #uniques = new Map<string, string>();
  #schema = 'public';
  readonly #listeners = new Set<Listener>();

  private constructor(server: Server, limits: PostgresLimits) {
    this.#server = server;
    this.#reads = new Reads(server, limits);
    this.#writers = server.pool(limits.databaseConnections, 0);
  }

  /** @throws Error when the server cannot be reached */
  static async open(options: ServerOptions, limits: PostgresLimits): Promise<PostgresEngine> {
    const server = await Server.of(options);
    const engine = new PostgresEngine(server, limits);
    const { schema } = options;
    if (schema !== undefined) await engine.write((tx) => tx.run(sql`CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`));
    const row = await engine.row(raw('SELECT current_schema() AS name').visiting(1));
    engine.#schema = String(row?.['name']);
    engine.dialect = postgresDialect(engine.#schema);
    return engine;
  }

  rows(statement: Sql): Promise<readonly Row[]> {
    return this.#reads.rows(statement);
  }

  row(statement: Sql): Promise<Row | undefined> {
    return this.#reads.row(statement);
  }

  keys(statement: Sql, among?: KeyList): Promise<KeyList> {
    return this.#reads.keys(statement, among);
  }

  async setOf(statement: Sql): Promise<SetKeys> {
    return { kind: 'here', keys: await this.keys(statement) };
  }

  async storedKeys(statement: Sql, kind: KeyKind, count: number): Promise<KeyList | undefined> {
    const parts = (await this.rows(statement)).map(({ bytes }) => bytes as Uint8Array);
    return readKeyList(kind, count, parts);
  }

  total(statement: Sql): Promise<number> {
    return this.#reads.total(statement);
  }

  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.#writers.use((connection) => SnapshotReader.run(connection, work));
  }

  async writeApart(statements: readonly Sql[]): Promise<void> {
    for (const statement of statements) await this.write((tx) => tx.run(statement));
  }

  dataVersion(): undefined {
    return undefined;
  }

  follow(onMoved: () => void): Following {
    const connect = (onLost: () => void): Promise<Client> => this.#server.connect(0, onLost);
    const listener = new Listener(connect, this.#schema, onMoved);
    this.#listeners.add(listener);
    return listener;
  }

  /** Nothing is remembered: every read sees what was committed before it began. */
  refresh(): void {}

  /** In one transaction, in which each has a savepoint. */
  async writeEach<T>(units: readonly Unit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    const [only] = units;
    if (only && units.length === 1) return Promise.allSettled([this.write(only)]);
    const settled: PromiseSettledResult<T>[] = [];
    for (let at = 0; at < units.length; at += unitsAtOnce) {
      const some = units.slice(at, at + unitsAtOnce);
      try {
        settled.push(...(await this.write((tx) => attemptEach(tx, some))));
      } catch (reason) {
        // What is looked at with the commit alone may be the fault of one of them.
        const alone = reason instanceof ConstraintError && some.length > 1;
        for (const unit of some) settled.push(alone ? await settle(this.write(unit)) : { status: 'rejected', reason });
      }
    }
    return settled;
  }

  async write<T>(work: Unit<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      let begun: PostgresTransaction | undefined;
      try {
        return await this.#writers.use(async (connection) => {
          begun = new PostgresTransaction(connection, this.#columnsOf);
          return this.#unit(begun, work);
        }, isSound);
      } catch (error) {
        const cause = error instanceof Unsound ? error.cause : error;
        // What was not sent to be committed did not happen.
        const again = isCollision(cause) || (isAway(cause) && !begun?.committing && tries === 1);
        if (!again || tries === mostTries || this.#closed) throw translate(cause);
        await pause(tries);
      }
    }
  }

  /** Not begun again, whatever comes in its way: it is code of an author, which does more than to write here. */
  async transact<T>(work: Unit<T>): Promise<T> {
    try {
      return await this.#writers.use(
        (connection) => this.#unit(new PostgresTransaction(connection, this.#columnsOf), work),
        isSound,
      );
    } catch (error) {
      throw translate(error instanceof Unsound ? error.cause : error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const listeners = [...this.#listeners].map((listener) => listener.close());
    await Promise.all([this.#writers.close(), this.#reads.close(), ...listeners]);
  }

  async #unit<T>(transaction: PostgresTransaction, work: Unit<T>): Promise<T> {
    try {
      const result = await work(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      // A commit that was refused is undone; after one that failed otherwise nobody knows how the connection stands.
      if (transaction.committing) throw isRefusal(error) ? error : new Unsound(error);
      try {
        await transaction.rollback();
      } catch {
        throw new Unsound(error);
      }
      throw error;
    }
  }

  readonly #columnsOf = async (index: string): Promise<string> => {
    let columns = this.#uniques.get(index);
    if (columns === undefined) {
      const rows = await this.#reads.rows(
        sql`SELECT t.relname AS name, a.attname AS col FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey) WHERE n.nspname = current_schema() AND c.relname = ${index} ORDER BY a.attnum`,
      );
      columns = rows.map((row) => `${String(row['name'])}.${String(row['col'])}`).join(', ');
      this.#uniques.set(index, columns);
    }
    return columns;
  };
}

/** The work failed, and the connection with it. */
class Unsound extends Error {
  constructor(cause: unknown) {
    super('the connection cannot be used any more', { cause });
  }
}

async function attemptEach<T>(tx: Transaction, units: readonly Unit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
  const settled: PromiseSettledResult<T>[] = [];
  for (const unit of units) {
    try {
      settled.push({ status: 'fulfilled', value: await tx.attempt(() => unit(tx)) });
    } catch (reason) {
      if (isOfTransaction(reason)) throw reason;
      settled.push({ status: 'rejected', reason });
    }
  }
  return settled;
}

const settle = async <T>(work: Promise<T>): Promise<PromiseSettledResult<T>> =>
  (await Promise.allSettled([work]))[0] as PromiseSettledResult<T>;

/** Errors after which the whole transaction is begun again, or cannot go on. */
const isOfTransaction = (error: unknown): boolean => isCollision(error) || isAway(error);

const isSound = (error: unknown): boolean => !(error instanceof Unsound);

/** Longer each time, and never the same for two. */
const pause = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 2 ** tries)));
