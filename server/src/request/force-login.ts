// Force login: what a guest may ask for all the same (spec 13 § 4.3).
import { fail } from '../errors.ts';
import type { Action } from './action.ts';
import type { ApiRequest } from './api-request.ts';

const descriptive: ReadonlySet<Action> = new Set<Action>(['catalog', 'options', 'login', 'logout', 'currentUser']);

/** The function of the datastore that logs in (spec 13 § 5); it runs whatever stands in the way of others. */
export const loginFunction = 'authentify';

/**
 * Refuses what a guest may not ask for.
 * @throws KeystampError 1822
 */
export function checkGuest({ request, action }: { readonly request: ApiRequest; readonly action: Action }): void {
  if (descriptive.has(action) || isLoginCall(request, action)) return;
  throw fail(1822);
}

/** Is this `POST $catalog/authentify`? */
const isLoginCall = ({ target }: ApiRequest, action: Action): boolean =>
  action === 'call' &&
  target.kind === 'catalog' &&
  Array.isArray(target.classes) &&
  target.classes[0] === loginFunction;
