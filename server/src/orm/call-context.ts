// What user code runs in: every call of a function, and every save whose class has events, has one, found through
// AsyncLocalStorage. Requests that call no user code never make one.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { Model } from '../model/model.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import type { Session } from '../session/session.ts';
import type { Uploads } from '../session/uploads.ts';
import type { Engine, Executor, Transaction } from '../store/engine.ts';

/** The parts of the server that user code reaches. */
export interface CallServices {
  readonly config: Config;
  readonly engine: Engine;
  readonly converter: Converter;
  readonly variants: Variants;
  readonly sets: EntitySets;
  readonly uploads: Uploads;
  readonly now: () => number;
}

/** Who calls: a request with its session. */
export interface Caller {
  /** The session the client came with or got by now. */
  readonly session: Session | undefined;
  /** The session, a new one if there was none. */
  openSession(): Session;
}

export interface CallOptions {
  readonly model: Model;
  readonly services: CallServices;
  readonly caller: Caller;
  readonly onEvent: OnEvent;
  /** Milliseconds since 1970 when the call must have ended. */
  readonly deadline: number;
  /** An open transaction that the call is part of, as events of a save are. */
  readonly transaction?: Transaction;
}

/** One call of user code with all that it shares: session, privileges, transaction, deadline. */
export class CallContext {
  readonly model: Model;
  readonly services: CallServices;
  readonly caller: Caller;
  readonly onEvent: OnEvent;
  readonly deadline: number;
  /** Privileges lent to the call, beside those its session holds: by `session.promote` and by the roles file. */
  readonly promotions = new Set<string>();
  /** False while code must see all entities, as the row filter itself does. */
  restricted = true;
  #transaction: Transaction | undefined;

  constructor({ model, services, caller, onEvent, deadline, transaction }: CallOptions) {
    this.model = model;
    this.services = services;
    this.caller = caller;
    this.onEvent = onEvent;
    this.deadline = deadline;
    this.#transaction = transaction;
  }

  /** Where the call reads: its open transaction, else the database as it was last committed. */
  get executor(): Executor {
    return this.#transaction ?? this.services.engine;
  }

  /** One unit of writing: part of the open transaction, else a transaction of its own. When it throws it is undone. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const open = this.#transaction;
    return open ? open.attempt(() => work(open)) : this.services.engine.write(work);
  }
}

const calls = new AsyncLocalStorage<CallContext>();

/** Runs `work` in that context; what it starts finds the context through `currentCall`. */
export const runInCall = <T>(context: CallContext, work: () => T): T => calls.run(context, work);

/**
 * The call that the running code belongs to.
 * @throws Error outside of a call
 */
export function currentCall(): CallContext {
  const found = calls.getStore();
  if (!found) throw new Error('There is no call: the datastore can be used in functions and events only');
  return found;
}

/** The call that the running code belongs to, if any. */
export const callIfAny = (): CallContext | undefined => calls.getStore();
