// Who asks: sessions by cookie (spec 13 §§ 1 to 3). All of them are guests. A session exists only for clients that
// hold something in it; plain reads need none.
import { randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Config } from '../config.ts';
import { failHttp } from '../errors.ts';

export interface Session {
  /** 32 upper-case hex digits. */
  readonly id: string;
  /** Milliseconds since 1970. */
  lastUsed: number;
  /** When the client last got the cookie. */
  cookieSent: number;
}

/** All names a client may send its session under; the first is the one it is given (spec 13 § 2.3). */
const cookieNames: Record<Config['dialect'], readonly string[]> = {
  '4d': ['WASID4D', 'WASID', '4DSID_keystamp'],
  wakanda: ['WASID', 'WASID4D', '4DSID_keystamp'],
  qodly: ['WASID4D', '4DSID_keystamp', 'WASID'],
};

const isId = /^[0-9A-F]{32}$/;

export const newId = (): string => randomBytes(16).toString('hex').toUpperCase();

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #config: Config;
  readonly #now: () => number;
  readonly #onEnd: (id: string) => void;

  /** @param onEnd releases what the session held */
  constructor(config: Config, now: () => number, onEnd: (id: string) => void) {
    this.#config = config;
    this.#now = now;
    this.#onEnd = onEnd;
  }

  /** The live session that a `Cookie` header names, its idle time restarted. */
  find(cookieHeader: string | undefined): Session | undefined {
    if (cookieHeader === undefined || this.#sessions.size === 0) return undefined;
    const cookies = parseCookie(cookieHeader);
    for (const name of cookieNames[this.#config.dialect]) {
      const id = cookies[name];
      const session = id !== undefined && isId.test(id) ? this.#sessions.get(id) : undefined;
      if (!session) continue;
      const now = this.#now();
      if (now - session.lastUsed > this.#idleMs) {
        this.end(session.id);
        continue;
      }
      session.lastUsed = now;
      return session;
    }
    return undefined;
  }

  /**
   * A new guest. Its id never comes from the client.
   * @throws KeystampError 402 when there are too many sessions
   */
  create(): Session {
    if (this.#sessions.size >= this.#config.maxSessions) this.sweep();
    if (this.#sessions.size >= this.#config.maxSessions) throw failHttp(402);
    const session: Session = { id: newId(), lastUsed: this.#now(), cookieSent: 0 };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** The `Set-Cookie` value, when the client must get it: a new session, or a tenth of its life has passed. */
  cookieFor(session: Session): string | undefined {
    const now = this.#now();
    if (now - session.cookieSent < this.#idleMs / 10) return undefined;
    session.cookieSent = now;
    return stringifySetCookie({
      name: cookieNames[this.#config.dialect][0] as string,
      value: session.id,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      maxAge: this.#config.sessionIdleMinutes * 60,
    });
  }

  end(id: string): void {
    if (this.#sessions.delete(id)) this.#onEnd(id);
  }

  /** Ends every session that was idle for too long. */
  sweep(): void {
    const oldest = this.#now() - this.#idleMs;
    for (const session of this.#sessions.values()) if (session.lastUsed < oldest) this.end(session.id);
  }

  get #idleMs(): number {
    return this.#config.sessionIdleMinutes * 60_000;
  }
}
