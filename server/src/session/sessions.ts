// Who asks: sessions by cookie (spec 13 §§ 1 to 3, 8). A session exists only for clients that hold something in it or
// have logged in; plain reads need none. Sessions are rows of the database, and this process remembers those it has
// seen: a guest it knows costs no statement but one a minute, which also tells when another process has ended it. Of
// somebody who has logged in every change of the data makes it ask again, so that a logout holds everywhere.
import type { Config } from '../config.ts';
import { fail, failHttp } from '../errors.ts';
import type { Json } from '../model/model.ts';
import type { Engine, Row, Transaction } from '../store/engine.ts';
import { sessionTable } from '../store/sql/columns.ts';
import {
  countSessions,
  deleteSecrets,
  insertSecret,
  insertSession,
  longestUnused,
  deleteOldTokens,
  oldToken,
  openedBy,
  sessionOfId,
  useToken,
  replaceSession,
  type StoredSession,
} from '../store/sql/session.ts';
import { sql } from '../store/sql/sql.ts';
import { guest, printIdentity, readIdentity, type Identity } from './identity.ts';
import type { SessionCookie } from './session-cookie.ts';
import { emptyStorage, hashOf, newId, type Session, type SessionStorage, type Ticket } from './session.ts';

/** Releases what a session holds, in the transaction that ends it. */
export type Release = (tx: Transaction, sessionId: string) => Promise<void>;

/** How often the caller should `flush`. */
export const flushMs = 5_000;
/** How long a session is believed to live without asking the database. */
const checkMs = 60_000;
/** The same for one that is no guest's, where the database cannot tell whether anything has changed. */
const userCheckMs = 2_000;
/** The database may not know of the uses of this long, so a session lives so much longer there. */
const graceMs = checkMs;
/** In its last moments a session is not taken up any more: it could end before its use is written. */
const lastMomentsMs = 2 * flushMs;
/** A guest that was used within so long is not idle. */
const busyMs = 2 * checkMs;
/** Sessions written or ended in one transaction; others get their turn between two. */
const batch = 500;

/** What a session begins with, or becomes. */
export interface Beginning {
  readonly identity: Identity;
  /** Absent: as it was, else the default. */
  readonly idleMs?: number;
  /** What it keeps; of a new session this very object. */
  readonly storage?: Record<string, Json>;
}

/** A session that this process has seen, with all that opens it here. */
interface Known {
  session: Session;
  readonly tickets: Set<Ticket>;
}

export class Sessions {
  readonly cookie: SessionCookie;
  /** Those this process has seen, by secret. */
  readonly #tickets = new Map<string, Ticket>();
  /** The sessions of these, by id. */
  readonly #known = new Map<string, Known>();
  /** Used since their life was last written, and soon to be ended by it. */
  readonly #used = new Set<Session>();
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;
  readonly #releases: readonly Release[];

  constructor(engine: Engine, config: Config, now: () => number, cookie: SessionCookie, releases: readonly Release[]) {
    this.#engine = engine;
    this.#config = config;
    this.#now = now;
    this.cookie = cookie;
    this.#releases = releases;
  }

  /**
   * The hold on a live session that a `Cookie` header gives, its idle time restarted. A promise only when the database
   * must be asked.
   */
  find(cookieHeader: string | undefined): Ticket | undefined | Promise<Ticket | undefined> {
    if (cookieHeader === undefined) return undefined;
    const secrets = this.cookie.secrets(cookieHeader);
    const [first] = secrets;
    return first === undefined ? undefined : (this.#remembered(first) ?? this.#firstOf(secrets));
  }

  /**
   * A new session, a guest's unless it is said whose. Neither id nor secret ever come from the client. It may be used at
   * once, but whoever tells the client of it waits for its `stored`.
   */
  create({ identity, idleMs = this.#idleMs, storage }: Beginning = { identity: guest }): Ticket {
    const now = this.#now();
    const session: Session = {
      id: newId(),
      identity,
      storage: storage ? { value: storage, saved: '' } : emptyStorage(),
      load: { requests: 0 },
      idleMs,
      lastUsed: now,
      expires: now + idleMs + graceMs,
    };
    const ticket = ticketOf(session, now);
    this.#keep(ticket);
    session.stored = this.#store(ticket, now);
    // Who waits for it hears of it; nobody has to.
    session.stored.catch(() => {});
    return ticket;
  }

  /**
   * The session of the ticket as somebody else's, with all it holds; nothing but the new ticket opens it any more. It
   * may be used at once; its `stored` rejects with 402 when there are too many, and then nothing has changed
   * (spec 13 § 2.5).
   */
  become({ session: former }: Ticket, { identity, idleMs = former.idleMs, storage }: Beginning): Ticket {
    const now = this.#now();
    if (storage) Object.assign(former.storage.value, storage);
    const session: Session = { ...former, identity, idleMs, lastUsed: now };
    session.expires = this.#endOf(session);
    const ticket = ticketOf(session, now);
    this.#keep(ticket);
    session.stored = this.#replace(ticket, former, now);
    session.stored.catch(() => {});
    return ticket;
  }

  /** How long a session lives that asks for so long: within the limits, never less than usual (spec 13 § 3.2). */
  idleMsFor(asked: number | undefined): number | undefined {
    if (asked === undefined) return undefined;
    return Math.min(Math.max(asked, this.#idleMs), this.#config.maxSessionIdleMinutes * 60_000);
  }

  /** Whether the client must get the cookie again: a tenth of its life has passed since it got it. */
  isDue(ticket: Ticket): boolean {
    return this.#now() - ticket.cookieSent >= ticket.session.idleMs / 10;
  }

  /** Notes that the client gets the cookie now. */
  sent(ticket: Ticket): void {
    ticket.cookieSent = this.#now();
  }

  /**
   * When a session ends unless it is used, in milliseconds since 1970.
   * @param stored the end of its row, which knows less of its last uses than the process it was used in
   */
  expirationOf(id: string, stored: number): number {
    const session = this.#known.get(id)?.session;
    return Math.max(stored - graceMs, session ? session.lastUsed + session.idleMs : 0);
  }

  /**
   * Writes what functions have changed of the session: its storage, how long it lives.
   * @throws KeystampError 413 when the storage is too large
   */
  async save(session: Session, isIdleChanged = false): Promise<void> {
    await session.stored;
    const text = printStorage(session.storage);
    if (text === session.storage.saved && !isIdleChanged) return;
    if (text.length > this.#config.maxSessionStorageBytes) throw failHttp(413, 'the storage of a session');
    session.storage.saved = text;
    // That of an API key has a row only while it holds something.
    if (session.expires === 0) return;
    session.expires = this.#endOf(session);
    const { id, idleMs, expires } = session;
    await this.#engine.write((tx) =>
      tx.run(
        sql`UPDATE ${sessionTable} SET storage = ${text}, idle = ${idleMs}, expires = ${expires} WHERE id = ${id}`,
      ),
    );
  }

  /** Stores something that opens the session once, for so many milliseconds (spec 13 § 9.1). */
  async addToken(session: Session, token: string, lifeMs: number): Promise<void> {
    await session.stored;
    const once = this.#now() + lifeMs;
    await this.#engine.write((tx) => tx.run(insertSecret(hashOf(token), session.id, once)));
  }

  /** Uses up a token; a hold on its session when it was good. What opened the session until now opens it still. */
  async redeem(token: string, tx: Transaction): Promise<Ticket | undefined> {
    const now = this.#now();
    const used = await tx.row(useToken(hashOf(token), now));
    const row = used && (await tx.row(sessionOfId(String(used['session']))));
    if (!row || Number(row['expires']) <= now + lastMomentsMs) return undefined;
    const session = this.#sessionOf(row, now);
    const ticket = ticketOf(session, now);
    await tx.run(insertSecret(hashOf(ticket.secret), session.id));
    this.#keep(ticket);
    this.#use(session, now);
    return ticket;
  }

  /** The session of an API key, the same for all who send it. It has a row only while it holds something (§ 7.3). */
  ofKey(id: string, identity: Identity): Session {
    const known = this.#known.get(id);
    const now = this.#now();
    if (known?.session.identity === identity) {
      if (known.session.expires > 0) this.#use(known.session, now);
      return known.session;
    }
    const { storage = emptyStorage(), load = { requests: 0 } } = known?.session ?? {};
    const session: Session = { id, identity, storage, load, idleMs: this.#idleMs, lastUsed: now, expires: 0 };
    this.#known.set(id, { session, tickets: new Set() });
    return session;
  }

  /** Sees that the session of an API key can hold something. */
  openKey(session: Session): Session {
    const now = this.#now();
    session.lastUsed = now;
    if (session.expires > now + lastMomentsMs) return session;
    session.expires = this.#endOf(session);
    const row = rowOf(session);
    session.stored = this.#engine
      .write((tx) => tx.run(replaceSession(row, now)))
      .then(() => void delete session.stored);
    session.stored.catch(() => {});
    return session;
  }

  /** When a session ends unless it is used, in milliseconds since 1970; that of one which would begin now. */
  endOf(session: Session | undefined): number {
    return session ? session.lastUsed + session.idleMs : this.#now() + this.#idleMs;
  }

  /** How long a session lives unless something else is said. */
  get usualIdleMs(): number {
    return this.#idleMs;
  }

  /** Ends a session with all it holds; whether there was one. Other processes notice when they ask again. */
  async end(id: string): Promise<boolean> {
    this.#forgetSession(id);
    return this.#engine.write((tx) => this.#endIf(tx, id, Number.MAX_SAFE_INTEGER));
  }

  /** Forgets what this process knows of a session; it is looked up when its cookie comes again. */
  forget(id: string): void {
    this.#forgetSession(id);
  }

  /** Writes how long the sessions in use live from now on. */
  async flush(): Promise<void> {
    while (this.#used.size > 0) {
      const sessions = [...this.#used].slice(0, batch);
      const ends = sessions.map((session) => this.#endOf(session));
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
    for (const { session } of this.#known.values()) if (session.expires <= now) this.#forgetSession(session.id);
    if (await this.#engine.row(oldToken(now))) await this.#engine.write((tx) => tx.run(deleteOldTokens(now)));
    const over = sql`SELECT id FROM ${sessionTable} WHERE expires <= ${now} LIMIT 1`;
    // Asked first, so that the write lock is not taken for nothing.
    if (!(await this.#engine.row(over))) return;
    while ((await this.#engine.write((tx) => this.#endIdle(tx, now))) === batch);
  }

  /** The ticket when it was found good a short while ago. */
  #remembered(secret: string): Ticket | undefined {
    const ticket = this.#tickets.get(secret);
    if (!ticket) return undefined;
    const now = this.#now();
    if (now - ticket.checked >= checkMs) return undefined;
    if (ticket.session.identity.kind !== 'guest') {
      const version = this.#engine.dataVersion();
      const isSame = version === undefined ? now - ticket.checked < userCheckMs : version === ticket.version;
      if (!isSame) return undefined;
    }
    this.#use(ticket.session, now);
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
    const waiting = this.#tickets.get(secret);
    if (waiting?.session.stored) return waiting;
    if (waiting && this.#used.has(waiting.session) && this.#now() - waiting.checked >= checkMs) await this.flush();
    // Another process may have made it a moment ago.
    if (!waiting) this.#engine.refresh();
    const version = this.#engine.dataVersion();
    const row = await this.#engine.row(openedBy(hashOf(secret)));
    const now = this.#now();
    if (!row || Number(row['expires']) <= now + lastMomentsMs) {
      if (waiting) this.#forget(waiting);
      if (row) {
        this.#forgetSession(String(row['id']));
        await this.#engine.write((tx) => this.#endIf(tx, String(row['id']), now + lastMomentsMs));
      }
      return undefined;
    }
    const session = this.#sessionOf(row, now);
    let ticket = this.#tickets.get(secret);
    if (ticket?.session === session) Object.assign(ticket, { checked: now, version });
    else ticket = { secret, session, checked: now, version, cookieSent: Number(row['created']) };
    this.#keep(ticket);
    this.#use(session, now);
    return ticket;
  }

  /** The session of a row: the one this process knows, brought up to date, unless it is somebody else's by now. */
  #sessionOf(row: Row, now: number): Session {
    const id = String(row['id']);
    const text = row['identity'] as string | null;
    const known = this.#known.get(id)?.session;
    const storage = known?.storage ?? emptyStorage();
    reviseStorage(storage, String(row['storage']));
    const current = { idleMs: Number(row['idle']), expires: Number(row['expires']) };
    if (known && printIdentity(known.identity) === text) return Object.assign(known, current);
    const load = known?.load ?? { requests: 0 };
    return { id, identity: readIdentity(text), storage, load, lastUsed: now, ...current };
  }

  #use(session: Session, now: number): void {
    session.lastUsed = now;
    if (now + session.idleMs > session.expires) this.#used.add(session);
  }

  /** @throws KeystampError 402 */
  async #store({ secret, session }: Ticket, now: number): Promise<void> {
    try {
      await this.#engine.write(async (tx) => {
        await this.#makeRoom(tx, session.identity.kind, now);
        const row = rowOf(session);
        session.storage.saved = row.storage;
        await tx.run(insertSession(row, now));
        await tx.run(insertSecret(hashOf(secret), session.id));
      });
      delete session.stored;
    } catch (error) {
      this.#forgetSession(session.id);
      throw error;
    }
  }

  /** @throws KeystampError 402 */
  async #replace(ticket: Ticket, former: Session, now: number): Promise<void> {
    const { session, secret } = ticket;
    try {
      await former.stored;
      await this.#engine.write(async (tx) => {
        if (session.identity.kind !== former.identity.kind) await this.#makeRoom(tx, session.identity.kind, now);
        const row = rowOf(session);
        session.storage.saved = row.storage;
        await tx.run(replaceSession(row, now));
        await tx.run(deleteSecrets(session.id));
        await tx.run(insertSecret(hashOf(secret), session.id));
      });
      delete session.stored;
      const known = this.#known.get(session.id);
      if (known) known.session = session;
      for (const other of known?.tickets ?? []) if (other !== ticket) this.#forget(other);
    } catch (error) {
      this.#forget(ticket);
      const known = this.#known.get(session.id);
      if (known?.session === session) known.session = former;
      throw error;
    }
  }

  /**
   * Sees that there may be one more of that kind. The guest that was idle for longest makes room for another one; who
   * has logged in does not (spec 13 § 8.1).
   * @throws KeystampError 402
   */
  async #makeRoom(tx: Transaction, kind: string, now: number): Promise<void> {
    const { maxGuestSessions, maxSessions } = this.#config;
    const most = kind === 'guest' ? maxGuestSessions : kind === 'user' && maxSessions > 0 ? maxSessions : Infinity;
    if (most === Infinity || (await countOf(tx, kind)) < most) return;
    await this.#endIdle(tx, now);
    if ((await countOf(tx, kind)) < most) return;
    const idle = kind === 'guest' && (await tx.row(longestUnused(kind, now + this.#idleMs + graceMs - busyMs)));
    if (!idle) throw fail(1823);
    await this.#endIf(tx, String(idle['id']), Number.MAX_SAFE_INTEGER);
    this.#forgetSession(String(idle['id']));
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

  #keep(ticket: Ticket): void {
    const { secret, session } = ticket;
    const known = this.#known.get(session.id);
    if (known) known.session = session;
    this.#tickets.set(secret, ticket);
    if (known) known.tickets.add(ticket);
    else this.#known.set(session.id, { session, tickets: new Set([ticket]) });
  }

  #forget(ticket: Ticket): void {
    this.#tickets.delete(ticket.secret);
    const known = this.#known.get(ticket.session.id);
    known?.tickets.delete(ticket);
    if (known?.tickets.size === 0) this.#forgetSession(ticket.session.id);
  }

  #forgetSession(id: string): void {
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.delete(id);
    for (const ticket of known.tickets) {
      this.#tickets.delete(ticket.secret);
      this.#used.delete(ticket.session);
    }
  }

  get #idleMs(): number {
    return this.#config.sessionIdleMinutes * 60_000;
  }

  /** The same in the database. */
  #endOf(session: Session): number {
    return this.endOf(session) + graceMs;
  }
}

const ticketOf = (session: Session, now: number): Ticket => ({
  secret: newId(),
  session,
  checked: now,
  version: undefined,
  cookieSent: 0,
});

const rowOf = ({ id, identity, storage, idleMs, expires }: Session): StoredSession => ({
  id,
  kind: identity.kind,
  identity: printIdentity(identity),
  storage: printStorage(storage),
  idle: idleMs,
  expires,
});

const countOf = async (tx: Transaction, kind: string): Promise<number> =>
  Number((await tx.row(countSessions(kind)))?.['sessions']);

export const printStorage = ({ value }: SessionStorage): string => JSON.stringify(value);

/** Takes over what another process has written; what this one has not written yet goes before it. */
function reviseStorage(storage: SessionStorage, text: string): void {
  if (text === storage.saved) return;
  if (printStorage(storage) === storage.saved) {
    for (const name of Object.keys(storage.value)) delete storage.value[name];
    Object.assign(storage.value, JSON.parse(text));
  }
  storage.saved = text;
}
