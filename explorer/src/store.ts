// What lives outside of the views and is followed by them.
import { useSyncExternalStore } from 'react';

type Listener<T> = (told: T) => void;

/** Tells whoever wants to know. */
export class Emitter<T = void> {
  readonly #listeners = new Set<Listener<T>>();

  /** Calls back each time, until the function that comes back is called. */
  readonly subscribe = (listener: Listener<T>): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  tell(told: T): void {
    for (const listener of this.#listeners) listener(told);
  }
}

/** A value that tells when it is another. */
export class Store<T> {
  readonly #changed = new Emitter();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#changed.subscribe(listener);

  readonly get = (): T => this.#value;

  set(value: T): void {
    this.#value = value;
    this.#changed.tell();
  }
}

export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);
