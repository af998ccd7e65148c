// What running a plan may touch.
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import { KeystampError } from '../errors.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { DataClassDef, Model } from '../model/model.ts';
import type { HttpRequest } from '../request/http-request.ts';
import type { Spool } from '../request/spool.ts';
import { filteredEngine, hidingClasses } from '../orm/row-filters.ts';
import type { WriteContext } from '../orm/write.ts';
import { missingKey, type ApiKey, type ApiKeys } from '../session/api-keys.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import { printIdentity, type Identity } from '../session/identity.ts';
import type { Access } from '../session/access.ts';
import type { Roles } from '../session/roles.ts';
import type { LoginAttempts } from '../session/login-attempts.ts';
import type { Session, Ticket } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { Visitor } from '../session/visitor.ts';
import type { Uploads } from '../session/uploads.ts';
import type { Engine } from '../store/engine.ts';
import type { ChangeFeed } from './change-feed.ts';

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
  readonly keys: ApiKeys;
  readonly changes: ChangeFeed;
  readonly spool: Spool;
  readonly now: () => number;
  readonly onEvent: OnEvent;
}

/** One request on its way: its body and headers, and the client that asks. */
export class Visit {
  readonly http: HttpRequest;
  /** With the database as the one who asks may see it. */
  readonly services: Services;
  /** With the database as it is. */
  readonly unfiltered: Services;
  readonly visitor: Visitor;

  private constructor(http: HttpRequest, services: Services, hold: Ticket | ApiKey | undefined) {
    this.http = http;
    this.visitor = new Visitor(services, hold);
    this.unfiltered = services;
    this.services = services;
    const hidden = hidingClasses(services.model, services.roles);
    if (hidden.length > 0) this.services = { ...services, engine: this.#filtered(hidden, services) };
  }

  /**
   * The visit of a request; a promise only when the database must be asked for its session or key.
   * @throws KeystampError 400, 401 or 403 of an API key (spec 13 § 7.2)
   */
  static begin(http: HttpRequest, services: Services): Visit | Promise<Visit> {
    const found = holdOf(http, services);
    return found instanceof Promise
      ? found.then((hold) => new Visit(http, services, hold))
      : new Visit(http, services, found);
  }

  /** The session the client came with or got by now. */
  get session(): Session | undefined {
    return this.visitor.session;
  }

  /** Who asks. */
  get identity(): Identity {
    return this.visitor.identity;
  }

  /** What the one who asks may do. */
  get access(): Access {
    return this.visitor.access;
  }

  /** May the client see and end what others do? */
  get isAdmin(): boolean {
    const wanted = this.services.config.adminPrivilege.toLowerCase();
    return this.identity.unbound === true || this.access.held.has(wanted);
  }

  /** The database as the client may see it now: row filters are asked anew. Of an answer that goes on for long. */
  engineNow(): Engine {
    const services = this.unfiltered;
    const hidden = hidingClasses(services.model, services.roles);
    return hidden.length > 0 ? this.#filtered(hidden, services) : services.engine;
  }

  /** Does the client still hold the session or key it came with, as who it was then? Of an answer that goes on for long. */
  async isSame(): Promise<boolean> {
    const { session } = this;
    if (!session) return true;
    try {
      const now = new Visitor(this.unfiltered, await holdOf(this.http, this.unfiltered)).session;
      return now?.id === session.id && printIdentity(now.identity) === printIdentity(session.identity);
    } catch (error) {
      // An API key that is no longer one.
      if (error instanceof KeystampError) return false;
      throw error;
    }
  }

  /** The session, a new one if there was none. Its row is on disk when its `stored` has settled. */
  openSession(): Session {
    return this.visitor.openSession();
  }

  /** A new session instead of one that another process has ended. @throws KeystampError 1822 */
  renewSession(): Session {
    return this.visitor.renewSession();
  }

  get writeContext(): WriteContext {
    const { now, config } = this.services;
    const { session } = this;
    return {
      now,
      access: this.access,
      strict: config.nullViolatesConstraints,
      ...(session && { sessionId: session.id }),
    };
  }

  /** The database as this client may see it; a request may log in on its way. */
  #filtered(hidden: readonly DataClassDef[], services: Services): Engine {
    const { model, engine } = services;
    // The code of row filters sees all entities.
    return filteredEngine(hidden, model, engine, () => {
      const { access, identity, visitor } = this;
      return { access, identity, call: { services, caller: visitor } };
    });
  }
}

/** What the client came with: an API key, which wins, or the cookie of a session (spec 13 § 7.4). */
function holdOf(
  { headers, remoteAddress }: HttpRequest,
  { sessions, keys, config }: Services,
): Ticket | ApiKey | undefined | Promise<Ticket | ApiKey | undefined> {
  if (config.apiKeys !== 'off') {
    const key = headers['api-key'];
    if (typeof key === 'string') return keys.check(key, remoteAddress);
    if (config.apiKeys === 'required') missingKey();
  }
  return sessions.find(headers['cookie'] as string | undefined);
}
