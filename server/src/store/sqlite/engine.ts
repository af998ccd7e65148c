// SQLite: one connection for reads, one for writes, in the process itself, and a slow lane for reads that take long.
// Reads of one turn of the event loop share one snapshot (half of a point read is taking the read lock); writes that
// arrive in one turn share one commit.
import { AsyncResource } from 'node:async_hooks';
import Database from 'better-sqlite3';
import { settings } from '../../config.ts';
import { failHttp } from '../../errors.ts';
import type { Value } from '../../model/model.ts';
import { keyCount, packKeys, type KeyList } from '../../query/key-list.ts';
import {
  ConstraintError,
  DuplicateError,
  type Engine,
  type Executor,
  type Row,
  type Snapshot,
  type Transaction,
  type Unit,
} from '../engine.ts';
import { isKeyList, type Sql } from '../sql/sql.ts';
import { bindable } from './bind.ts';
import { Connection, type Prepared } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { keysAmong } from './keys-among.ts';
import type { Pace } from './pace.ts';
import { reachOf } from './reach.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { SlowLane, type LaneLimits } from './slow-lane.ts';
import { smallTableRows, TableSizes } from './table-sizes.ts';
import { Totals } from '../totals.ts';

/** A key of a list counts as so many rows: it is written, read and looked up. */
const listedKeyWork = 5;
/** How long a commit waits until other processes have written. */
const longestTurnMs = 30_000;
/** So long after another process was found writing this one leaves a pause for it between two commits. */
const sharedMs = 1000;
/** How often tables are counted again. */
const recountMs = 10_000;

const defaultLimits: LaneLimits = {
  querySeconds: settings.querySeconds.default,
  queryProcesses: settings.queryProcesses.default,
  maxQueryQueue: settings.maxQueryQueue.default,
};

function translate(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(error.code))
    return new DuplicateError(error.message.replace(/^.*failed: /, ''), error);
  // Tables of other programs have rules of their own.
  if (error.code.startsWith('SQLITE_CONSTRAINT')) {
    const isNull = error.code === 'SQLITE_CONSTRAINT_NOTNULL';
    return new ConstraintError(error.message, error, isNull ? error.message.replace(/^.*\./, '') : undefined);
  }
  return error.code === 'SQLITE_FULL' ? failHttp(507) : error;
}

class SqliteTransaction implements Transaction {
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
      throw translate(error);
    }
  }
}

/**
 * A transaction that code of an author keeps open. While it is, nobody else writes, so a table that it has not written
 * is read as any reader does: long reads stay in the slow lane and hold up nothing.
 */
class LastingTransaction implements Transaction {
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

interface Waiting {
  readonly work: (transaction: Transaction) => Promise<unknown>;
  /** It shares its commit with no other. */
  readonly alone: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** `short`: on the snapshot of this turn; otherwise in the slow lane, which tells the pace how long it took. */
interface Place {
  readonly short?: Prepared;
  readonly pace?: Pace;
}

const inLane: Place = {};

type Settled = { readonly unit: Waiting } & ({ readonly value: unknown } | { readonly error: unknown });

export class SqliteEngine implements Engine {
  readonly dialect = sqliteDialect;
  readonly #file: string;
  readonly #reader: Connection;
  readonly #writer: Connection;
  readonly #lane: SlowLane;
  readonly #sizes: TableSizes;
  readonly #totals = new Totals();
  readonly #transaction: SqliteTransaction;
  readonly #dataVersion: Database.Statement<[], number>;
  readonly #recount: NodeJS.Timeout;
  readonly #readVersion: Database.Statement<[], number>;
  #reading = false;
  #ending = false;
  /** Version of the data that this turn has seen, once it was asked for. */
  #seenVersion: number | undefined;
  readonly #listeners: ((tables: ReadonlySet<string>) => void)[] = [];
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  /** When another process was last found writing. */
  #lastBusy = -Infinity;

  /** @param file path of the database; made when absent */
  constructor(file: string, limits: LaneLimits = defaultLimits) {
    this.#file = file;
    this.#writer = new Connection(file, { sortIn: 'memory' });
    // Waiting inside a statement would hold up the whole process.
    this.#writer.database.pragma('busy_timeout = 0');
    this.#reader = new Connection(file, { sortIn: 'memory' });
    this.#lane = new SlowLane(file, limits);
    this.#sizes = new TableSizes(this.#reader.database);
    this.#transaction = new SqliteTransaction(this.#writer);
    this.#readVersion = this.#reader.database.prepare<[], number>('PRAGMA data_version').pluck();
    this.#dataVersion = this.#writer.database.prepare<[], number>('PRAGMA data_version').pluck();
    this.#recount = setInterval(() => {
      if (this.#sizes.recount()) this.#reader.forgetReach();
    }, recountMs);
    this.#recount.unref();
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    const { short, pace } = this.#placeOf(statement);
    if (!short) return this.#lane.rows(statement, pace);
    return this.#watch(short, () => short.statement.all(...bindable(statement.params)));
  }

  async row(statement: Sql): Promise<Row | undefined> {
    const { short, pace } = this.#placeOf(statement);
    if (!short) return this.#lane.row(statement, pace);
    return this.#watch(short, () => short.statement.get(...bindable(statement.params)));
  }

  async keys(statement: Sql, among?: KeyList): Promise<KeyList> {
    const { short, pace } = among && keyCount(among) > smallTableRows ? inLane : this.#placeOf(statement);
    if (!short) return this.#lane.keys(statement, among, pace);
    const keys = packKeys(this.#watch(short, () => this.#reader.column(statement.text, bindable(statement.params))));
    return among ? keysAmong(among, keys) : keys;
  }

  async total(statement: Sql): Promise<number> {
    const foreign = this.#dataVersion.get() ?? 0;
    return this.#totals.total(statement, foreign, async () => Number((await this.row(statement))?.['total']));
  }

  async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const reader = new SnapshotReader(this.#file);
    try {
      return await work(reader);
    } finally {
      reader.close();
    }
  }

  writeApart(statements: readonly Sql[]): Promise<void> {
    return this.#lane.write(statements);
  }

  dataVersion(): number | undefined {
    if (this.#seenVersion === undefined) this.#openSnapshot();
    return (this.#seenVersion ??= this.#readVersion.get());
  }

  refresh(): void {
    this.#seenVersion = undefined;
    if (!this.#reading) return;
    this.#reading = false;
    try {
      this.#reader.prepared('COMMIT').statement.run();
    } catch {
      // Nothing was written that could be lost; what matters is that the next snapshot can begin.
      if (this.#reader.database.inTransaction) this.#reader.database.exec('ROLLBACK');
    }
  }

  writeEach<T>(units: readonly Unit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    return Promise.allSettled(units.map((unit) => this.write(unit)));
  }

  write<T>(work: Unit<T>): Promise<T> {
    return this.#enqueue(work, false);
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#enqueue(() => work(new LastingTransaction(this.#transaction, this)), true);
  }

  onCommit(listener: (tables: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.#writing;
    clearInterval(this.#recount);
    await this.#lane.close();
    this.refresh();
    this.#reader.database.close();
    this.#writer.database.close();
  }

  /** Where the statement runs. Its plan is asked once and remembered with it. */
  #placeOf({ text, params, work }: Sql): Place {
    let known = work ?? 0;
    for (const param of params) if (isKeyList(param)) known += keyCount(param) * listedKeyWork;
    if (known > smallTableRows) return inLane;
    this.#openSnapshot();
    const prepared = this.#reader.prepared(text);
    prepared.reach ??= reachOf(this.#reader.database, text, bindable(params), this.#sizes.isLarge);
    if (prepared.reach === 'long' || (prepared.reach === 'walk' && work === undefined)) return inLane;
    const { pace } = prepared;
    return prepared.reach === 'likelyShort' && pace.long ? { pace } : { short: prepared };
  }

  /** Runs a statement in the server. */
  #watch<T>(prepared: Prepared, run: () => T): T {
    if (prepared.reach !== 'likelyShort') return run();
    const begun = performance.now();
    const result = run();
    prepared.pace.ran(performance.now() - begun);
    return result;
  }

  #openSnapshot(): void {
    if (this.#reading) return;
    this.#reader.prepared('BEGIN').statement.run();
    this.#reading = true;
    this.#endWithTurn();
  }

  /** What this turn of the event loop has seen is forgotten with it. */
  #endWithTurn(): void {
    if (this.#ending) return;
    this.#ending = true;
    setImmediate(() => {
      this.#ending = false;
      this.refresh();
    });
  }

  #enqueue<T>(work: (transaction: Transaction) => Promise<T>, alone: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // Whoever started the writing, each unit runs in the async context of its own caller.
      this.#waiting.push({ work: AsyncResource.bind(work), alone, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** The units of the next commit: one that stands alone, or all up to the next such one. */
  #takeUnits(): readonly Waiting[] {
    const end = this.#waiting.findIndex(({ alone }) => alone);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(end, 1));
  }

  /** One commit for all that waits, until nothing waits. */
  async #drain(): Promise<void> {
    // Requests that came in with this one get their chance to join the commit.
    await nextTurn();
    while (this.#waiting.length > 0) {
      await this.#commit(this.#takeUnits());
      // Other processes that wait for their turn look for it now and then.
      await (performance.now() - this.#lastBusy < sharedMs ? pause(1) : nextTurn());
    }
    this.#writing = undefined;
  }

  async #commit(units: readonly Waiting[]): Promise<void> {
    const settled: Settled[] = [];
    try {
      this.#transaction.written.clear();
      await this.#begin();
      // What reads beside it see from now on is what was committed before it.
      if (units[0]?.alone) this.refresh();
      for (const unit of units) settled.push(await this.#run(unit));
      this.#writer.prepared('COMMIT').statement.run();
      this.#totals.committed(this.#transaction.written);
    } catch (error) {
      if (this.#writer.database.inTransaction) this.#writer.prepared('ROLLBACK').statement.run();
      const cause = translate(error);
      for (const unit of units) unit.reject(cause);
      return;
    } finally {
      // A read that starts now sees what was just committed.
      this.refresh();
    }
    for (const listener of this.#listeners) listener(this.#transaction.written);
    for (const { unit, ...outcome } of settled) {
      if ('error' in outcome) unit.reject(outcome.error);
      else unit.resolve(outcome.value as never);
    }
  }

  /**
   * Takes the write lock of the file. While another process has it, this one goes on with its reads.
   * @throws KeystampError 503 when its turn does not come
   */
  async #begin(): Promise<void> {
    const begun = performance.now();
    for (;;) {
      try {
        this.#writer.prepared('BEGIN IMMEDIATE').statement.run();
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#lastBusy = performance.now();
        if (this.#lastBusy - begun > longestTurnMs)
          throw failHttp(503, 'other processes write without pause', { 'Retry-After': '1' });
      }
      await pause(1 + Math.random() * 3);
    }
  }

  async #run(unit: Waiting): Promise<Settled> {
    try {
      return { unit, value: await this.#transaction.attempt(() => unit.work(this.#transaction)) };
    } catch (error) {
      if (!this.#writer.database.inTransaction) throw error;
      return { unit, error };
    }
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
