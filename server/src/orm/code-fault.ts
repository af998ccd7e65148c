// What code of the author says or throws in a save or drop → the error of that save or drop (spec 15 § 10.3).
import { KeystampError, type CodeEntry } from '../errors.ts';
import type { CallContext } from './call-context.ts';
import { EventRefusal } from './entity-events.ts';
import { thrownError } from './event-error.ts';
import { refused } from './save-error.ts';

/**
 * Errors of the server keep their own codes; the details of a fault are logged, its message is told.
 * @param outer the line of the save or drop
 */
export function codeFault(error: unknown, outer: CodeEntry, { services }: CallContext): KeystampError {
  if (error instanceof EventRefusal && error.cause instanceof KeystampError) return around(error.cause, outer);
  if (error instanceof KeystampError) return around(error, outer);
  const { printed, serious, fault } = error instanceof EventRefusal ? error.error : thrownError(error);
  const cause: unknown = error instanceof EventRefusal ? (error.cause ?? error) : error;
  if (fault) services.onEvent({ kind: 'functionThrew', name: 'an event', cause });
  const http = fault ? 500 : 400;
  return refused(http, serious ? 8 : 7, [{ http, event: printed }, outer], cause);
}

/** The outer line once. */
function around(error: KeystampError, { code, args }: CodeEntry): KeystampError {
  const last = error.entries.at(-1);
  return last && 'code' in last && last.code === code ? error : error.within(code, ...args);
}
