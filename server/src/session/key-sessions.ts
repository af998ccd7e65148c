// The sessions of API keys: one for each, the same for all who send it (spec 13 § 7.3). No cookie opens them; what the
// database has of one is found together with its key. It has a row only while it holds or keeps something.
import type { Engine, Row } from '../store/engine.ts';
import { replaceSession } from '../store/sql/session.ts';
import type { ApiKey } from './api-keys.ts';
import type { KnownSessions } from './known-sessions.ts';
import type { SessionLife } from './session-life.ts';
import { reviseSession, rowOf } from './session-row.ts';
import { newStorage, type Session } from './session.ts';

/** When the row of a session ends that has none. */
const noRow = 0;

export class KeySessions {
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

  /** The session of the key, in use from now on. */
  of({ id, identity }: ApiKey): Session {
    const known = this.#known.session(id);
    const now = this.#now();
    if (known?.identity === identity) {
      if (known.expires !== noRow) this.#life.use(known, now);
      return known;
    }
    const { storage = newStorage(), load = { requests: 0 }, idleMs = this.#life.usualIdleMs } = known ?? {};
    const session = { id, identity, storage, load, idleMs, lastUsed: now, expires: known?.expires ?? noRow };
    this.#known.hold(session);
    return session;
  }

  /** Whether the session of the key has a row, as far as this process knows. */
  hasRow({ id }: ApiKey): boolean {
    return (this.#known.session(id)?.expires ?? noRow) !== noRow;
  }

  /**
   * Takes over what the database has of the session.
   * @param row of the key, see `findKey`
   * @param hadRow what `hasRow` said before the database was asked: what is written meanwhile has not ended
   */
  found(key: ApiKey, row: Row, hadRow: boolean): void {
    const session = this.of(key);
    if (session.stored) return;
    const expires = Number(row['sessionexpires'] ?? noRow);
    if (this.#life.isAlive(expires, this.#now())) reviseSession(session, row, expires);
    else if (hadRow) this.#known.forget(session.id);
  }

  /** Makes sure that the session has a row; it is on disk when its `stored` has settled. */
  open(session: Session): Session {
    const now = this.#now();
    session.lastUsed = now;
    if (this.#life.isAlive(session.expires, now)) return session;
    session.expires = this.#life.storedEndOf(session);
    this.#known.hold(session);
    session.stored = this.#store(session, now).finally(() => delete session.stored);
    // Who waits for it hears of it; nobody has to.
    session.stored.catch(() => {});
    return session;
  }

  async #store(session: Session, now: number): Promise<void> {
    const row = rowOf(session);
    try {
      await this.#engine.write((tx) => tx.run(replaceSession(row, now)));
      session.storage.saved = row.storage;
    } catch (error) {
      session.expires = noRow;
      throw error;
    }
  }
}
