// `$directory` (spec 13 § 6): who the client says to be, and what it asks about itself.
import { fail } from '../errors.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { LoginPlan } from './session-plan.ts';

/**
 * @param body `[name, password, seconds]`; absent: name and password stand in the headers
 * @throws KeystampError 1806 for another body
 */
export function planLogin({ target }: ApiRequest, body: unknown): LoginPlan {
  if (body === undefined) return { kind: 'login' };
  if (!Array.isArray(body)) throw fail(1806, 'the body is not an array of name and password');
  const [name, password, life] = body as readonly unknown[];
  if (typeof name !== 'string' || typeof password !== 'string')
    throw fail(1806, 'the body is not an array of name and password');
  // Ancestors also sent an object there, which says nothing (§ 6.5).
  const seconds = typeof life === 'number' && life > 0 ? life : undefined;
  const isKey = target.kind === 'directory' && target.ask === 'loginByKey';
  return {
    kind: 'login',
    credentials: { name, ...(!isKey && { password }), ...(seconds !== undefined && { idleMs: seconds * 1000 }) },
  };
}

/** @throws KeystampError 1806 when the body is not one name in an array */
export function groupOf(body: unknown): string {
  const [group, ...others] = Array.isArray(body) ? (body as readonly unknown[]) : [body];
  if (typeof group !== 'string' || others.length > 0) throw fail(1806, 'the body is not the name of one group');
  return group;
}
