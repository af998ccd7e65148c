// The client of one request: who it is, the session it came with or gets meanwhile, and what code changes of it, which is
// stored before the answer goes out.
import type { Config } from '../config.ts';
import { fail, failHttp } from '../errors.ts';
import type { Json } from '../model/model.ts';
import type { Transaction } from '../store/engine.ts';
import type { Access } from './access.ts';
import type { ApiKey } from './api-keys.ts';
import { guest, type Identity } from './identity.ts';
import type { Roles } from './roles.ts';
import type { CookieChannel } from './session-cookie.ts';
import { newId, type Session, type SessionLoad, type Ticket } from './session.ts';
import type { Beginning, Sessions } from './sessions.ts';

/**
 * `cookie`: the client keeps its sessions by cookie; `hidden`: it wants none, and a session that it needs ends with the
 * request.
 */
type Keeping = 'cookie' | 'hidden';

export interface VisitorServices {
  readonly sessions: Sessions;
  readonly config: Config;
  readonly roles: Roles;
}

export class Visitor {
  readonly #sessions: Sessions;
  readonly #config: Config;
  readonly #roles: Roles;
  #ticket: Ticket | undefined;
  /** The session of an API key. */
  #ofKey: Session | undefined;
  /** Who the client is without a session, or what its session would begin with. */
  #acting: Beginning | undefined;
  #keeping: Keeping = 'cookie';
  #entered: SessionLoad | undefined;
  /** What code keeps as long as there is no session. */
  #loose: Record<string, Json> | undefined;
  /** Code has seen the storage. */
  #isTouched = false;
  #isIdleChanged = false;
  readonly #tokens: { readonly token: string; readonly lifeMs: number }[] = [];
  /** A session that was left for another one. */
  #left: Session | undefined;

  /** @param hold what the client came with */
  constructor({ sessions, config, roles }: VisitorServices, hold: Ticket | ApiKey | undefined) {
    this.#sessions = sessions;
    this.#config = config;
    this.#roles = roles;
    if (!hold) return;
    if ('secret' in hold) this.#ticket = hold;
    else this.#ofKey = sessions.keys.of(hold);
  }

  /** The session the client came with or got by now. */
  get session(): Session | undefined {
    return this.#ofKey ?? this.#ticket?.session;
  }

  get identity(): Identity {
    return this.session?.identity ?? this.#acting?.identity ?? guest;
  }

  /** What it may do. */
  get access(): Access {
    return this.#roles.of(this.identity);
  }

  /** The session, a new one if there was none. Its row is on disk when its `stored` has settled. */
  openSession(): Session {
    if (this.#ofKey) return this.#sessions.keys.open(this.#ofKey);
    this.#ticket ??= this.#sessions.create(this.#beginning(this.#acting));
    return this.#ticket.session;
  }

  /**
   * A new session instead of one that another process has ended.
   * @throws KeystampError 1822 when it was that of somebody who had logged in: what follows must not be done as a guest
   */
  renewSession(): Session {
    const former = this.session;
    if (former) this.#sessions.forget(former.id);
    if (this.#ofKey) return this.#sessions.keys.open((this.#ofKey = this.#sessions.keys.of(this.#ofKey)));
    if (former && former.identity.kind !== 'guest') throw fail(1822);
    this.#ticket = this.#sessions.create();
    return this.#ticket.session;
  }

  /** From here on the client is somebody else; the session is on disk when its `stored` has settled (spec 13 § 2.5). */
  become(beginning: Beginning): Session {
    const ticket = this.#ticket;
    this.#ticket = ticket
      ? this.#sessions.become(ticket, beginning)
      : this.#sessions.create(this.#beginning(beginning));
    return this.#ticket.session;
  }

  /**
   * The client is somebody without a session, until something must be held in one.
   * @param hidden it gets no cookie then either
   */
  actAs(beginning: Beginning, hidden: boolean): void {
    this.#ticket = undefined;
    this.#acting = beginning;
    this.#keeping = hidden ? 'hidden' : 'cookie';
  }

  /** Ends the session with all it holds; the client gets a new one, a guest's. A key stays what it is. */
  async leave(): Promise<void> {
    if (this.#ofKey) return;
    if (this.#ticket) await this.#sessions.end(this.#ticket.session.id);
    this.#ticket = undefined;
    this.#acting = undefined;
    await this.openSession().stored;
  }

  get idleMs(): number {
    return this.session?.idleMs ?? this.#sessions.life.usualIdleMs;
  }

  /** Raised to the minimum where it is less. */
  setIdleMs(idleMs: number): void {
    this.openSession().idleMs = this.#sessions.life.idleMsFor(idleMs) as number;
    this.#isIdleChanged = true;
  }

  get expires(): number {
    return this.#sessions.life.endOf(this.session);
  }

  get storage(): Record<string, Json> {
    const { session } = this;
    if (!session) return (this.#loose ??= {});
    this.#isTouched = true;
    return session.storage.value;
  }

  createToken(lifeMs: number): string {
    this.openSession();
    const token = newId();
    this.#tokens.push({ token, lifeMs });
    return token;
  }

  async restore(token: string, tx: Transaction): Promise<boolean> {
    if (this.#ofKey) return false;
    const ticket = await this.#sessions.redeem(token, tx);
    if (!ticket) return false;
    const former = this.#ticket?.session;
    // Nothing opens a guest's session any more once its client has another cookie.
    if (former?.identity.kind === 'guest' && former.id !== ticket.session.id) this.#left = former;
    this.#ticket = ticket;
    return true;
  }

  /** Is there something that must be stored before the answer? */
  get isUnsettled(): boolean {
    return (
      this.#isTouched ||
      this.#isIdleChanged ||
      this.#loose !== undefined ||
      this.#left !== undefined ||
      this.#tokens.length > 0 ||
      this.session?.stored !== undefined
    );
  }

  /**
   * Stores what this request has changed: a client never hears of something that a crash could take back.
   * @throws KeystampError 402 too many sessions, 413 too much in the storage
   */
  async settle(): Promise<void> {
    if (this.#loose && Object.keys(this.#loose).length > 0) this.openSession();
    this.#loose = undefined;
    const { session } = this;
    if (!session) return;
    await session.stored;
    if (this.#isTouched || this.#isIdleChanged) await this.#sessions.save(session, this.#isIdleChanged);
    this.#isTouched = this.#isIdleChanged = false;
    for (const { token, lifeMs } of this.#tokens.splice(0)) await this.#sessions.addToken(session, token, lifeMs);
    if (this.#left) await this.#sessions.end(this.#left.id);
    this.#left = undefined;
  }

  /**
   * The `Set-Cookie` headers of the answer, if the client needs the cookie: a new one, or one of which a tenth of the
   * life has passed (spec 13 § 2.4).
   */
  cookieHeaders(channel: CookieChannel): Readonly<Record<string, string>> | undefined {
    const ticket = this.#ticket;
    // One that could not be stored, or is not yet, is none.
    if (!ticket || this.#keeping === 'hidden' || ticket.session.stored) return undefined;
    if (!this.#sessions.isDue(ticket)) return undefined;
    this.#sessions.sent(ticket);
    const cookie = this.#sessions.cookie.print(ticket.secret, ticket.session.idleMs, channel);
    return { 'Set-Cookie': cookie, ...(this.#config.dialect === 'wakanda' && { WASID: ticket.secret }) };
  }

  /** Counts the request among those of its session. @throws KeystampError 429 when there are too many at one time */
  enter(): void {
    const load = this.#ticket?.session.load;
    if (!load || this.#entered) return;
    const most = this.#config.maxParallelRequests;
    if (load.requests >= most) throw failHttp(429, 'requests of one session at one time', { 'Retry-After': '1' });
    load.requests++;
    this.#entered = load;
  }

  /** The request is over. @param onFault told what goes wrong behind the answer */
  finish(onFault: (cause: unknown) => void): void {
    if (this.#entered) this.#entered.requests--;
    if (this.#keeping === 'hidden' && this.#ticket) this.#sessions.end(this.#ticket.session.id).catch(onFault);
  }

  /** With what code keeps already. */
  #beginning(beginning: Beginning = { identity: guest }): Beginning {
    const loose = this.#loose;
    if (!loose) return beginning;
    this.#loose = undefined;
    return { ...beginning, storage: Object.assign(loose, { ...beginning.storage, ...loose }) };
  }
}
