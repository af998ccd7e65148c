// Work that runs as one call of code of the author: in a context of its own, within the time limit of functions.
import { CallContext } from './call-context.ts';
import type { CallOptions } from './call-services.ts';
import { runInCall } from './current-call.ts';
import { codeError } from './throw-error.ts';
import { TimeLimit } from './time-limit.ts';

/**
 * What `work` gives. When it throws or takes too long, what the call still has under way ends too, and its transactions
 * are rolled back. Errors that waited (spec 12 § 7.2) are thrown when it is done.
 * @param what names the work in the error of one that takes too long
 * @throws KeystampError 503, and what `work` throws
 */
export async function inCall<T>(
  options: CallOptions,
  what: string,
  work: (call: CallContext) => Promise<T>,
): Promise<T> {
  const { functionSeconds } = options.services.config;
  const limit = new TimeLimit(functionSeconds, `${what} took over ${functionSeconds} seconds`);
  const context = new CallContext(options, limit);
  try {
    const result = await limit.bound(runInCall(context, () => work(context)));
    const { deferred } = context.state;
    if (deferred.length > 0) throw codeError(what, undefined, deferred);
    return result;
  } catch (error) {
    limit.end(error);
    throw error;
  } finally {
    limit.clear();
    if (context.isOpen) await context.end();
    else context.state.ended = true;
  }
}
