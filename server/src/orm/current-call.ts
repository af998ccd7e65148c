// The call that the running code belongs to, found through AsyncLocalStorage.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from './call-context.ts';

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
