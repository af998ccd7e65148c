// SQLite: one connection for reads, one for writes, in the process itself, and a slow lane for reads that take long.
// Reads of one turn of the event loop share one snapshot (half of a point read is taking the read lock); writes that
// arrive in one turn share one commit (commits.ts).
import type Database from 'better-sqlite3';
import { settings } from '../../config.ts';
import { keyCount, packKeys, readKeyList, type KeyFacts, type KeyKind, type KeyList } from '../../query/key-list.ts';
import type { Engine, KeyRange, Row, SetKeys, Snapshot, Transaction, Unit } from '../engine.ts';
import type { StoredSet } from '../sql/entity-set.ts';
import { isKeyList, type Sql } from '../sql/sql.ts';
import { bindable } from './bind.ts';
import { Checkpoints, pagesUntilCommit } from './checkpoints.ts';
import { Commits } from './commits.ts';
import { Connection, type Prepared } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { keysAmong } from './keys-among.ts';
import { Pace } from './pace.ts';
import { reachOf } from './reach.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { SlowLane, type LaneLimits } from './slow-lane.ts';
import { smallTableRows, TableSizes } from './table-sizes.ts';
import { LastingTransaction } from './transaction.ts';
import { Totals } from '../totals.ts';

/** A key of a list counts as so many rows: it is written, read and looked up. */
const listedKeyWork = 5;
/** How often tables are counted again. */
const recountMs = 10_000;

const defaultLimits: LaneLimits = {
  querySeconds: settings.querySeconds.default,
  queryProcesses: settings.queryProcesses.default,
  maxQueryQueue: settings.maxQueryQueue.default,
};

/** `short`: on the snapshot of this turn; otherwise in the slow lane. The pace is told how long it took. */
interface Place {
  readonly short?: Prepared;
  readonly pace?: Pace;
}

const inLane: Place = {};

/** Runs a statement in the server. */
function watch<T>(pace: Pace | undefined, run: () => T): T {
  if (!pace) return run();
  const begun = performance.now();
  const result = run();
  pace.ran(performance.now() - begun);
  return result;
}

export class SqliteEngine implements Engine {
  readonly dialect = sqliteDialect;
  readonly #file: string;
  readonly #reader: Connection;
  readonly #writer: Connection;
  readonly #lane: SlowLane;
  readonly #sizes: TableSizes;
  readonly #totals = new Totals();
  readonly #commits: Commits;
  readonly #checkpoints: Checkpoints;
  readonly #dataVersion: Database.Statement<[], number>;
  readonly #recount: NodeJS.Timeout;
  readonly #readVersion: Database.Statement<[], number>;
  #reading = false;
  #ending = false;
  /** Version of the data that this turn has seen, once it was asked for. */
  #seenVersion: number | undefined;
  readonly #listeners: ((tables: ReadonlySet<string>) => void)[] = [];

  /** @param file path of the database; made when absent */
  constructor(file: string, limits: LaneLimits = defaultLimits) {
    this.#file = file;
    this.#writer = new Connection(file, { sortIn: 'memory' });
    this.#reader = new Connection(file, { sortIn: 'memory' });
    this.#lane = new SlowLane(file, limits);
    this.#sizes = new TableSizes(this.#reader.database);
    this.#checkpoints = new Checkpoints(file);
    this.#writer.database.pragma(`wal_autocheckpoint = ${pagesUntilCommit}`);
    this.#commits = new Commits(this.#writer, {
      onTurn: () => this.refresh(),
      onCommit: (tables) => {
        this.#checkpoints.committed();
        this.#totals.committed(tables);
        for (const listener of this.#listeners) listener(tables);
      },
    });
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
    return watch(pace, () => short.statement.all(...bindable(statement.params)));
  }

  async row(statement: Sql): Promise<Row | undefined> {
    const { short, pace } = this.#placeOf(statement);
    if (!short) return this.#lane.row(statement, pace);
    return watch(pace, () => short.statement.get(...bindable(statement.params)));
  }

  async keys(statement: Sql, among?: KeyList): Promise<KeyList> {
    const { short, pace } = among && keyCount(among) > smallTableRows ? inLane : this.#placeOf(statement);
    if (!short) return this.#lane.keys(statement, among, pace);
    const keys = this.#keysHere(statement, pace);
    return among ? keysAmong(among, keys) : keys;
  }

  async setOf(statement: Sql, shown: KeyRange, asSet: (found: KeyFacts) => StoredSet): Promise<SetKeys> {
    const { short, pace } = this.#placeOf(statement);
    if (!short) return this.#lane.setOf(statement, shown, asSet, pace);
    return { kind: 'here', keys: this.#keysHere(statement, pace) };
  }

  async storedKeys(statement: Sql, kind: KeyKind, count: number): Promise<KeyList | undefined> {
    const { short } = this.#placeOf(statement);
    if (!short) return this.#lane.storedKeys(statement, kind, count);
    const parts = short.statement.all(...bindable(statement.params)).map(({ bytes }) => bytes as Uint8Array);
    return readKeyList(kind, count, parts);
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
    if (this.#seenVersion === undefined) {
      // Outside of a snapshot as well: what is kept from before is often all that is asked for in this turn.
      this.#seenVersion = this.#readVersion.get();
      this.#endWithTurn();
    }
    return this.#seenVersion;
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
    return this.#commits.add(work, false);
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#commits.add(() => work(new LastingTransaction(this.#commits.transaction, this)), true);
  }

  onCommit(listener: (tables: ReadonlySet<string>) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.#commits.finish();
    await this.#checkpoints.close();
    clearInterval(this.#recount);
    await this.#lane.close();
    this.refresh();
    this.#reader.database.close();
    this.#writer.database.close();
  }

  #keysHere({ text, params }: Sql, pace: Pace | undefined): KeyList {
    return packKeys(watch(pace, () => this.#reader.column(text, bindable(params))));
  }

  /** Where the statement runs. Its plan is asked once and remembered with it. */
  #placeOf({ text, params, work }: Sql): Place {
    let known = work ?? 0;
    for (const param of params) if (isKeyList(param)) known += keyCount(param) * listedKeyWork;
    if (known > smallTableRows) return inLane;
    this.#openSnapshot();
    const prepared = this.#reader.prepared(text);
    prepared.reach ??= reachOf(this.#reader.database, text, bindable(params), this.#sizes.isLarge);
    const { reach } = prepared;
    if (reach === 'long' || (reach === 'walk' && work === undefined)) return inLane;
    if (reach !== 'likelyShort' && (reach !== 'range' || work !== undefined)) return { short: prepared };
    const pace = (prepared.pace ??= new Pace(reach === 'range'));
    return pace.long ? { pace } : { short: prepared, pace };
  }

  #openSnapshot(): void {
    if (this.#reading) return;
    this.#reader.prepared('BEGIN').statement.run();
    this.#reading = true;
    // Others may have written since it was asked for.
    this.#seenVersion = undefined;
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
}
