// The session cookie in its three spellings (spec 13 §§ 2.1 to 2.3).
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Config } from '../config.ts';

const isSecret = /^[0-9A-F]{32}$/;

/** How the answers of a request may carry the cookie. */
export interface CookieChannel {
  /** The request came by TLS. */
  readonly secure: boolean;
}

export class SessionCookie {
  /** The name it is given under. */
  readonly name: string;
  readonly #names: readonly string[];
  readonly #crossSite: boolean;

  /**
   * @param application name of the model
   * @param suffix behind the names, where several datastores share a host
   */
  constructor(config: Config, application: string, suffix: string) {
    const [fourD, wakanda, qodly] = [`WASID4D${suffix}`, `WASID${suffix}`, `4DSID_${application}`];
    const own = { '4d': fourD, wakanda, qodly }[config.dialect];
    const set = config.sessionCookieName;
    this.name = set === '' ? own : set + suffix;
    this.#names = [...new Set([this.name, fourD, wakanda, qodly])];
    this.#crossSite = config.corsCredentials;
  }

  /** The secrets a `Cookie` header holds, in the order they count. */
  secrets(header: string): readonly string[] {
    const cookies = parseCookie(header);
    const secrets: string[] = [];
    for (const name of this.#names) {
      const secret = cookies[name];
      if (secret !== undefined && isSecret.test(secret)) secrets.push(secret);
    }
    return secrets;
  }

  /** The value of `Set-Cookie`. */
  print(secret: string, idleMs: number, { secure }: CookieChannel): string {
    return stringifySetCookie({
      name: this.name,
      value: secret,
      path: '/',
      httpOnly: true,
      // Browsers take a cookie of another site only so (§ 2.6).
      ...(this.#crossSite ? { sameSite: 'none', secure: true } : { sameSite: 'lax', ...(secure && { secure }) }),
      maxAge: Math.floor(idleMs / 1000),
    });
  }
}
