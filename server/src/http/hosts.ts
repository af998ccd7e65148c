// Under which names a server answers (DECISIONS P12). Whoever owns a name may have it lead to this machine, and the browser of
// a visitor then takes the server for a part of that site (DNS rebinding); nothing but `Host` tells that it is none.
import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config.ts';
import { failHttp, type KeystampError } from '../errors.ts';
import { listOf } from '../setting.ts';
import { isLoopback } from './listen.ts';

/** Why a request is not answered, `undefined` when it is. */
export type HostRule = (headers: IncomingHttpHeaders) => KeystampError | undefined;

/**
 * The names of this machine itself, and those that are listed: a server that nothing protects answers under no others, and
 * no server does once some are listed. A request without a name (HTTP/1.0) comes from no browser.
 * @param isProtected by a roles file or API keys
 * @returns `undefined` when every name will do
 */
export function hostRule({ open, allowedHosts }: Config, isProtected: boolean): HostRule | undefined {
  const listed = listOf(allowedHosts.toLowerCase());
  if (listed.length === 0 && (open || isProtected)) return undefined;
  const hint = listed.length > 0 ? notListed : nothingProtects;
  const isAllowed = (host: string): boolean => {
    const name = nameOf(host);
    return name !== undefined && (isOfThisMachine(name) || listed.some((one) => covers(one, name)));
  };
  // Most requests have the host of the one before.
  let last: string | undefined;
  return ({ host, 'x-forwarded-host': forwarded }) => {
    if (host !== undefined && host !== last) {
      if (!isAllowed(host)) return refusal(host, hint);
      last = host;
    }
    // What a proxy was asked for, which may ask here under another name. It can only make a request refused.
    if (forwarded === undefined) return undefined;
    const wrong = listOf(String(forwarded)).find((one) => !isAllowed(one));
    return wrong === undefined ? undefined : refusal(wrong, hint);
  };
}

const notListed = 'allowedHosts (KEYSTAMP_ALLOWED_HOSTS, --allowed-hosts) does not list it';
const nothingProtects =
  'nothing protects the data, so only names of this machine are answered; list others in allowedHosts (KEYSTAMP_ALLOWED_HOSTS, --allowed-hosts), or give --open to serve everybody';

/** Longer ones are no names. */
const longestName = 255;

const refusal = (host: string, hint: string): KeystampError =>
  failHttp(421, `${JSON.stringify(host.slice(0, longestName))}: ${hint}`);

/** A host without its port: a name, an address, or `[address]`. */
const hostForm = /^(\[[\da-f.:]+\]|[^\s"(),/:;<=>?@[\\\]{}]+?)\.?(?::\d*)?$/i;

const nameOf = (host: string): string | undefined => hostForm.exec(host)?.[1]?.toLowerCase();

const isOfThisMachine = (name: string): boolean =>
  name.endsWith('.localhost') || isLoopback(name.startsWith('[') ? name.slice(1, -1) : name);

/** Whether an item of the list is that name, or begins with a dot and is it or a domain around it. */
const covers = (listed: string, name: string): boolean =>
  listed.startsWith('.') ? name.endsWith(listed) || name === listed.slice(1) : name === listed;
