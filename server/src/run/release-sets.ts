// Entity sets that clients need no more (spec 05 § 3.5).
import { fail } from '../errors.ts';
import type { ReleaseSetsPlan } from '../plan/session-plan.ts';
import type { Visit } from './context.ts';
import type { OkOutcome } from './outcome.ts';

/** @throws KeystampError 1802 for an unknown id, when the plan is strict */
export async function runReleaseSets(
  { ids, strict }: ReleaseSetsPlan,
  { services, session }: Visit,
): Promise<OkOutcome> {
  for (const id of ids) if (!(await services.sets.release(id, session?.id)) && strict) throw fail(1802, id);
  return { kind: 'ok' };
}
