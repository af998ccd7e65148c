// The units of work that wait to be written: those that arrive in one turn of the event loop share one commit.
import { AsyncResource } from 'node:async_hooks';
import { failHttp } from '../../errors.ts';
import type { Transaction, Unit } from '../engine.ts';
import type { Connection } from './connection.ts';
import { isBusy, translate } from './errors.ts';
import { SqliteTransaction } from './transaction.ts';

interface Waiting {
  readonly work: (transaction: Transaction) => Promise<unknown>;
  /** Of the caller: whoever started the writing, each unit runs in the async context of its own caller. */
  readonly context: AsyncResource;
  /** It shares its commit with no other. */
  readonly alone: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Settled = { readonly unit: Waiting } & ({ readonly value: unknown } | { readonly error: unknown });

/** How long a commit waits until other processes have written. */
const longestTurnMs = 30_000;
/** So long after another process was found writing this one leaves a pause for it between two commits. */
const sharedMs = 1000;

/** What hears of commits. */
export interface CommitListener {
  /** Reads that begin now must see what was committed until now. */
  onTurn(): void;
  /** Tables that a commit has written, or may have. */
  onCommit(tables: ReadonlySet<string>): void;
}

export class Commits {
  readonly transaction: SqliteTransaction;
  readonly #connection: Connection;
  readonly #listener: CommitListener;
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  /** When another process was last found writing. */
  #lastBusy = -Infinity;

  /** @param connection that nobody else writes with */
  constructor(connection: Connection, listener: CommitListener) {
    this.#connection = connection;
    // Waiting inside a statement would hold up the whole process.
    connection.database.pragma('busy_timeout = 0');
    this.transaction = new SqliteTransaction(connection);
    this.#listener = listener;
  }

  /** Settles when all that waited is written. */
  async finish(): Promise<void> {
    await this.#writing;
  }

  /**
   * Runs the unit with the next commit; settles when that is on disk.
   * @param alone it shares its commit with no other
   */
  add<T>(work: Unit<T>, alone: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, context: new AsyncResource('UnitOfWork'), alone, resolve, reject });
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
      if (performance.now() - this.#lastBusy < sharedMs) await pause(1);
      else if (this.#waiting.length > 0) await nextTurn();
    }
    this.#writing = undefined;
  }

  async #commit(units: readonly Waiting[]): Promise<void> {
    const settled: Settled[] = [];
    try {
      this.transaction.written.clear();
      await this.#begin();
      // What reads beside it see from now on is what was committed before it.
      if (units[0]?.alone) this.#listener.onTurn();
      const [first] = units;
      // What fails takes the commit with it: nothing has to be kept apart.
      if (first && units.length === 1) settled.push({ unit: first, value: await this.#do(first) });
      else for (const unit of units) settled.push(await this.#attempt(unit));
      this.#connection.prepared('COMMIT').statement.run();
    } catch (error) {
      const cause = translate(error, this.#connection.database.name);
      for (const unit of units) unit.reject(cause);
      settled.length = 0;
      this.#rollBack();
    } finally {
      // A read that starts now sees what was just committed.
      this.#listener.onTurn();
    }
    // A commit that the disk has not confirmed may be there all the same.
    this.#listener.onCommit(this.transaction.written);
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
        this.#connection.prepared('BEGIN IMMEDIATE').statement.run();
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

  #rollBack(): void {
    try {
      if (this.#connection.database.inTransaction) this.#connection.prepared('ROLLBACK').statement.run();
    } catch {
      // The next commit cannot begin, and tells those that wait for it; nobody waits for ever.
    }
  }

  #do({ work, context }: Waiting): Promise<unknown> {
    return context.runInAsyncScope(work, undefined, this.transaction);
  }

  /** One of several: what it has written is undone when it fails, and the others go on. */
  async #attempt(unit: Waiting): Promise<Settled> {
    try {
      return { unit, value: await this.transaction.attempt(() => this.#do(unit)) };
    } catch (error) {
      if (!this.#connection.database.inTransaction) throw error;
      return { unit, error };
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
