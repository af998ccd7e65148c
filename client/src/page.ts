// Some of the entities of a selection, in order.
import type { WireSelection } from './wire.ts';

export class Page<E> implements Iterable<E> {
  readonly entities: readonly E[];
  /** Entities of the whole selection. */
  readonly count: number;
  /** Position of the first one here, from 0. */
  readonly first: number;
  /** The datastore's counter when this was read; 0 when the class is not tracked. */
  readonly globalStamp: number;
  /** How the filter was answered, when it was asked with `plan: true`. */
  readonly queryPath: unknown;
  readonly queryPlan: unknown;
  readonly #read: ((skip: number, signal?: AbortSignal) => Promise<Page<E>>) | undefined;

  constructor(
    wire: WireSelection,
    entities: readonly E[],
    read?: (skip: number, signal?: AbortSignal) => Promise<Page<E>>,
  ) {
    this.entities = entities;
    this.count = wire.__COUNT;
    this.first = wire.__FIRST;
    this.globalStamp = wire.__GlobalStamp ?? 0;
    this.queryPath = wire.__queryPath;
    this.queryPlan = wire.__queryPlan;
    this.#read = read;
  }

  get length(): number {
    return this.entities.length;
  }

  [Symbol.iterator](): Iterator<E> {
    return this.entities[Symbol.iterator]();
  }

  /** Whether entities come after these. */
  get hasMore(): boolean {
    return this.entities.length > 0 && this.first + this.entities.length < this.count;
  }

  /** The page after this one; undefined at the end. */
  async next({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Page<E> | undefined> {
    return this.hasMore ? this.#read?.(this.first + this.entities.length, signal) : undefined;
  }

  toJSON(): readonly E[] {
    return this.entities;
  }
}
