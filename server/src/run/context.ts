// What running a plan may touch.
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { HttpRequest } from '../request/http-request.ts';
import type { Spool } from '../request/spool.ts';
import type { WriteContext } from '../orm/write.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import type { Session, Sessions } from '../session/session.ts';
import type { Uploads } from '../session/uploads.ts';
import type { Engine } from '../store/engine.ts';

/** The parts of the server; one for its whole life. */
export interface Services {
  readonly config: Config;
  readonly engine: Engine;
  readonly converter: Converter;
  readonly variants: Variants;
  readonly sessions: Sessions;
  readonly sets: EntitySets;
  readonly uploads: Uploads;
  readonly spool: Spool;
  readonly now: () => number;
  readonly onEvent: OnEvent;
}

/** One request on its way: its body and headers, and its session, made when something must be held in it. */
export class Visit {
  readonly http: HttpRequest;
  readonly services: Services;
  #session: Session | undefined;

  private constructor(http: HttpRequest, services: Services, session: Session | undefined) {
    this.http = http;
    this.services = services;
    this.#session = session;
  }

  /** The visit of a request; a promise only when the database must be asked for its session. */
  static begin(http: HttpRequest, services: Services): Visit | Promise<Visit> {
    const found = services.sessions.find(http.headers['cookie'] as string | undefined);
    return found instanceof Promise
      ? found.then((session) => new Visit(http, services, session))
      : new Visit(http, services, found);
  }

  /** The session the client came with or got by now. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The session, a new one if there was none. Its row is on disk when its `stored` has settled. */
  openSession(): Session {
    return (this.#session ??= this.services.sessions.create());
  }

  /** A new session instead of one that another process has ended. */
  renewSession(): Session {
    if (this.#session) this.services.sessions.forget(this.#session.id);
    return (this.#session = this.services.sessions.create());
  }

  get writeContext(): WriteContext {
    const { now } = this.services;
    return { now, ...(this.#session && { sessionId: this.#session.id }) };
  }
}
