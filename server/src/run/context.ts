// What running a plan may touch.
import type { Config } from '../config.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { HttpRequest } from '../request/http-request.ts';
import type { Spool } from '../request/spool.ts';
import type { WriteContext } from '../orm/write.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import type { Locks } from '../session/locks.ts';
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
  readonly locks: Locks;
  readonly uploads: Uploads;
  readonly spool: Spool;
  readonly now: () => number;
}

/** One request on its way: its body and headers, and its session, made when something must be held in it. */
export class Visit {
  readonly http: HttpRequest;
  readonly services: Services;
  #session: Session | undefined;

  constructor(http: HttpRequest, services: Services) {
    this.http = http;
    this.services = services;
    this.#session = services.sessions.find(http.headers['cookie'] as string | undefined);
  }

  /** The session the client came with or got by now. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** The session, a new one if there was none. */
  openSession(): Session {
    return (this.#session ??= this.services.sessions.create());
  }

  get writeContext(): WriteContext {
    const { locks, now } = this.services;
    return { locks, now, ...(this.#session && { sessionId: this.#session.id }) };
  }
}
