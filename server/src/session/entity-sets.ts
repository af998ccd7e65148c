// Entity sets: frozen, ordered lists of keys that belong to a session (spec 05 § 3). They are kept in the database, so
// that a restart loses none and every process finds them; those in use are in memory too. A set that another process
// has released is noticed within a minute.
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import { fail, failHttp } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import { keyBytes, keyCount, type KeyList } from '../query/key-list.ts';
import type { Engine, Transaction } from '../store/engine.ts';
import {
  endSets,
  findSetStatement,
  overSetsStatement,
  prolongStatement,
  surplusSetsStatement,
  type StoredSet,
} from '../store/sql/entity-set.ts';
import { sql } from '../store/sql/sql.ts';
import { newId } from './session.ts';
import { SetSpace } from './set-space.ts';
import { StoredSets } from './stored-sets.ts';

export interface EntitySet {
  readonly id: string;
  readonly sessionId: string;
  /** Name of the dataclass. */
  readonly dataClass: string;
  readonly keys: KeyList;
}

/** A set in memory; times are milliseconds. */
interface Kept extends EntitySet {
  readonly content: string;
  readonly bytes: number;
  readonly timeout: number;
  /** When its life ends unless it is used. */
  expires: number;
  /** The same as the database has it. */
  stored: number;
  /** When the database was last asked for it. */
  checked: number;
}

const wellFormed = /^[A-Za-z0-9]{1,64}$/;

/** What a set takes beside its keys. */
const setBytes = 200;
const longestTimeoutMs = 7 * 86_400_000;
/** How long a set is believed to live without asking the database, and how long a use may stay unwritten. */
const checkMs = 60_000;
/** A set goes so long after its life: another process may not have written its last use yet. */
const graceMs = 2 * checkMs;
/** Ended sets that are taken away in one go. */
const batch = 100;

export class EntitySets {
  /** The sets in memory; those unused for longest leave it when there is too little. */
  readonly #kept: LRUCache<string, Kept>;
  readonly #stored: StoredSets;
  readonly #engine: Engine;
  readonly #config: Config;
  readonly #now: () => number;
  readonly #onFault: (cause: unknown) => void;
  readonly #space: SetSpace;

  /** @param onFault told what went wrong behind a request that was answered */
  constructor(engine: Engine, config: Config, now: () => number, onFault: (cause: unknown) => void) {
    this.#engine = engine;
    this.#stored = new StoredSets(engine);
    this.#config = config;
    this.#now = now;
    this.#onFault = onFault;
    this.#space = new SetSpace(engine, config.maxEntitySetDiskBytes);
    const maxSize = Math.max(1, config.maxEntitySetBytes);
    this.#kept = new LRUCache({ maxSize, sizeCalculation: ({ bytes }) => bytes });
  }

  /** Bytes of the sets in memory. */
  get memoryBytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * Keeps the keys; the set with its id, stored.
   * @param timeoutSeconds life since the last access
   * @param id only to make an expired set again under its old name
   * @throws KeystampError 429 when the sets would take too much space
   */
  async create(
    sessionId: string,
    dataClass: DataClassDef,
    keys: KeyList,
    timeoutSeconds: number | undefined,
    id: string = newId(),
  ): Promise<EntitySet> {
    const bytes = keyBytes(keys) + setBytes;
    await this.#reserve(bytes);
    const timeout = Math.min((timeoutSeconds ?? this.#config.entitySetSeconds) * 1000, longestTimeoutMs);
    const now = this.#now();
    const about = { id, dataClass: dataClass.name, bytes, timeout, expires: now + timeout };
    const stored: StoredSet = {
      ...about,
      content: newId(),
      session: sessionId,
      kind: keys.kind,
      members: keyCount(keys),
    };
    try {
      await this.#stored.add(stored, keys);
    } catch (error) {
      this.#space.giveBack(bytes);
      throw error;
    }
    await this.#makeRoom(sessionId, stored.content);
    return this.#keep({ ...about, sessionId, keys, content: stored.content, stored: stored.expires, checked: now });
  }

  /**
   * The session's live set of that id, its timer restarted; `undefined` when there is none.
   * @throws KeystampError 1806 malformed id, 1803 when the set is of another class
   */
  async find(id: string, dataClass: DataClassDef, sessionId: string | undefined): Promise<EntitySet | undefined> {
    if (!wellFormed.test(id)) throw fail(1806, 'the id of an entity set has letters and digits only');
    const set = await this.peek(id, sessionId);
    if (set && set.dataClass !== dataClass.name) throw fail(1803, id, dataClass.name);
    return set;
  }

  /** The session's live set of that id, of whatever class; its timer restarted. */
  async peek(id: string, sessionId: string | undefined): Promise<EntitySet | undefined> {
    if (sessionId === undefined) return undefined;
    const kept = this.#kept.peek(id);
    const now = this.#now();
    const isKnown = kept && kept.expires >= now && now - kept.checked < checkMs;
    const set = isKnown ? kept : await this.#lookUp(id, sessionId);
    return set?.sessionId === sessionId ? this.#use(set) : undefined;
  }

  /** Whether that id could be given to a set: no live one has it. */
  async isFree(id: string): Promise<boolean> {
    const row = await this.#engine.row(findSetStatement(id));
    return !row || Number(row['expires']) < this.#now();
  }

  /** True when the session had such a set. */
  async release(id: string, sessionId: string | undefined): Promise<boolean> {
    const set = await this.peek(id, sessionId);
    if (!set || sessionId === undefined) return false;
    this.#kept.delete(id);
    const ended = endSets(sql`id = ${id} AND session = ${sessionId} AND complete = 1`);
    return (await this.#engine.write((tx) => tx.run(ended))) > 0;
  }

  /** Releases all sets of a session, in the transaction that ends it. */
  readonly releaseSession = async (tx: Transaction, sessionId: string): Promise<void> => {
    this.#forget((set) => set.sessionId === sessionId);
    await tx.run(endSets(sql`session = ${sessionId}`));
  };

  /** Takes away what was released or has expired. */
  async sweep(): Promise<void> {
    const now = this.#now();
    this.#forget(({ expires }) => expires < now);
    // Asked first, so that the write lock is not taken for nothing.
    for (;;) {
      const over = await this.#engine.rows(overSetsStatement(now - graceMs, batch));
      if (over.length === 0) break;
      await this.#stored.remove(over);
    }
    await this.#space.measure();
  }

  /** Writes how long the sets in use live. */
  async flush(): Promise<void> {
    const changed = [...this.#kept.values()].filter((set) => set.expires > set.stored);
    if (changed.length === 0) return;
    await this.#engine.write(async (tx) => {
      for (const { content, expires } of changed) await tx.run(prolongStatement(content, expires));
    });
    for (const set of changed) set.stored = set.expires;
  }

  /** @throws KeystampError 429 */
  async #reserve(bytes: number): Promise<void> {
    if (bytes > this.#config.maxEntitySetBytes) throw failHttp(429, 'entities in one set');
    if (!(await this.#space.hasRoom(bytes))) await this.sweep();
    if (!(await this.#space.hasRoom(bytes))) throw failHttp(429, 'the entity sets take too much space');
    this.#space.take(bytes);
  }

  /** A session may have so many sets (spec 13 § 8.2); a new one takes the place of the one that would end first. */
  async #makeRoom(sessionId: string, kept: string): Promise<void> {
    const most = this.#config.maxEntitySetsPerSession;
    const surplus = await this.#engine.rows(surplusSetsStatement(sessionId, most, kept));
    if (surplus.length === 0) return;
    await this.#engine.write(async (tx) => {
      for (const { content } of surplus) await tx.run(endSets(sql`content = ${content as string}`));
    });
    for (const { id } of surplus) this.#kept.delete(String(id));
  }

  /** The session's live set of that id as the database has it. */
  async #lookUp(id: string, sessionId: string): Promise<Kept | undefined> {
    // Another process may have made it a moment ago.
    this.#engine.refresh();
    const row = await this.#engine.row(findSetStatement(id));
    const now = this.#now();
    const content = row && String(row['content']);
    const kept = this.#kept.peek(id);
    const same = kept?.content === content ? kept : undefined;
    const stored = Number(row?.['expires']);
    // This process may know of later uses than the database, or of earlier ones.
    const expires = Math.max(stored, same?.expires ?? 0);
    if (!row || content === undefined || row['session'] !== sessionId || expires < now) {
      if (kept?.sessionId === sessionId) this.#kept.delete(id);
      return undefined;
    }
    if (same) return Object.assign(same, { checked: now, stored, expires });
    const keys = await this.#stored.keys(content, row);
    return this.#keep({
      id,
      content,
      sessionId,
      dataClass: String(row['dataclass']),
      keys,
      bytes: Number(row['bytes']),
      timeout: Number(row['timeout']),
      expires,
      stored,
      checked: now,
    });
  }

  /** A use that is written is known to other processes before it is answered: they would end the set otherwise. */
  async #use(set: Kept): Promise<Kept> {
    set.expires = this.#now() + set.timeout;
    this.#kept.get(set.id);
    const { expires, stored } = set;
    if (expires - stored <= Math.min(checkMs, set.timeout / 10)) return set;
    set.stored = expires;
    try {
      await this.#engine.write((tx) => tx.run(prolongStatement(set.content, expires)));
    } catch (cause) {
      // Written with the next use.
      set.stored = stored;
      this.#onFault(cause);
    }
    return set;
  }

  /** Forgets sets in memory; on disk they stay as they are. */
  #forget(which: (set: Kept) => boolean): void {
    const gone = [...this.#kept.values()].filter(which);
    for (const { id } of gone) this.#kept.delete(id);
  }

  #keep(set: Kept): Kept {
    this.#kept.set(set.id, set);
    return set;
  }
}
