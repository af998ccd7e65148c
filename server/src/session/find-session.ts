// Finds the session that a cookie opens. A guest that this process knows costs one statement a minute, which also tells
// whether another process has ended it. For somebody who has logged in, every change of the data makes it ask again, so that
// a logout takes effect everywhere.
import type { Engine, Row } from '../store/engine.ts';
import { openedBy } from '../store/sql/session.ts';
import type { KnownSessions } from './known-sessions.ts';
import { checkMs, type SessionLife } from './session-life.ts';
import { sessionOfRow } from './session-row.ts';
import { hashOf, type Session, type Ticket } from './session.ts';

/** How long a session that is no guest's is believed, where the database cannot tell whether anything has changed. */
const userCheckMs = 2_000;

export class SessionFinder {
  readonly #engine: Engine;
  readonly #now: () => number;
  readonly #known: KnownSessions;
  readonly #life: SessionLife;

  constructor(engine: Engine, now: () => number, known: KnownSessions, life: SessionLife) {
    this.#engine = engine;
    this.#now = now;
    this.#known = known;
    this.#life = life;
  }

  /**
   * The hold on a live session that the first good secret gives, its idle time restarted. A promise only when the
   * database must be asked.
   */
  find(secrets: readonly string[]): Ticket | undefined | Promise<Ticket | undefined> {
    const [first] = secrets;
    return first === undefined ? undefined : (this.#remembered(first) ?? this.#firstOf(secrets));
  }

  /** The session of a row, in use from now on. */
  take(row: Row, now: number): Session {
    const session = sessionOfRow(row, this.#known.session(String(row['id'])), now);
    this.#life.use(session, now);
    return session;
  }

  /** The ticket when it was found good a short while ago. */
  #remembered(secret: string): Ticket | undefined {
    const ticket = this.#known.ticket(secret);
    if (!ticket) return undefined;
    const now = this.#now();
    if (now - ticket.checked >= checkMs) return undefined;
    if (ticket.session.identity.kind !== 'guest') {
      const version = this.#engine.dataVersion();
      const isSame = version === undefined ? now - ticket.checked < userCheckMs : version === ticket.version;
      if (!isSame) return undefined;
    }
    this.#life.use(ticket.session, now);
    return ticket;
  }

  async #firstOf(secrets: readonly string[]): Promise<Ticket | undefined> {
    for (const secret of secrets) {
      const ticket = this.#remembered(secret) ?? (await this.#lookUp(secret));
      if (ticket) return ticket;
    }
    return undefined;
  }

  async #lookUp(secret: string): Promise<Ticket | undefined> {
    const waiting = this.#known.ticket(secret);
    if (waiting?.session.stored) return waiting;
    if (waiting && this.#known.used.has(waiting.session) && this.#now() - waiting.checked >= checkMs)
      await this.#life.flush();
    // Another process may have made it a moment ago.
    if (!waiting) this.#engine.refresh();
    const version = this.#engine.dataVersion();
    const row = await this.#engine.row(openedBy(hashOf(secret)));
    const now = this.#now();
    if (!row || !this.#life.isAlive(Number(row['expires']), now)) {
      if (waiting) this.#known.drop(waiting);
      if (row) await this.#life.endLate(String(row['id']), now);
      return undefined;
    }
    const session = this.take(row, now);
    let ticket = this.#known.ticket(secret);
    if (ticket?.session === session) Object.assign(ticket, { checked: now, version });
    else ticket = { secret, session, checked: now, version, cookieSent: Number(row['created']) };
    this.#known.keep(ticket);
    return ticket;
  }
}
