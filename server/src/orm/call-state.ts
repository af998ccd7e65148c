// What all code of one call shares, inside and outside of its transactions.
import type { PrintedError } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';

/** A message for the page that called (spec 12 § 6). */
export interface PageMessage {
  readonly message: string;
  readonly type: 'message' | 'warning' | 'error';
}

/** An entity that the call has locked. */
interface HeldLock {
  readonly dataClass: DataClassDef;
  readonly key: Key;
}

export class CallState {
  /** Privileges lent to the call by `session.promote`, by the number to give them back by. */
  readonly promotions = new Map<number, string>();
  /** Errors that are thrown at the end (spec 12 § 7.2). */
  readonly deferred: PrintedError[] = [];
  pageMessage: PageMessage | undefined;
  readonly locks: HeldLock[] = [];
  /** Holds the locks of a call without session. */
  lockHolder: string | undefined;
  /** The answer has been given; code that goes on is nobody's. */
  ended = false;
}
