// Requests that another site makes a browser send (spec 13 § 2.6, DECISIONS P10).
import { failHttp } from '../errors.ts';
import type { Action } from './action.ts';
import type { HttpRequest } from './http-request.ts';

/** Actions that change nothing but what the caller's own session holds. */
const harmless: ReadonlySet<Action> = new Set<Action>([
  'read',
  'catalog',
  'options',
  'nothing',
  'entityset',
  'subentityset',
  'release',
  'validate',
  'refresh',
]);

/**
 * Refuses a change that a page of another origin asks for.
 * @throws KeystampError 403
 */
export function checkOrigin({ headers }: HttpRequest, action: Action): void {
  const origin = headers['origin'];
  if (origin === undefined || harmless.has(action)) return;
  const host = headers['host'];
  if (typeof origin === 'string' && URL.canParse(origin) && new URL(origin).host === host) return;
  throw failHttp(403);
}
