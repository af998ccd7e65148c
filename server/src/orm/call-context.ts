// What the author's code runs in: every call of a function, and every save whose class has events, has one, found through
// `currentCall`. Requests that run no code of the author never make one.
import type { Model } from '../model/model.ts';
import type { Sight } from '../query/sight.ts';
import type { Access } from '../session/access.ts';
import { unlockEntity } from '../session/locks.ts';
import type { Session } from '../session/session.ts';
import { functionSight } from '../session/sight.ts';
import type { Executor, Transaction } from '../store/engine.ts';
import { executorSeeingAll } from '../store/restricted.ts';
import { dropSessionStatement } from '../store/sql/lock.ts';
import { OpenTransaction, StartedTransaction } from './open-transaction.ts';
import type { AfterEvent } from './aftermath.ts';
import type { CallOptions, CallServices } from './call-services.ts';
import { CallState } from './call-state.ts';
import type { Caller } from './caller.ts';
import { runInCall } from './current-call.ts';
import { TimeLimit } from './time-limit.ts';
import type { WriteContext } from './write.ts';

/** `over` rejects when the call must end. */
type Limit = Pick<TimeLimit, 'over'>;

/** It may take as long as it likes. */
const noLimit: Limit = { over: new Promise<never>(() => undefined) };

/** What the running code may do beyond, or instead of, what its caller may. */
interface Powers {
  /** False while code must see all entities, as the row filter itself does. */
  readonly restricted: boolean;
  /** Privileges that the roles file lends to the running function and those it calls (spec 14 § 6). */
  readonly lent: readonly string[];
  /** False while the server reads what a plan has permitted already: an alias needs nothing of what its path leads through. */
  readonly checks: boolean;
  /** The entity whose calculated value is asked for: its code reads all attributes of it (spec 14 § 4.4). */
  readonly own: object | undefined;
}

const ordinary: Powers = { restricted: true, lent: [], checks: true, own: undefined };

/**
 * One call of the author's code with all that it shares: session, privileges, transaction. Code inside a transaction, the
 * events of a save, and code with other powers run in a context of their own that shares the state of the call.
 */
export class CallContext {
  readonly model: Model;
  readonly services: CallServices;
  readonly state: CallState;
  /** The events that follow when the unit of writing that this code is part of is over. */
  aftermath: AfterEvent[] = [];
  readonly #powers: Powers;
  readonly #caller: Caller;
  readonly #limit: Limit;
  #transaction: OpenTransaction | undefined;

  constructor(options: CallOptions, limit = noLimit, state = new CallState(), powers = ordinary) {
    const { model, services, caller } = options;
    this.model = model;
    this.services = services;
    this.state = state;
    this.#powers = powers;
    this.#caller = caller;
    this.#limit = limit;
  }

  /** Whether row filters hide entities from the running code. */
  get restricted(): boolean {
    return this.#powers.restricted;
  }

  /** Whether permissions are checked when attributes are read. */
  get checks(): boolean {
    return this.#powers.checks;
  }

  /** The entity whose calculated value the running code is for. */
  get own(): object | undefined {
    return this.#powers.own;
  }

  /** Who calls. @throws Error after the answer */
  get caller(): Caller {
    if (this.state.ended) throw new Error('The call has ended, and its session with it');
    return this.#caller;
  }

  /** The session of the call; none for code that goes on after the answer. */
  get session(): Session | undefined {
    return this.state.ended ? undefined : this.#caller.session;
  }

  /** @throws Error after the answer */
  openSession(): Session {
    return this.caller.openSession();
  }

  /** What the running code may do: the privileges of the session and those that are lent to it. */
  get access(): Access {
    const { roles } = this.services;
    const { restricted, lent } = this.#powers;
    // What must see all entities is code of the server, whoever has caused it to run.
    if (!restricted) return roles.admin;
    const own = this.state.ended ? roles.guest : this.#caller.access;
    const { promotions } = this.state;
    return lent.length + promotions.size === 0 ? own : roles.promote(own, [...lent, ...promotions.values()]);
  }

  /** What exists of the model for the running code. */
  get sight(): Sight {
    return functionSight(this.access);
  }

  /** Where the call reads: its open transaction, else the database as it was last committed. */
  get executor(): Executor {
    const executor = this.#open?.store ?? this.services.engine;
    return this.restricted ? executor : executorSeeingAll(executor);
  }

  get writeContext(): WriteContext {
    const sessionId = this.session?.id ?? this.state.lockHolder;
    const { now, config } = this.services;
    const strict = config.nullViolatesConstraints;
    return { now, access: this.access, strict, ...(sessionId !== undefined && { sessionId }) };
  }

  /**
   * One unit of writing: part of the open transaction, else a transaction of its own. When it throws it is undone. Code
   * that `work` calls, as events of a save are, runs inside of it: what that code reads and writes is part of the unit.
   */
  async write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const aftermath: AfterEvent[] = [];
    const open = this.#open;
    try {
      const result = await (open
        ? open.unit(() => this.#inside(open.store, work, this.#limit, aftermath))
        : this.services.engine.write((store) => this.#inside(store, work, this.#limit, aftermath)));
      await this.#tell(aftermath);
      return result;
    } catch (error) {
      await this.#tell(aftermath, error);
      throw error;
    }
  }

  /** Runs `work` in a transaction, inside another one in a nested one; rolled back when it throws. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#transact((store, over) => this.#inside(store, work, { over }));
  }

  /** Opens a transaction that all code in this context is part of until it is validated or cancelled. */
  async startTransaction(): Promise<void> {
    const outer = this.#open;
    this.#transaction = await StartedTransaction.start((work) => this.#transact(work), outer);
  }

  /** @throws Error when none was started here */
  async validateTransaction(): Promise<void> {
    const started = this.#started();
    try {
      await started.validate();
    } finally {
      this.#transaction = started.outer;
    }
  }

  /** @throws Error when none was started here */
  async cancelTransaction(): Promise<void> {
    const started = this.#started();
    try {
      await started.cancel();
    } finally {
      this.#transaction = started.outer;
    }
  }

  /** Runs `work` seeing all entities, whatever the row filters say. */
  unrestricted<T>(work: () => T): T {
    return runInCall(this.#derived({ restricted: false }), work);
  }

  /** Runs `work` with more privileges. */
  lending<T>(privileges: readonly string[], work: () => T): T {
    return runInCall(this.#derived({ lent: [...this.#powers.lent, ...privileges] }), work);
  }

  /** Runs the code of a calculated attribute, for one entity if one is given, with more privileges. */
  calculating<T>(own: object | undefined, privileges: readonly string[], work: () => T): T {
    const lent = [...this.#powers.lent, ...privileges];
    return runInCall(this.#derived({ lent, own, checks: true }), work);
  }

  /** Runs work of the server for an answer whose plan has been permitted; the code that it calls is checked again. */
  answering<T>(work: () => T): T {
    return !this.checks || this.access.isOpen ? work() : runInCall(this.#derived({ checks: false }), work);
  }

  /** Rolls back the transactions that code has left open. */
  async cancelLeftOpen(): Promise<void> {
    while (this.#transaction instanceof StartedTransaction) {
      this.services.onEvent({ kind: 'transactionLeftOpen' });
      await this.cancelTransaction();
    }
  }

  /** Is there something that its end must wait for: transactions that code has left open, locks? */
  get isOpen(): boolean {
    return this.#transaction instanceof StartedTransaction || this.state.locks.length > 0;
  }

  /** Ends the call: its locks are given back, and code that goes on is nobody's. */
  async end(): Promise<void> {
    await this.cancelLeftOpen();
    const { locks, lockHolder } = this.state;
    this.state.ended = true;
    if (locks.length === 0) return;
    const { engine, now } = this.services;
    const sessionId = this.#caller.session?.id ?? lockHolder;
    await engine.write(async (tx) => {
      for (const { dataClass, key } of locks) await unlockEntity(tx, dataClass, key, { sessionId, now: now() });
      if (lockHolder !== undefined) await tx.run(dropSessionStatement(lockHolder));
    });
  }

  /** Runs the events that follow saves and drops, when the unit they were part of is over. */
  async #tell(aftermath: AfterEvent[], undone?: unknown): Promise<void> {
    for (const told of aftermath.splice(0)) await runInCall(this, () => told.tell(undone));
  }

  /** @throws Error when it has ended: code that was part of it must not go on without it */
  get #open(): OpenTransaction | undefined {
    if (this.#transaction?.closed) throw new Error('The transaction has ended');
    return this.#transaction;
  }

  #started(): StartedTransaction {
    if (this.#transaction instanceof StartedTransaction) return this.#transaction;
    throw new Error('No transaction was started');
  }

  /** @param work is given what rejects when the transaction must end */
  #transact<T>(work: (store: Transaction, over: Promise<never>) => Promise<T>): Promise<T> {
    const open = this.#open;
    if (open) return open.unit(() => work(open.store, this.#limit.over));
    const { engine, config } = this.services;
    return engine.transact(async (store) => {
      const limit = new TimeLimit(config.transactionSeconds, 'the transaction took too long');
      const over = Promise.race([this.#limit.over, limit.over]);
      over.catch(() => undefined);
      try {
        return await work(store, over);
      } finally {
        limit.clear();
      }
    });
  }

  /** Code in its own context inside a transaction; what it started and left open is rolled back. */
  async #inside<T>(
    store: Transaction,
    work: (store: Transaction) => Promise<T>,
    limit = this.#limit,
    aftermath: AfterEvent[] = [],
  ): Promise<T> {
    const { over } = limit;
    const open = new OpenTransaction(store);
    const context = this.#derived({}, open, limit);
    // A unit may run again from its beginning.
    aftermath.length = 0;
    context.aftermath = aftermath;
    try {
      const result = await Promise.race([runInCall(context, () => work(open.store)), over]);
      await context.cancelLeftOpen();
      return result;
    } finally {
      await Promise.race([open.close(), over]);
    }
  }

  /** A context of the same call. @param powers those that change */
  #derived(powers: Partial<Powers>, transaction = this.#transaction, limit = this.#limit): CallContext {
    const { model, services, state } = this;
    const options = { model, services, caller: this.#caller };
    const derived = new CallContext(options, limit, state, { ...this.#powers, ...powers });
    derived.#transaction = transaction;
    return derived;
  }
}
