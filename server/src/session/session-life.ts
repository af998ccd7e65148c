// How long sessions live (spec 13 §§ 3, 8.1): each use begins their idle time anew, which is written now and then; who was
// idle for too long is ended with all it holds, and so is the guest who was idle for longest when there are too many.
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import type { Engine, Transaction } from '../store/engine.ts';
import { sessionTable } from '../store/sql/columns.ts';
import { countSessions, deleteOldTokens, deleteSecrets, longestUnused, oldToken } from '../store/sql/session.ts';
import { sql } from '../store/sql/sql.ts';
import type { KnownSessions } from './known-sessions.ts';
import type { Session } from './session.ts';

/** Releases what a session holds, in the transaction that ends it. */
export type Release = (tx: Transaction, sessionId: string) => Promise<void>;

/** How often the caller should `flush`. */
export const flushMs = 5_000;
/** How long a session is believed to live without asking the database. */
export const checkMs = 60_000;
/** The database may not know of the uses of this long, so a session lives so much longer there. */
const graceMs = checkMs;
/** In its last moments a session is not taken up any more: it could end before its use is written. */
const lastMomentsMs = 2 * flushMs;
/** A guest that was used within so long is not idle. */
const busyMs = 2 * checkMs;
/** Sessions written or ended in one transaction; others get their turn between two. */
const batch = 500;

const always = Number.MAX_SAFE_INTEGER;

export class SessionLife {
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;
  readonly #known: KnownSessions;
  readonly #releases: readonly Release[];

  constructor(engine: Engine, config: Config, now: () => number, known: KnownSessions, releases: readonly Release[]) {
    this.#engine = engine;
    this.#config = config;
    this.#now = now;
    this.#known = known;
    this.#releases = releases;
  }

  /** How long a session lives without being used, unless something else is said. */
  get usualIdleMs(): number {
    return this.#config.sessionIdleMinutes * 60_000;
  }

  /** How long a session lives that asks for so long: within the limits, never less than usual (spec 13 § 3.2). */
  idleMsFor(asked: number | undefined): number | undefined {
    if (asked === undefined) return undefined;
    return Math.min(Math.max(asked, this.usualIdleMs), this.#config.maxSessionIdleMinutes * 60_000);
  }

  /** When a session ends unless it is used, in milliseconds since 1970; that of one which would begin now. */
  endOf(session: Session | undefined): number {
    return session ? session.lastUsed + session.idleMs : this.#now() + this.usualIdleMs;
  }

  /** The same in the database. */
  storedEndOf(session: Session): number {
    return this.endOf(session) + graceMs;
  }

  /**
   * When a session ends unless it is used, in milliseconds since 1970.
   * @param stored the end of its row, which knows less of its last uses than the process it was used in
   */
  expirationOf(id: string, stored: number): number {
    const session = this.#known.session(id);
    return Math.max(stored - graceMs, session ? this.endOf(session) : 0);
  }

  /** Can a session whose row ends then be taken up? */
  isAlive(expires: number, now: number): boolean {
    return expires > now + lastMomentsMs;
  }

  /** Begins the idle time of a session anew; written unless the database lets it live for long enough as it is. */
  use(session: Session, now: number): void {
    session.lastUsed = now;
    if (!this.isAlive(session.expires, now + session.idleMs)) this.#known.used.add(session);
  }

  /** Writes how long the sessions in use live from now on. */
  async flush(): Promise<void> {
    const { used } = this.#known;
    while (used.size > 0) {
      const sessions = [...used].slice(0, batch);
      const ends = sessions.map((session) => this.storedEndOf(session));
      await this.#engine.write(async (tx) => {
        for (const [i, { id }] of sessions.entries())
          await tx.run(
            sql`UPDATE ${sessionTable} SET expires = ${ends[i] as number} WHERE id = ${id} AND expires < ${ends[i] as number}`,
          );
      });
      for (const [i, session] of sessions.entries()) {
        session.expires = ends[i] as number;
        used.delete(session);
      }
    }
  }

  /** Ends a session with all it holds; whether there was one. Other processes notice when they ask again. */
  async end(id: string): Promise<boolean> {
    this.#known.forget(id);
    return this.#engine.write((tx) => this.#endIf(tx, id, always));
  }

  /** Ends a session that was found too late to be taken up. */
  async endLate(id: string, now: number): Promise<void> {
    this.#known.forget(id);
    await this.#engine.write((tx) => this.#endIf(tx, id, now + lastMomentsMs));
  }

  /** Ends every session that was idle for too long. */
  async sweep(): Promise<void> {
    const now = this.#now();
    for (const { id } of this.#known.over(now)) this.#known.forget(id);
    if (await this.#engine.row(oldToken(now))) await this.#engine.write((tx) => tx.run(deleteOldTokens(now)));
    const over = sql`SELECT id FROM ${sessionTable} WHERE expires <= ${now} LIMIT 1`;
    // Asked first, so that the write lock is not taken for nothing.
    if (!(await this.#engine.row(over))) return;
    while ((await this.#engine.write((tx) => this.#endIdle(tx, now))) === batch);
  }

  /**
   * Makes room for one more of that kind. The guest that was idle for longest makes room for another one; who
   * has logged in does not.
   * @throws KeystampError 402
   */
  async makeRoom(tx: Transaction, kind: string, now: number): Promise<void> {
    const { maxGuestSessions, maxSessions } = this.#config;
    const most = kind === 'guest' ? maxGuestSessions : kind === 'user' && maxSessions > 0 ? maxSessions : Infinity;
    if (most === Infinity || (await countOf(tx, kind)) < most) return;
    await this.#endIdle(tx, now);
    if ((await countOf(tx, kind)) < most) return;
    const idle = kind === 'guest' && (await tx.row(longestUnused(kind, now + this.usualIdleMs + graceMs - busyMs)));
    if (!idle) throw fail(1823);
    await this.#endIf(tx, String(idle['id']), always);
    this.#known.forget(String(idle['id']));
  }

  /** Ends some of the sessions that were idle for too long; how many. */
  async #endIdle(tx: Transaction, now: number): Promise<number> {
    const over = await tx.rows(sql`SELECT id FROM ${sessionTable} WHERE expires <= ${now} LIMIT ${batch}`);
    for (const row of over) await this.#endIf(tx, String(row['id']), now);
    return over.length;
  }

  /** Ends the session with all it holds, when it would end by then. */
  async #endIf(tx: Transaction, id: string, by: number): Promise<boolean> {
    if ((await tx.run(sql`DELETE FROM ${sessionTable} WHERE id = ${id} AND expires <= ${by}`)) === 0) return false;
    await tx.run(deleteSecrets(id));
    for (const release of this.#releases) await release(tx, id);
    return true;
  }
}

const countOf = async (tx: Transaction, kind: string): Promise<number> =>
  Number((await tx.row(countSessions(kind)))?.['sessions']);
