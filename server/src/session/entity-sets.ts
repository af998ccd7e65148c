// Entity sets: frozen, ordered lists of keys that belong to a session (spec 05 § 3).
import type { Config } from '../config.ts';
import { fail, failHttp } from '../errors.ts';
import type { DataClassDef, Value } from '../model/model.ts';
import { newId } from './session.ts';

/** Keys of a class with one key attribute, in order; integers packed. */
export type KeyList = Int32Array | Float64Array | readonly Value[];

export interface EntitySet {
  readonly id: string;
  readonly sessionId: string;
  readonly dataClass: DataClassDef;
  readonly keys: KeyList;
}

interface Kept extends EntitySet {
  readonly bytes: number;
  readonly timeoutMs: number;
  expires: number;
}

const wellFormed = /^[A-Za-z0-9]{1,64}$/;

/** Packs integer keys, 4 bytes each where they fit. */
export function packKeys(keys: readonly Value[]): KeyList {
  if (!keys.every((key) => typeof key === 'number')) return keys;
  const fits = keys.every((key) => Number.isInteger(key) && Math.abs(key as number) < 2 ** 31);
  return fits ? Int32Array.from(keys as readonly number[]) : Float64Array.from(keys as readonly number[]);
}

const bytesOf = (keys: KeyList): number =>
  Array.isArray(keys)
    ? keys.reduce((sum, key) => sum + 24 + 2 * String(key).length, 0)
    : (keys as Int32Array).byteLength;

export class EntitySets {
  readonly #sets = new Map<string, Kept>();
  readonly #config: Config;
  readonly #now: () => number;
  #bytes = 0;

  constructor(config: Config, now: () => number) {
    this.#config = config;
    this.#now = now;
  }

  /**
   * Keeps the keys; the answer is the set with its id.
   * @param timeoutSeconds life since the last access
   * @param id only to make an expired set again under its old name
   * @throws KeystampError 429 when all sets together would be too large
   */
  create(
    sessionId: string,
    dataClass: DataClassDef,
    keys: readonly Value[],
    timeoutSeconds: number | undefined,
    id: string = newId(),
  ): EntitySet {
    const packed = packKeys(keys);
    const bytes = bytesOf(packed) + 200;
    if (this.#bytes + bytes > this.#config.maxEntitySetBytes) this.sweep();
    if (this.#bytes + bytes > this.#config.maxEntitySetBytes)
      throw failHttp(429, 'the entity sets take too much memory');
    const timeoutMs = Math.min(timeoutSeconds ?? this.#config.entitySetSeconds, 7 * 86_400) * 1000;
    const set: Kept = { id, sessionId, dataClass, keys: packed, bytes, timeoutMs, expires: this.#now() + timeoutMs };
    this.#remove(id);
    this.#sets.set(id, set);
    this.#bytes += bytes;
    return set;
  }

  /**
   * The session's live set of that id, its timer restarted; `undefined` when there is none.
   * @throws KeystampError 1806 malformed id, 1803 when the set is of another class
   */
  find(id: string, dataClass: DataClassDef, sessionId: string | undefined): EntitySet | undefined {
    if (!wellFormed.test(id)) throw fail(1806, 'the id of an entity set has letters and digits only');
    const set = this.#live(id, sessionId);
    if (!set) return undefined;
    if (set.dataClass !== dataClass) throw fail(1803, id, dataClass.name);
    set.expires = this.#now() + set.timeoutMs;
    return set;
  }

  /** The session's live set of that id, of whatever class; its timer restarted. */
  peek(id: string, sessionId: string | undefined): EntitySet | undefined {
    const set = this.#live(id, sessionId);
    if (set) set.expires = this.#now() + set.timeoutMs;
    return set;
  }

  /** Whether that id could be given to a set of this session: nobody else holds it. */
  isFree(id: string): boolean {
    return !this.#sets.has(id);
  }

  /** True when the session had such a set. */
  release(id: string, sessionId: string | undefined): boolean {
    if (!this.#live(id, sessionId)) return false;
    this.#remove(id);
    return true;
  }

  releaseSession(sessionId: string): void {
    for (const set of this.#sets.values()) if (set.sessionId === sessionId) this.#remove(set.id);
  }

  sweep(): void {
    const now = this.#now();
    for (const set of this.#sets.values()) if (set.expires < now) this.#remove(set.id);
  }

  #live(id: string, sessionId: string | undefined): Kept | undefined {
    const set = this.#sets.get(id);
    if (!set || set.sessionId !== sessionId) return undefined;
    if (set.expires >= this.#now()) return set;
    this.#remove(id);
    return undefined;
  }

  #remove(id: string): void {
    const set = this.#sets.get(id);
    if (!set) return;
    this.#sets.delete(id);
    this.#bytes -= set.bytes;
  }
}
