// Who asks: sessions by cookie (spec 13 §§ 1 to 3). All of them are guests. A session exists only for clients that
// hold something in it; plain reads need none. Sessions are rows of the database, and this process remembers those it
// has seen: a known one costs no statement but one a minute, which also tells when another process has ended it.
import { randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Config } from '../config.ts';
import { failHttp } from '../errors.ts';
import type { Engine, Transaction } from '../store/engine.ts';
import { sessionTable } from '../store/sql/columns.ts';
import { sql } from '../store/sql/sql.ts';

/** All times are milliseconds since 1970. */
export interface Session {
  /** 32 upper-case hex digits. */
  readonly id: string;
  lastUsed: number;
  /** When it ends unless it is used, as the database has it. */
  expires: number;
  /** When the database was last asked for it. */
  checked: number;
  /** When the client last got the cookie. */
  cookieSent: number;
  /** Of a new session until its row is on disk; rejects with 402 when there are too many sessions. */
  stored?: Promise<void>;
}

/** Releases what a session holds, in the transaction that ends it. */
export type Release = (tx: Transaction, sessionId: string) => Promise<void>;

/** How often the caller should `flush`. */
export const flushMs = 5_000;
/** How long a session is believed to live without asking the database. */
const checkMs = 60_000;
/** The database may not know of the uses of this long, so a session lives so much longer there. */
const graceMs = checkMs;
/** In its last moments a session is not taken up any more: it could end before its use is written. */
const lastMomentsMs = 2 * flushMs;
/** Sessions written or ended in one transaction; others get their turn between two. */
const batch = 500;

/** All names a client may send its session under; the first is the one it is given (spec 13 § 2.3). */
const cookieNames: Record<Config['dialect'], readonly string[]> = {
  '4d': ['WASID4D', 'WASID', '4DSID_keystamp'],
  wakanda: ['WASID', 'WASID4D', '4DSID_keystamp'],
  qodly: ['WASID4D', '4DSID_keystamp', 'WASID'],
};

const isId = /^[0-9A-F]{32}$/;

export const newId = (): string => randomBytes(16).toString('hex').toUpperCase();

export class Sessions {
  /** Those this process has seen, by id. */
  readonly #known = new Map<string, Session>();
  /** Used since their life was last written, and soon to be ended by it. */
  readonly #used = new Set<Session>();
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;
  readonly #releases: readonly Release[];
  readonly #cookieNames: readonly string[];

  /** @param cookieSuffix behind the names of the cookie, where several datastores share a host */
  constructor(engine: Engine, config: Config, now: () => number, releases: readonly Release[], cookieSuffix = '') {
    this.#cookieNames = cookieNames[config.dialect].map((name) => name + cookieSuffix);
    this.#engine = engine;
    this.#config = config;
    this.#now = now;
    this.#releases = releases;
  }

  /**
   * The live session that a `Cookie` header names, its idle time restarted. A promise only when the database must be
   * asked: for a session this process does not know, and once a minute for one it does.
   */
  find(cookieHeader: string | undefined): Session | undefined | Promise<Session | undefined> {
    if (cookieHeader === undefined) return undefined;
    const cookies = parseCookie(cookieHeader);
    const ids: string[] = [];
    for (const name of this.#cookieNames) {
      const id = cookies[name];
      if (id !== undefined && isId.test(id)) ids.push(id);
    }
    const [first] = ids;
    return first === undefined ? undefined : (this.#remembered(first) ?? this.#firstOf(ids));
  }

  /**
   * A new guest. Its id never comes from the client. It may be used at once, but whoever tells the client of it waits
   * for `stored`.
   */
  create(): Session {
    const now = this.#now();
    const session: Session = { id: newId(), lastUsed: now, expires: this.#endOf(now), checked: now, cookieSent: 0 };
    this.#known.set(session.id, session);
    session.stored = this.#store(session, now);
    // Who waits for it hears of it; nobody has to.
    session.stored.catch(() => {});
    return session;
  }

  /** The `Set-Cookie` value, when the client must get it: a new session, or a tenth of its life has passed. */
  cookieFor(session: Session): string | undefined {
    const now = this.#now();
    if (now - session.cookieSent < this.#idleMs / 10) return undefined;
    session.cookieSent = now;
    return stringifySetCookie({
      name: this.#cookieNames[0] as string,
      value: session.id,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      maxAge: this.#config.sessionIdleMinutes * 60,
    });
  }

  /** Ends a session with all it holds. Other processes notice within a minute. */
  async end(id: string): Promise<void> {
    this.#known.delete(id);
    await this.#engine.write((tx) => this.#endIf(tx, id, Number.MAX_SAFE_INTEGER));
  }

  /** Forgets what this process knows of a session; it is looked up when its cookie comes again. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  /** Writes how long the sessions in use live from now on. */
  async flush(): Promise<void> {
    while (this.#used.size > 0) {
      const sessions = [...this.#used].slice(0, batch);
      const ends = sessions.map((session) => this.#endOf(session.lastUsed));
      await this.#engine.write(async (tx) => {
        for (const [i, { id }] of sessions.entries())
          await tx.run(
            sql`UPDATE ${sessionTable} SET expires = ${ends[i] as number} WHERE id = ${id} AND expires < ${ends[i] as number}`,
          );
      });
      for (const [i, session] of sessions.entries()) {
        session.expires = ends[i] as number;
        this.#used.delete(session);
      }
    }
  }

  /** Ends every session that was idle for too long. */
  async sweep(): Promise<void> {
    const now = this.#now();
    for (const { id, expires } of this.#known.values()) if (expires <= now) this.#known.delete(id);
    const over = sql`SELECT id FROM ${sessionTable} WHERE expires <= ${now} LIMIT 1`;
    // Asked first, so that the write lock is not taken for nothing.
    if (!(await this.#engine.row(over))) return;
    while ((await this.#engine.write((tx) => this.#endIdle(tx, now))) === batch);
  }

  /** The session when it was found alive within the last minute. */
  #remembered(id: string): Session | undefined {
    const session = this.#known.get(id);
    const now = this.#now();
    return session && now - session.checked < checkMs ? this.#use(session, now) : undefined;
  }

  async #firstOf(ids: readonly string[]): Promise<Session | undefined> {
    for (const id of ids) {
      const session = this.#remembered(id) ?? (await this.#lookUp(id));
      if (session) return session;
    }
    return undefined;
  }

  async #lookUp(id: string): Promise<Session | undefined> {
    const waiting = this.#known.get(id);
    if (waiting && this.#used.has(waiting)) await this.flush();
    // Another process may have made it a moment ago.
    this.#engine.refresh();
    const row = await this.#engine.row(sql`SELECT created, expires FROM ${sessionTable} WHERE id = ${id}`);
    const now = this.#now();
    if (!row || Number(row['expires']) <= now + lastMomentsMs) {
      this.#known.delete(id);
      if (row) await this.#engine.write((tx) => this.#endIf(tx, id, now + lastMomentsMs));
      return undefined;
    }
    let session = this.#known.get(id);
    if (!session) {
      session = { id, lastUsed: now, expires: 0, checked: now, cookieSent: Number(row['created']) };
      this.#known.set(id, session);
    }
    session.checked = now;
    session.expires = Number(row['expires']);
    return this.#use(session, now);
  }

  #use(session: Session, now: number): Session {
    session.lastUsed = now;
    if (now + this.#idleMs > session.expires) this.#used.add(session);
    return session;
  }

  /** @throws KeystampError 402 */
  async #store(session: Session, now: number): Promise<void> {
    try {
      await this.#engine.write(async (tx) => {
        if (await this.#insert(tx, session, now)) return;
        await this.#endIdle(tx, now);
        if (!(await this.#insert(tx, session, now))) throw failHttp(402);
      });
      delete session.stored;
    } catch (error) {
      this.#known.delete(session.id);
      throw error;
    }
  }

  /** False when there are as many sessions as there may be. */
  async #insert(tx: Transaction, { id, expires }: Session, now: number): Promise<boolean> {
    const changed = await tx.run(
      sql`INSERT INTO ${sessionTable} (id, created, expires) SELECT ${id}, ${now}, ${expires} WHERE (SELECT count(*) FROM ${sessionTable}) < ${this.#config.maxSessions}`,
    );
    return changed === 1;
  }

  /** Ends some of the sessions that were idle for too long; how many. */
  async #endIdle(tx: Transaction, now: number): Promise<number> {
    const over = await tx.rows(sql`SELECT id FROM ${sessionTable} WHERE expires <= ${now} LIMIT ${batch}`);
    for (const row of over) await this.#endIf(tx, String(row['id']), now);
    return over.length;
  }

  /** Ends the session with all it holds, when it would end by then. */
  async #endIf(tx: Transaction, id: string, by: number): Promise<void> {
    if ((await tx.run(sql`DELETE FROM ${sessionTable} WHERE id = ${id} AND expires <= ${by}`)) === 0) return;
    for (const release of this.#releases) await release(tx, id);
  }

  get #idleMs(): number {
    return this.#config.sessionIdleMinutes * 60_000;
  }

  #endOf(lastUse: number): number {
    return lastUse + this.#idleMs + graceMs;
  }
}
