// A transaction that code has open: its units run one after the other, so that what one of them undoes is its own alone.
import type { DataClassDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { Row, Transaction } from '../store/engine.ts';
import type { Sql } from '../store/sql/sql.ts';

export class OpenTransaction {
  readonly store: Transaction;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(store: Transaction) {
    this.store = new Guarded(store, () => this.#closed);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Runs `work` when all units before it have settled; when it throws, what it did is undone.
   * @throws Error when the transaction has ended
   */
  unit<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(() => this.store.attempt(work));
    this.#last = run.catch(() => undefined);
    return run;
  }

  /** No unit begins any more; settles when the one under way has. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}

/** Code that goes on after the end of its transaction must not write into what others write on the same connection. */
class Guarded implements Transaction {
  readonly #store: Transaction;
  readonly #closed: () => boolean;

  constructor(store: Transaction, closed: () => boolean) {
    this.#store = store;
    this.#closed = closed;
  }

  async rows(statement: Sql): Promise<readonly Row[]> {
    return this.#open.rows(statement);
  }

  async row(statement: Sql): Promise<Row | undefined> {
    return this.#open.row(statement);
  }

  async run(statement: Sql): Promise<number> {
    return this.#open.run(statement);
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#open.attempt(work);
  }

  async lock(statement: Sql): Promise<void> {
    return this.#open.lock(statement);
  }

  async keyGiven(dataClass: DataClassDef, key: Key): Promise<void> {
    return this.#open.keyGiven(dataClass, key);
  }

  get #open(): Transaction {
    if (this.#closed()) throw new Error('The transaction has ended');
    return this.#store;
  }
}

/** Runs its argument inside a transaction: the way an engine opens one, or an open transaction a nested one. */
export type Opener = (work: (store: Transaction, over: Promise<never>) => Promise<void>) => Promise<void>;

/** A transaction between `startTransaction` and its validation or cancelling. */
export class StartedTransaction extends OpenTransaction {
  /** The one around it. */
  readonly outer: OpenTransaction | undefined;
  readonly #verdict = Promise.withResolvers<void>();
  #settled: Promise<void> = Promise.resolve();

  private constructor(store: Transaction, outer: OpenTransaction | undefined) {
    super(store);
    this.outer = outer;
    this.#verdict.promise.catch(() => undefined);
  }

  /**
   * @param open gives what rejects when the transaction must end; it is rolled back then
   * @throws what `open` throws
   */
  static async start(open: Opener, outer: OpenTransaction | undefined): Promise<StartedTransaction> {
    const opened = Promise.withResolvers<StartedTransaction>();
    const settled = open(async (store, over) => {
      const started = new StartedTransaction(store, outer);
      opened.resolve(started);
      try {
        await Promise.race([started.#verdict.promise, over]);
      } finally {
        // Whatever waits for its turn finds it closed.
        void started.close();
      }
    });
    settled.catch(opened.reject);
    const started = await opened.promise;
    started.#settled = settled;
    return started;
  }

  /** Settles after the commit of the outermost transaction is on disk. */
  async validate(): Promise<void> {
    await this.close();
    this.#verdict.resolve();
    await this.#settled;
  }

  async cancel(): Promise<void> {
    await this.close();
    this.#verdict.reject(new Error('rolled back'));
    // Whatever it ended by, it was not committed.
    await this.#settled.catch(() => undefined);
  }
}
