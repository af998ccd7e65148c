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
  'currentUser',
  'belongsTo',
  'info',
]);

/**
 * Refuses a change that a page of another origin asks for. Browsers that send no `Origin`, as with a link or a picture,
 * tell the relation of the sites.
 * @param listed origins that may
 * @throws KeystampError 403
 */
export function checkOrigin({ headers }: HttpRequest, action: Action, listed: ReadonlySet<string>): void {
  if (harmless.has(action)) return;
  const { origin, 'sec-fetch-site': site } = headers;
  // What the browser itself says, whatever `Host` a proxy has written: pages cannot set it.
  if (site === 'same-origin') return;
  if (origin === undefined) {
    if (site === 'cross-site' || site === 'same-site') throw failHttp(403);
    return;
  }
  if (typeof origin === 'string' && (listed.has(origin) || isOwn(origin, headers['host']))) return;
  throw failHttp(403);
}

const isOwn = (origin: string, host: string | string[] | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;
