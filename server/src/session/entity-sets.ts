// Entity sets: frozen, ordered lists of keys that belong to a session (spec 05 § 3). They are kept in the database, so
// that a restart loses none and every process finds them; those in use are in memory too. A set that another process
// has released is noticed within a minute.
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import {
  keyBytes,
  keyFacts,
  keysBetween,
  keyValues,
  type KeyFacts,
  type KeyKind,
  type KeyList,
} from '../query/key-list.ts';
import type { Engine, KeyRange, SetKeys, Transaction } from '../store/engine.ts';
import {
  endSets,
  findSetStatement,
  overSetsStatement,
  prolongStatement,
  surplusSetsStatement,
  type StoredSet,
} from '../store/sql/entity-set.ts';
import { sql } from '../store/sql/sql.ts';
import { setBytes, storedSet, type NewSet } from './new-set.ts';
import { SetSpace } from './set-space.ts';
import { StoredSets, type StoredKeys } from './stored-sets.ts';

export interface EntitySet {
  readonly id: string;
  readonly sessionId: string;
  /** Name of the dataclass. */
  readonly dataClass: string;
  /** How many entities it was made of. */
  readonly members: number;
}

/** A set in memory; times are milliseconds. */
interface Kept extends EntitySet, StoredKeys {
  /** Once they were needed here. */
  keys?: KeyList | undefined;
  readonly timeout: number;
  /** When its life ends unless it is used. */
  expires: number;
  /** The same as the database has it. */
  stored: number;
  /** When the database was last asked for it. */
  checked: number;
}

/** The row of a set of such keys. */
type AsSet = (found: KeyFacts) => StoredSet;

const wellFormed = /^[A-Za-z0-9]{1,64}$/;

/** How long a set is believed to live without asking the database, and how long a use may stay unwritten. */
const checkMs = 60_000;
/** A set goes so long after its life: another process may not have written its last use yet. */
const graceMs = 2 * checkMs;
/** Ended sets that are taken away in one go. */
const batch = 100;

export class EntitySets {
  /** The sets in memory, most of them with their keys; those unused for longest leave it when there is too little. */
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
    this.#kept = new LRUCache({ maxSize, sizeCalculation: ({ keys }) => setBytes + (keys ? keyBytes(keys) : 0) });
  }

  /** Bytes of the sets in memory. */
  get memoryBytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * Keeps keys that are here; the set, stored.
   * @throws KeystampError 429 when the sets would take too much space
   */
  async create(asked: NewSet, keys: KeyList): Promise<EntitySet> {
    const facts = keyFacts(keys);
    if (!(await this.#space.hasRoom(facts.bytes + setBytes))) await this.sweep();
    const { stored } = await this.#storing(asked, (asSet) => this.#stored.add(asSet(facts), keys));
    return this.#made(stored as StoredSet, keys);
  }

  /**
   * Finds keys and keeps them: the set, stored, and those of its keys that the caller needs at once.
   * @param find asks the database as the one who asks may see it, see `Engine.setOf`
   * @throws KeystampError 429 when the sets would take too much space
   */
  async createFound(
    asked: NewSet,
    shown: KeyRange,
    find: (asSet: AsSet) => Promise<SetKeys>,
  ): Promise<{ readonly set: EntitySet; readonly shown: readonly (number | string)[] }> {
    // Nobody can wait for room while the keys are held where they were found.
    if (!(await this.#space.hasRoom(this.#config.maxEntitySetBytes))) await this.sweep();
    const { done: keys, stored } = await this.#storing(asked, find);
    if (keys.kind === 'here') {
      const set = await this.create(asked, keys.keys);
      return { set, shown: keysBetween(keys.keys, shown.from, shown.to) };
    }
    return { set: await this.#made(stored as StoredSet), shown: keyValues(keys.shown) };
  }

  /**
   * The keys of a set, brought here when they are not.
   * @throws KeystampError 1802 when the set is gone meanwhile
   */
  async keys(set: EntitySet): Promise<KeyList> {
    const kept = set as Kept;
    if (kept.keys) return kept.keys;
    const keys = await this.#stored.keys(kept);
    if (!keys) throw fail(1802, set.id);
    kept.keys = keys;
    // It weighs more now.
    if (this.#kept.peek(set.id) === kept && this.#kept.delete(set.id)) this.#keep(kept);
    return keys;
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

  /**
   * Has a set stored, once `asSet` was called: that takes its space, which is free again when `store` fails.
   * @throws KeystampError 429 from `asSet`
   */
  async #storing<T>(
    asked: NewSet,
    store: (asSet: AsSet) => Promise<T>,
  ): Promise<{ readonly done: T; readonly stored: StoredSet | undefined }> {
    let stored: StoredSet | undefined;
    const asSet: AsSet = (found) => {
      const set = storedSet(asked, found, this.#config, this.#now());
      this.#space.take(set.bytes);
      return (stored = set);
    };
    try {
      return { done: await store(asSet), stored };
    } catch (error) {
      if (stored) this.#space.giveBack((stored as StoredSet).bytes);
      throw error;
    }
  }

  /** A set that was just stored. */
  async #made({ session, ...stored }: StoredSet, keys?: KeyList): Promise<EntitySet> {
    await this.#makeRoom(session, stored.content);
    return this.#keep({ ...stored, sessionId: session, keys, stored: stored.expires, checked: this.#now() });
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
    return this.#keep({
      id,
      content,
      sessionId,
      dataClass: String(row['dataclass']),
      kind: row['kind'] as KeyKind,
      members: Number(row['members']),
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
