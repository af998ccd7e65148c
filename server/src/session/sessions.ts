// Who asks: sessions by cookie (spec 13 §§ 1 to 3). A session exists only for clients that hold something in it or have
// logged in; plain reads need none. Sessions are rows of the database, and this process remembers those it has seen.
// Here they are made, change hands and are written.
import type { Config } from '../config.ts';
import { failHttp } from '../errors.ts';
import type { Json } from '../model/model.ts';
import type { Engine, Transaction } from '../store/engine.ts';
import { sessionTable } from '../store/sql/columns.ts';
import {
  deleteSecrets,
  insertSecret,
  insertSession,
  replaceSession,
  sessionOfId,
  useToken,
} from '../store/sql/session.ts';
import { sql } from '../store/sql/sql.ts';
import { SessionFinder } from './find-session.ts';
import { guest, type Identity } from './identity.ts';
import { KeySessions } from './key-sessions.ts';
import { KnownSessions } from './known-sessions.ts';
import type { SessionCookie } from './session-cookie.ts';
import { SessionLife, type Release } from './session-life.ts';
import { printStorage, revertStorage, rowOf } from './session-row.ts';
import { newStorage, hashOf, newId, type Session, type Ticket } from './session.ts';

/** What a session begins with, or becomes. */
export interface Beginning {
  readonly identity: Identity;
  /** Absent: as it was, else the default. */
  readonly idleMs?: number;
  /** What it keeps; of a new session this very object. */
  readonly storage?: Record<string, Json>;
}

export class Sessions {
  readonly cookie: SessionCookie;
  readonly life: SessionLife;
  readonly keys: KeySessions;
  readonly #known = new KnownSessions();
  readonly #finder: SessionFinder;
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;

  constructor(engine: Engine, config: Config, now: () => number, cookie: SessionCookie, releases: readonly Release[]) {
    this.#engine = engine;
    this.#config = config;
    this.#now = now;
    this.cookie = cookie;
    this.life = new SessionLife(engine, config, now, this.#known, releases);
    this.keys = new KeySessions(engine, now, this.#known, this.life);
    this.#finder = new SessionFinder(engine, now, this.#known, this.life);
  }

  /**
   * The hold on a live session that a `Cookie` header gives, its idle time restarted. A promise only when the database
   * must be asked.
   */
  find(cookieHeader: string | undefined): Ticket | undefined | Promise<Ticket | undefined> {
    return cookieHeader === undefined ? undefined : this.#finder.find(this.cookie.secrets(cookieHeader));
  }

  /**
   * A new session, a guest's unless it is said whose. Neither id nor secret ever come from the client. It may be used at
   * once, but whoever tells the client of it waits for its `stored`, which rejects with 402 when there are too many and with
   * 413 when its storage is too large.
   */
  create({ identity, idleMs = this.life.usualIdleMs, storage }: Beginning = { identity: guest }): Ticket {
    const now = this.#now();
    const session: Session = {
      id: newId(),
      identity,
      storage: newStorage(storage),
      load: { requests: 0 },
      idleMs,
      lastUsed: now,
      expires: 0,
    };
    session.expires = this.life.storedEndOf(session);
    const ticket = ticketOf(session, now);
    this.#known.keep(ticket);
    session.stored = this.#store(ticket, now);
    // Who waits for it hears of it; nobody has to.
    session.stored.catch(() => {});
    return ticket;
  }

  /**
   * The session of the ticket as somebody else's, with all it holds; nothing but the new ticket opens it any more. It
   * may be used at once; its `stored` rejects as that of a new one, and then nothing has changed (spec 13 § 2.5).
   */
  become({ session: former }: Ticket, { identity, idleMs = former.idleMs, storage }: Beginning): Ticket {
    const now = this.#now();
    if (storage) Object.assign(former.storage.value, storage);
    const session: Session = { ...former, identity, idleMs, lastUsed: now };
    session.expires = this.life.storedEndOf(session);
    const ticket = ticketOf(session, now);
    this.#known.keep(ticket);
    session.stored = this.#replace(ticket, former, now);
    session.stored.catch(() => {});
    return ticket;
  }

  /** Whether the client must get the cookie: it never did, or a tenth of its life has passed since. */
  isDue(ticket: Ticket): boolean {
    return this.#now() - ticket.cookieSent >= ticket.session.idleMs / 10;
  }

  /** Notes that the client gets the cookie now. */
  sent(ticket: Ticket): void {
    ticket.cookieSent = this.#now();
  }

  /**
   * Writes what functions have changed of the session: its storage, how long it lives.
   * @throws KeystampError 413 when the storage is too large; then it is again as it was stored last
   */
  async save(session: Session, isIdleChanged = false): Promise<void> {
    await session.stored;
    const text = printStorage(session.storage);
    if (text === session.storage.saved && !isIdleChanged) return;
    try {
      this.#checkSize(text);
    } catch (error) {
      revertStorage(session.storage);
      throw error;
    }
    if (!this.keys.hasRow(session)) return this.keys.open(session).stored;
    session.expires = this.life.storedEndOf(session);
    const { id, idleMs, expires } = session;
    await this.#engine.write((tx) =>
      tx.run(
        sql`UPDATE ${sessionTable} SET storage = ${text}, idle = ${idleMs}, expires = ${expires} WHERE id = ${id}`,
      ),
    );
    session.storage.saved = text;
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
    if (!row || !this.life.isAlive(Number(row['expires']), now)) return undefined;
    const ticket = ticketOf(this.#finder.take(row, now), now);
    await tx.run(insertSecret(hashOf(ticket.secret), ticket.session.id));
    this.#known.keep(ticket);
    return ticket;
  }

  /** Ends a session with all it holds; whether there was one. Other processes notice when they ask again. */
  end(id: string): Promise<boolean> {
    return this.life.end(id);
  }

  /** Forgets what this process knows of a session; it is looked up when its cookie comes again. */
  forget(id: string): void {
    this.#known.forget(id);
  }

  /** Writes how long the sessions in use live from now on. */
  flush(): Promise<void> {
    return this.life.flush();
  }

  /** Ends every session that was idle for too long. */
  sweep(): Promise<void> {
    return this.life.sweep();
  }

  /** @throws KeystampError 413 */
  #checkSize(storage: string): void {
    if (storage.length > this.#config.maxSessionStorageBytes) throw failHttp(413, 'the storage of a session');
  }

  /** @throws KeystampError 402, 413 */
  async #store({ secret, session }: Ticket, now: number): Promise<void> {
    try {
      session.storage.saved = await this.#engine.write(async (tx) => {
        await this.life.makeRoom(tx, session.identity.kind, now);
        const row = rowOf(session);
        this.#checkSize(row.storage);
        await tx.run(insertSession(row, now));
        await tx.run(insertSecret(hashOf(secret), session.id));
        return row.storage;
      });
      delete session.stored;
    } catch (error) {
      this.#known.forget(session.id);
      throw error;
    }
  }

  /** @throws KeystampError 402, 413 */
  async #replace(ticket: Ticket, former: Session, now: number): Promise<void> {
    const { session, secret } = ticket;
    try {
      await former.stored;
      session.storage.saved = await this.#engine.write(async (tx) => {
        if (session.identity.kind !== former.identity.kind) await this.life.makeRoom(tx, session.identity.kind, now);
        const row = rowOf(session);
        this.#checkSize(row.storage);
        await tx.run(replaceSession(row, now));
        await tx.run(deleteSecrets(session.id));
        await tx.run(insertSecret(hashOf(secret), session.id));
        return row.storage;
      });
      delete session.stored;
      this.#known.keepAlone(ticket);
    } catch (error) {
      revertStorage(session.storage);
      this.#known.drop(ticket);
      if (this.#known.session(session.id) === session) this.#known.hold(former);
      throw error;
    }
  }
}

const ticketOf = (session: Session, now: number): Ticket => ({
  secret: newId(),
  session,
  checked: now,
  version: undefined,
  cookieSent: 0,
});
