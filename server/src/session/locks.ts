// Pessimistic locks: which session holds which entity (spec 06 § 7).
import type { DataClassDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';

/** Who holds a lock. */
export interface LockHolder {
  readonly sessionId: string;
}

/** The locks of all sessions. They are not transactional and end with their session. */
export class Locks {
  readonly #holders = new Map<string, LockHolder>();
  readonly #bySession = new Map<string, Set<string>>();

  /** The holder of the entity's lock, if there is one. */
  holder(dataClass: DataClassDef, key: Key): LockHolder | undefined {
    return this.#holders.size === 0 ? undefined : this.#holders.get(lockName(dataClass, key));
  }

  /** Whether somebody else than this session holds the entity. */
  isHeldByOther(dataClass: DataClassDef, key: Key, sessionId: string | undefined): boolean {
    const holder = this.holder(dataClass, key);
    return holder !== undefined && holder.sessionId !== sessionId;
  }

  /** True when the session holds the lock afterwards, false when another one does. */
  lock(dataClass: DataClassDef, key: Key, sessionId: string): boolean {
    if (this.isHeldByOther(dataClass, key, sessionId)) return false;
    const name = lockName(dataClass, key);
    this.#holders.set(name, { sessionId });
    let own = this.#bySession.get(sessionId);
    if (!own) this.#bySession.set(sessionId, (own = new Set()));
    own.add(name);
    return true;
  }

  /** True when nobody holds the lock afterwards, false when another session does. */
  unlock(dataClass: DataClassDef, key: Key, sessionId: string | undefined): boolean {
    const holder = this.holder(dataClass, key);
    if (!holder) return true;
    if (holder.sessionId !== sessionId) return false;
    const name = lockName(dataClass, key);
    this.#holders.delete(name);
    this.#bySession.get(holder.sessionId)?.delete(name);
    return true;
  }

  /** Frees everything the session holds. */
  releaseSession(sessionId: string): void {
    for (const name of this.#bySession.get(sessionId) ?? []) this.#holders.delete(name);
    this.#bySession.delete(sessionId);
  }
}

const lockName = (dataClass: DataClassDef, key: Key): string => `${dataClass.name}(${key.map(String).join('&')})`;
