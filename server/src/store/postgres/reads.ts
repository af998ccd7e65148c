// Reads of PostgreSQL: short ones over one pipelined connection, those that take long over a few of their own, where the
// database itself ends them at their time limit.
import type { Config } from '../../config.ts';
import { failHttp } from '../../errors.ts';
import { packKeys, type KeyList } from '../../query/key-list.ts';
import type { Row } from '../engine.ts';
import { raw, sql, type Sql } from '../sql/sql.ts';
import { Totals } from '../totals.ts';
import type { Answer, Connection } from './connection.ts';
import { AwayError, awayAnswer, isAway, isTimedOut, translate } from './errors.ts';
import { reachOf } from './reach.ts';
import type { ConnectionPool, Server, SharedConnection } from './server.ts';
import type { Bound } from './statement.ts';

export type ReadLimits = Pick<Config, 'querySeconds' | 'queryProcesses' | 'maxQueryQueue'>;

/** A short read that takes longer than this was none; it is done again where it may take long. */
const shortMs = 1000;
/** A statement that perhaps is short and took longer than this goes where it may take long the next time. */
const longMs = 100;
/** Tables grow: so long is it believed how long a statement takes. */
const believedMs = 60_000;
const snapshot = raw('SELECT CAST(pg_current_snapshot() AS text) AS seen');

export class Reads {
  readonly #server: Server;
  readonly #limits: ReadLimits;
  readonly #reader: SharedConnection;
  readonly #lane: ConnectionPool;
  readonly #totals = new Totals();
  /** Long reads that run or wait. */
  #long = 0;
  #closed = false;
  /** When the last answer came. */
  #answered = 0;
  #tellsSnapshots = true;

  constructor(server: Server, limits: ReadLimits) {
    this.#server = server;
    this.#limits = limits;
    this.#reader = server.shared(shortMs);
    this.#lane = server.pool(limits.queryProcesses, limits.querySeconds * 1000);
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

  /** Ends the reads that take long, and the connections. */
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
    await Promise.all([this.#lane.close(), this.#reader.close()]);
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
}

/** The keys that the statement finds, those of the list alone, in the order of the list. */
function inOrderOf(list: KeyList, statement: Sql): Sql {
  const types = { int32: raw('int4'), double: raw('float8'), text: raw('text') } as const;
  const found = list.kind === 'text' ? sql`SELECT CAST(f.key AS text) FROM (${statement}) AS f(key)` : statement;
  return sql`SELECT l.key FROM unnest(CAST(${list} AS ${types[list.kind]}[])) WITH ORDINALITY AS l(key, place) WHERE l.key IN (${found}) ORDER BY l.place`;
}
