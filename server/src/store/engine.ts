// What a database must offer. Statements are built in store/sql/ from a dialect; an engine only runs them.
import { KeystampError } from '../errors.ts';
import type { DataClassDef, Value } from '../model/model.ts';
import type { KeyFacts, KeyKind, KeyList } from '../query/key-list.ts';
import type { Key } from '../query/selection.ts';
import type { SqlDialect } from './sql/dialect.ts';
import type { StoredSet } from './sql/entity-set.ts';
import type { Sql } from './sql/sql.ts';

/** One row of an answer, by column name. */
export type Row = Readonly<Record<string, Value>>;

/** Runs statements, alone or inside a transaction. */
export interface Executor {
  /** All rows of a statement. */
  rows(statement: Sql): Promise<readonly Row[]>;
  /** The first row, if there is one. */
  row(statement: Sql): Promise<Row | undefined>;
}

/** An open write transaction. */
export interface Transaction extends Executor {
  /** Runs a statement that changes rows; the number of rows it changed. */
  run(statement: Sql): Promise<number>;
  /**
   * Runs `work` so that it can fail alone: when it throws, what it did is undone and the error is passed on. One at a
   * time: the next attempt of a transaction begins when this one has settled, or inside of it.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Holds the rows that a statement finds, so that no other transaction changes them before this one ends. What is read
   * of them afterwards is what others have left.
   * @param statement a plain look-up in one table, without order or limit
   */
  lock(statement: Sql): Promise<void>;
  /** An entity was stored under a key that was given: no number up to it is generated any more. */
  keyGiven(dataClass: DataClassDef, key: Key): Promise<void>;
}

/** Thrown inside a unit of work: it is undone and done again from its start, because another one was in its way. */
export class UnitAgain extends Error {
  constructor(cause: unknown) {
    super('Another unit of work was in the way', { cause });
    this.name = 'UnitAgain';
  }
}

/** What is done in a transaction, all of it or nothing. */
export type Unit<T> = (transaction: Transaction) => Promise<T>;

/** The data as it is at one moment; its reads may take long. */
export interface Snapshot extends Executor {
  /** What the database itself finds wrong with its file and indexes, one line each. */
  damages(): Promise<readonly string[]>;
}

/** Somebody is told of changes. */
export interface Following {
  /** Whether every change is told at the moment; otherwise it must be looked for now and then. */
  readonly tells: boolean;
  close(): Promise<void>;
}

/** Positions in a list of keys: from 0, `to` is not among them. */
export interface KeyRange {
  readonly from: number;
  readonly to: number;
}

/** Keys that an entity set is made of. */
export type SetKeys =
  /** They are here; the set is still to be stored. */
  | { readonly kind: 'here'; readonly keys: KeyList }
  /** The set is stored, they were not brought here. `shown`: those that were asked for. */
  | { readonly kind: 'stored'; readonly shown: KeyList };

/** A unique constraint of the database refused a write. */
export class DuplicateError extends Error {
  /** `Table.column` as the database names it. */
  readonly where: string;

  constructor(where: string, cause: unknown) {
    super(`Duplicate value for ${where}`, { cause });
    this.name = 'DuplicateError';
    this.where = where;
  }
}

/** A rule of a table that another program made refused a write; tables of ours have none but uniqueness. */
export class ConstraintError extends KeystampError {
  /** The column that must not be null, when that is the rule. */
  readonly nullIn: string | undefined;

  constructor(message: string, cause: unknown, nullIn?: string) {
    super(400, [{ http: 400, detail: message }], { cause });
    this.name = 'ConstraintError';
    this.nullIn = nullIn;
  }
}

/** A read that takes long runs where it holds up no other; past its time limit, or when too many wait, it throws 503. */
export interface Engine extends Executor {
  readonly dialect: SqlDialect;
  /**
   * Runs `work` in a write transaction; the promise settles after the commit is on disk. Several units that arrive
   * together may share one commit; a unit that throws is undone alone. `work` may run more than once: what it did was
   * undone before, so it must begin anew, outside of the database too.
   */
  write<T>(work: Unit<T>): Promise<T>;
  /** Units of work in their order, each undone alone when it throws; settles after the last commit. */
  writeEach<T>(units: readonly Unit<T>[]): Promise<readonly PromiseSettledResult<T>[]>;
  /**
   * Runs `work` in a write transaction of its own, which may last as code of an author does: reads in it see its writes,
   * nothing of others shares its commit or its fate, and `attempt` nests. Others may have to wait with their writes until
   * it ends. The promise settles after the commit is on disk, or rejects with what `work` threw when all is undone.
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * The keys that a statement of one column finds, in its order.
   * @param among only keys of this list, in the order of the list
   */
  keys(statement: Sql, among?: KeyList): Promise<KeyList>;
  /**
   * Finds keys as `keys` does, for a set. Many of them may be stored where they are found: what a set of a million takes
   * would otherwise pass through this process twice.
   * @param shown which of them the caller needs at once
   * @param asSet called before anything is stored, at most once; what it throws is thrown
   */
  setOf(statement: Sql, shown: KeyRange, asSet: (found: KeyFacts) => StoredSet): Promise<SetKeys>;
  /**
   * The list that the column `bytes` of a statement's rows makes up, one after the other; `undefined` when some of it is
   * gone.
   */
  storedKeys(statement: Sql, kind: KeyKind, count: number): Promise<KeyList | undefined>;
  /** The number that a statement with one row and the column `total` counts; not counted again while nothing changed. */
  total(statement: Sql): Promise<number>;
  /** Runs `work` on the data of one moment, for tools: it may hold up whatever else this process does, but no writer. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>;
  /** Runs statements one after the other, each a transaction of its own, where they hold up nothing. */
  writeApart(statements: readonly Sql[]): Promise<void>;
  /**
   * A number that stays the same as long as reads see the same data, whichever process writes; it costs less than a read.
   * `undefined` when the database cannot tell.
   */
  dataVersion(): number | undefined;
  /** Reads after this call see everything that was committed before it, by any process. */
  refresh(): void;
  /**
   * Calls back after each commit of this process, with the names of the tables it may have written; `*` among them stands
   * for any. Absent where the engine cannot tell: then the data must be looked at now and then, as for other processes.
   */
  onCommit?(listener: (tables: ReadonlySet<string>) => void): void;
  /**
   * Tells from now on when the counter of changes may have moved, whichever process moves it. Absent where the engine
   * cannot.
   */
  follow?(onMoved: () => void): Following;
  /** Waits for the writes under way and closes the database. */
  close(): Promise<void>;
}
