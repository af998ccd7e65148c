// What running a plan may touch.
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import { fail, failHttp } from '../errors.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { DataClassDef, Model } from '../model/model.ts';
import type { HttpRequest } from '../request/http-request.ts';
import type { Spool } from '../request/spool.ts';
import { filteredEngine, hidingClasses, type Asker } from '../orm/row-filters.ts';
import type { WriteContext } from '../orm/write.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import { guest, type Identity } from '../session/identity.ts';
import type { Access } from '../session/access.ts';
import type { Roles } from '../session/roles.ts';
import type { LoginAttempts } from '../session/login-attempts.ts';
import type { Session, SessionLoad, Ticket } from '../session/session.ts';
import type { Beginning, Sessions } from '../session/sessions.ts';
import type { Uploads } from '../session/uploads.ts';
import type { Engine } from '../store/engine.ts';

/** The parts of the server; one for its whole life. */
export interface Services {
  readonly config: Config;
  readonly model: Model;
  readonly engine: Engine;
  readonly roles: Roles;
  readonly converter: Converter;
  readonly variants: Variants;
  readonly sessions: Sessions;
  readonly sets: EntitySets;
  readonly uploads: Uploads;
  readonly attempts: LoginAttempts;
  readonly spool: Spool;
  readonly now: () => number;
  readonly onEvent: OnEvent;
}

/** One request on its way: its body and headers, and its session, made when something must be held in it. */
export class Visit {
  readonly http: HttpRequest;
  /** With the database as the one who asks may see it. */
  readonly services: Services;
  #ticket: Ticket | undefined;
  /** The ticket is one the client does not have yet. */
  #isNew = false;
  /** Who the client is without a session, or what its session would begin with. */
  #acting: Beginning | undefined;
  /** The client is not to know of a session; it ends with the visit. */
  #isHidden = false;
  #entered: SessionLoad | undefined;

  private constructor(http: HttpRequest, services: Services, ticket: Ticket | undefined) {
    this.http = http;
    this.#ticket = ticket;
    this.services = services;
    const hidden = hidingClasses(services.model, services.roles);
    if (hidden.length > 0) this.services = { ...services, engine: this.#filtered(hidden, services) };
  }

  /** The visit of a request; a promise only when the database must be asked for its session. */
  static begin(http: HttpRequest, services: Services): Visit | Promise<Visit> {
    const found = services.sessions.find(http.headers['cookie'] as string | undefined);
    return found instanceof Promise
      ? found.then((ticket) => new Visit(http, services, ticket))
      : new Visit(http, services, found);
  }

  /** The session the client came with or got by now. */
  get session(): Session | undefined {
    return this.#ticket?.session;
  }

  /** Who asks. */
  get identity(): Identity {
    return this.#ticket?.session.identity ?? this.#acting?.identity ?? guest;
  }

  /** May the client see and end what others do? */
  get isAdmin(): boolean {
    const wanted = this.services.config.adminPrivilege.toLowerCase();
    return this.identity.unbound === true || this.access.held.has(wanted);
  }

  /** What the one who asks may do. */
  get access(): Access {
    return this.services.roles.of(this.identity);
  }

  /** The session, a new one if there was none. Its row is on disk when its `stored` has settled. */
  openSession(): Session {
    return (this.#ticket ?? this.#take(this.services.sessions.create(this.#acting))).session;
  }

  /**
   * A new session instead of one that another process has ended.
   * @throws KeystampError 1822 when it was that of somebody who had logged in: what follows must not be done as a guest
   */
  renewSession(): Session {
    const former = this.session;
    if (former) this.services.sessions.forget(former.id);
    if (former && former.identity.kind !== 'guest') throw fail(1822);
    return this.#take(this.services.sessions.create()).session;
  }

  /** From here on the client is somebody else; the session is on disk when its `stored` has settled (spec 13 § 2.5). */
  become(beginning: Beginning): Session {
    const { sessions } = this.services;
    const ticket = this.#ticket;
    return this.#take(ticket ? sessions.become(ticket, beginning) : sessions.create(beginning)).session;
  }

  /**
   * The client is somebody without a session, until something must be held in one.
   * @param hidden it gets no cookie then either
   */
  actAs(beginning: Beginning, hidden: boolean): void {
    this.#ticket = undefined;
    this.#acting = beginning;
    this.#isHidden = hidden;
  }

  /** Ends the session with all it holds; the client gets a new one, a guest's. */
  async leave(): Promise<void> {
    if (this.#ticket) await this.services.sessions.end(this.#ticket.session.id);
    this.#ticket = undefined;
    this.#acting = undefined;
    await this.openSession().stored;
  }

  /**
   * The `Set-Cookie` headers of the answer, if the client needs the cookie: a new one, or one of which a tenth of the
   * life has passed (spec 13 § 2.4).
   */
  cookieHeaders(): Readonly<Record<string, string>> | undefined {
    const ticket = this.#ticket;
    const { sessions, config } = this.services;
    // One that could not be stored, or is not yet, is none.
    if (!ticket || this.#isHidden || ticket.session.stored || !(this.#isNew || sessions.isDue(ticket)))
      return undefined;
    sessions.sent(ticket);
    const cookie = sessions.cookie.print(ticket.secret, ticket.session.idleMs, this.http);
    return { 'Set-Cookie': cookie, ...(config.dialect === 'wakanda' && { WASID: ticket.secret }) };
  }

  /** Counts the visit among those of its session. @throws KeystampError 429 when there are too many at one time */
  enter(): void {
    const load = this.#ticket?.session.load;
    if (!load || this.#entered) return;
    const most = this.services.config.maxParallelRequests;
    if (load.requests >= most) throw failHttp(429, 'requests of one session at one time', { 'Retry-After': '1' });
    load.requests++;
    this.#entered = load;
  }

  /** The answer is on its way. */
  finish(): void {
    if (this.#entered) this.#entered.requests--;
    const { sessions, onEvent } = this.services;
    if (this.#isHidden && this.#ticket)
      sessions.end(this.#ticket.session.id).catch((cause: unknown) => onEvent({ kind: 'sweepFailed', cause }));
  }

  get writeContext(): WriteContext {
    const { now } = this.services;
    const { session } = this;
    return { now, access: this.access, ...(session && { sessionId: session.id }) };
  }

  /** The database as this client may see it; a request may log in on its way. */
  #filtered(hidden: readonly DataClassDef[], services: Services): Engine {
    const asker = (): Asker => this.#asker(services);
    return filteredEngine(hidden, services.model, services.engine, asker, () => this.identity);
  }

  /** Who asks, for row filters; their code sees all entities. */
  #asker(services: Services): Asker {
    const { access, identity } = this;
    const session = {
      userName: identity.userName,
      isGuest: () => identity.kind === 'guest',
      hasPrivilege: (name: string) => identity.unbound === true || access.held.has(name.toLowerCase()),
      getPrivileges: () => services.roles.namesHeld(access),
    };
    return { access, session, call: { services, caller: this } };
  }

  #take(ticket: Ticket): Ticket {
    this.#isNew = true;
    return (this.#ticket = ticket);
  }
}
