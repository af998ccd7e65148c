// PostgreSQL: one pipelined connection for short reads, connections that are borrowed for transactions, and a few for
// reads that take long, where the database itself ends them at their time limit.
import type { Client } from 'pg';
import type { Config } from '../../config.ts';
import { failHttp } from '../../errors.ts';
import { packKeys, type KeyList } from '../../query/key-list.ts';
import {
  ConstraintError,
  type Engine,
  type Following,
  type Row,
  type Snapshot,
  type Transaction,
  type Unit,
} from '../engine.ts';
import { ident, raw, sql, type Sql } from '../sql/sql.ts';
import { Totals } from '../totals.ts';
import type { Answer, Connection } from './connection.ts';
import { postgresDialect } from './dialect.ts';
import { AwayError, awayAnswer, isAway, isCollision, isRefusal, isTimedOut, translate } from './errors.ts';
import { Listener } from './listener.ts';
import { reachOf } from './reach.ts';
import { Server, type ConnectionPool, type ServerOptions, type SharedConnection } from './server.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import type { Bound } from './statement.ts';
import { PostgresTransaction } from './transaction.ts';

export type PostgresLimits = Pick<Config, 'querySeconds' | 'queryProcesses' | 'maxQueryQueue' | 'databaseConnections'>;

/** A short read that takes longer than this was none; it is done again where it may take long. */
const shortMs = 1000;
/** A statement that perhaps is short and took longer than this goes where it may take long the next time. */
const longMs = 100;
/** Tables grow: so long is it believed how long a statement takes. */
const believedMs = 60_000;
/** Units that share a transaction; it holds what it has changed until it ends. */
const unitsAtOnce = 200;
/** So often is a unit of work begun again that met another one. */
const mostTries = 20;

const snapshot = raw('SELECT CAST(pg_current_snapshot() AS text) AS seen');

export class PostgresEngine implements Engine {
  /** Complete once the schema is known. */
  dialect = postgresDialect('public');
  readonly #server: Server;
  readonly #limits: PostgresLimits;
  readonly #reader: SharedConnection;
  readonly #writers: ConnectionPool;
  readonly #lane: ConnectionPool;
  readonly #totals = new Totals();
  /** Long reads that run or wait. */
  #long = 0;
  #closed = false;
  /** When the last answer came. */
  #answered = 0;
  /** Names of unique indexes → what they are on. */
  readonly #uniques = new Map<string, string>();
  #tellsSnapshots = true;
  #schema = 'public';
  readonly #listeners = new Set<Listener>();

  private constructor(server: Server, limits: PostgresLimits) {
    this.#server = server;
    this.#limits = limits;
    this.#reader = server.shared(shortMs);
    this.#writers = server.pool(limits.databaseConnections, 0);
    this.#lane = server.pool(limits.queryProcesses, limits.querySeconds * 1000);
  }

  /** @throws Error when the server cannot be reached */
  static async open(options: ServerOptions, limits: PostgresLimits): Promise<PostgresEngine> {
    const server = await Server.of(options);
    const engine = new PostgresEngine(server, limits);
    const { schema } = options;
    if (schema !== undefined) await engine.write((tx) => tx.run(sql`CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`));
    const row = await engine.row(raw('SELECT current_schema() AS name'));
    engine.#schema = String(row?.['name']);
    engine.dialect = postgresDialect(engine.#schema);
    return engine;
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return (await this.#read(statement)).rows;
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return (await this.#read(statement)).rows[0];
  }

  async keys(statement: Sql, among?: KeyList): Promise<KeyList> {
    const asked = among ? inOrderOf(among, statement) : statement;
    return packKeys(await this.#inLane((connection) => connection.column(this.#server.statements.bind(asked))));
  }

  async total(statement: Sql): Promise<number> {
    const count = async (): Promise<number> => Number((await this.row(statement))?.['total']);
    const seen = await this.#seen();
    return seen === undefined ? count() : this.#totals.total(statement, seen, count);
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
    const pids = [...this.#lane.used].map(
      ({ client }) => (client as unknown as { readonly processID: number }).processID,
    );
    if (pids.length > 0) {
      const reader = await this.#reader.get().catch(() => undefined);
      for (const pid of pids)
        await reader?.do(sql`SELECT pg_cancel_backend(CAST(${pid} AS integer)) AS done`).catch(() => {});
    }
    const listeners = [...this.#listeners].map((listener) => listener.close());
    await Promise.all([this.#writers.close(), this.#lane.close(), this.#reader.close(), ...listeners]);
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

  async #read(statement: Sql): Promise<Answer> {
    const bound = this.#server.statements.bind(statement);
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#answer(bound, statement.work);
        } catch (error) {
          // A read may be asked again of a server that has come back.
          if (!isAway(error) || error instanceof AwayError || tries > 1 || this.#closed) throw error;
        }
      }
    } catch (error) {
      throw translate(error);
    }
  }

  async #answer(bound: Bound, work: number | undefined): Promise<Answer> {
    const { statement } = bound;
    const reader = await this.#reader.get();
    const sent = performance.now();
    let { reach } = statement;
    if (!reach || reach.until < sent) {
      reach = statement.reach = { kind: await reachOf(reader, bound, work), until: sent + believedMs };
    }
    if (reach.kind === 'long') return this.#inLane((connection) => connection.send(bound, false));
    try {
      const answer = await reader.send(bound);
      // Answers come in the order of the statements: this one's time began with the answer before.
      const now = performance.now();
      if (reach.kind === 'likelyShort' && now - Math.max(sent, this.#answered) > longMs) reach.kind = 'long';
      this.#answered = now;
      return answer;
    } catch (error) {
      if (!isTimedOut(error)) throw error;
      reach.kind = 'long';
      return this.#inLane((connection) => connection.send(bound, false));
    }
  }

  /** Runs a read that may take long, when not too many wait. */
  async #inLane<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    const { queryProcesses, maxQueryQueue } = this.#limits;
    if (this.#long >= queryProcesses + maxQueryQueue)
      throw failHttp(503, 'too many long queries wait', { 'Retry-After': '1' });
    this.#long++;
    try {
      return await this.#lane.use(read);
    } catch (error) {
      throw this.#closed ? failHttp(503, 'stopping', { 'Retry-After': '1' }) : translate(error);
    } finally {
      this.#long--;
    }
  }

  /** What reads see now, in one word: the same word, the same data. */
  async #seen(): Promise<string | undefined> {
    if (!this.#tellsSnapshots) return undefined;
    try {
      const reader = await this.#reader.get();
      return String((await reader.do(snapshot)).rows[0]?.['seen']);
    } catch (error) {
      if (isAway(error)) throw awayAnswer();
      // Databases that speak PostgreSQL's language may not know it.
      this.#tellsSnapshots = false;
      return undefined;
    }
  }

  readonly #columnsOf = async (index: string): Promise<string> => {
    let columns = this.#uniques.get(index);
    if (columns === undefined) {
      const reader = await this.#reader.get();
      const { rows } = await reader.do(
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

/** The keys that the statement finds, those of the list alone, in the order of the list. */
function inOrderOf(list: KeyList, statement: Sql): Sql {
  const types = { int32: raw('int4'), double: raw('float8'), text: raw('text') } as const;
  const found = list.kind === 'text' ? sql`SELECT CAST(f.* AS text) FROM (${statement}) AS f` : statement;
  return sql`SELECT l.key FROM unnest(CAST(${list} AS ${types[list.kind]}[])) WITH ORDINALITY AS l(key, place) WHERE l.key IN (${found}) ORDER BY l.place`;
}
