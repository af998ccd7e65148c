// The function that logs in is an ordinary one, but who is still a guest afterwards has failed, and may not fail often
// (spec 13 § 5).
import type { CallPlan } from '../plan/call-plan.ts';
import { loginFunction } from '../request/force-login.ts';
import { runCall } from './call.ts';
import type { Visit } from './context.ts';
import type { CalledOutcome } from './outcome.ts';

/** Is it the call of the function that logs in? */
export const isLogin = ({ on, fn }: CallPlan): boolean => on.kind === 'dataStore' && fn.name === loginFunction;

/** @throws KeystampError 429 with `Retry-After`, and as runCall */
export async function runLoginCall(plan: CallPlan, visit: Visit): Promise<CalledOutcome> {
  if (visit.identity.kind !== 'guest') return runCall(plan, visit);
  let outcome: CalledOutcome | undefined;
  await visit.services.attempts.attempt(visit.http.remoteAddress, async () => {
    outcome = await runCall(plan, visit);
    return visit.identity.kind !== 'guest';
  });
  return outcome as CalledOutcome;
}
