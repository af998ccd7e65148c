// Stage 1: method and URL → ApiRequest. Every syntax error of the request line is found here.
import { failHttp } from '../errors.ts';
import type { ApiRequest } from './api-request.ts';
import { parsePath } from './path.ts';
import { parseQuery } from './query-string.ts';
import { cutPath } from './segments.ts';

const methods: ReadonlySet<string> = new Set<ApiRequest['method']>([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

const isMethod = (method: string): method is ApiRequest['method'] => methods.has(method);

/**
 * The parsed request line (spec 01 §§ 2 and 3).
 * @param method upper case
 * @param url path and query as they came over the wire: `/rest/Employee(1)?$expand=photo`
 * @param mount path the API is served under, without a trailing slash: `/rest`
 * @param limits `maxUrlLength` in characters
 * @throws KeystampError 405 unknown method, 414 too long, 404 outside the mount, 1806 malformed
 */
export function parseRequest(
  method: string,
  url: string,
  mount: string,
  limits: { readonly maxUrlLength: number },
): ApiRequest {
  if (!isMethod(method)) throw failHttp(405, undefined, { Allow: [...methods].join(', ') });
  if (url.length > limits.maxUrlLength) throw failHttp(414, `over ${limits.maxUrlLength} characters`);
  const pathStart = mount.length;
  if (!isUnder(url, mount)) throw failHttp(404);
  const mark = url.indexOf('?', pathStart);
  const cut = cutPath(url, pathStart, mark < 0 ? url.length : mark, mark < 0);
  return { method, mount, target: parsePath(cut.segments), params: parseQuery(url.slice(cut.end + 1)) };
}

/** What stands behind a mount. */
const afterMount: ReadonlySet<string> = new Set(['', '/', '?', '&']);

/** Whether a URL is one of that mount. */
export const isUnder = (url: string, mount: string): boolean =>
  url.startsWith(mount) && afterMount.has(url.charAt(mount.length));

/**
 * The mount that a URL came in on: the longest of those it is under.
 * @throws KeystampError 404
 */
export function mountOf(url: string, mounts: readonly string[]): string {
  const [first = '', ...others] = mounts;
  if (others.length === 0) return first;
  const found = mounts.filter((mount) => isUnder(url, mount));
  if (found.length === 0) throw failHttp(404);
  return found.reduce((longest, mount) => (mount.length > longest.length ? mount : longest));
}
