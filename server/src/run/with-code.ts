// Parts of a request that code of the author takes part in: events, calculated values.
import type { CallContext } from '../orm/call-context.ts';
import { callIfAny } from '../orm/current-call.ts';
import { inCall } from '../orm/in-call.ts';
import type { Transaction } from '../store/engine.ts';
import type { Visit } from './context.ts';

/**
 * Runs work as one call of code: with the session of the request, within the time limit of functions.
 * @param what names it in the error of one that takes too long
 * @throws KeystampError 503
 */
export function withCode<T>(visit: Visit, what: string, work: (call: CallContext) => Promise<T>): Promise<T> {
  const { services, visitor } = visit;
  return inCall({ model: services.model, services, caller: visitor }, `the code of ${what}`, work);
}

/**
 * Works out what the answer of a permitted plan needs of calculated attributes, as a part of the call that is running if one
 * is.
 */
export function inCode<T>(visit: Visit, what: string, work: () => Promise<T>): Promise<T> {
  const call = callIfAny();
  return call ? call.answering(work) : withCode(visit, what, (made) => made.answering(work));
}

/** One unit of writing; inside a call, so that events of the classes are part of it, where code takes part. */
export const writeUnit = <T>({ services }: Visit, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  callIfAny()?.write(work) ?? services.engine.write(work);

/** Units of writing in their order, each undone alone when it throws. */
export async function writeEach<T>(
  { services }: Visit,
  units: readonly ((tx: Transaction) => Promise<T>)[],
): Promise<readonly PromiseSettledResult<T>[]> {
  const call = callIfAny();
  if (!call) return services.engine.writeEach(units);
  const settled: PromiseSettledResult<T>[] = [];
  for (const unit of units) settled.push(...(await Promise.allSettled([call.write(unit)])));
  return settled;
}
