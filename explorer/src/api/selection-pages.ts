// A selection of any size, read page by page out of an entity set that the server keeps.
import { NotFoundError, type WireEntity, type WireSelection } from '@keystamp/client';
import type { DataClass } from './catalog.ts';
import { ask, type Params } from './connection.ts';

export const pageSize = 100;
/** Pages that are kept; those looked at longest ago go first. */
const mostPages = 60;

export interface SelectionQuery {
  readonly dataClass: DataClass;
  readonly filter: string;
  readonly orderby: string;
  /** Attributes, pictures' sizes: how each page is asked for. */
  readonly params: Params;
}

export type SelectionState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ready'; readonly count: number };

export class SelectionPages {
  readonly #query: SelectionQuery;
  readonly #abort = new AbortController();
  readonly #pages = new Map<number, readonly WireEntity[]>();
  readonly #asked = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #set: string | undefined;
  #version = 0;
  state: SelectionState = { kind: 'loading' };

  constructor(query: SelectionQuery) {
    this.#query = query;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Counts up with every change. */
  readonly version = (): number => this.#version;

  /** The entity at a place, from 0; undefined when its page is not there yet. */
  at(index: number): WireEntity | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Makes the set and reads its first page. */
  async start(): Promise<void> {
    const { dataClass, filter, orderby, params } = this.#query;
    try {
      const page = await ask<WireSelection>(dataClass.path, {
        params: {
          ...(filter !== '' && { $filter: filter }),
          ...(orderby !== '' && { $orderby: orderby }),
          ...params,
          $top: pageSize,
          $method: 'entityset',
        },
        signal: this.#abort.signal,
      });
      this.#set = page.__ENTITYSET;
      this.#pages.clear();
      this.#pages.set(0, page.__ENTITIES);
      this.state = { kind: 'ready', count: page.__COUNT };
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.state = { kind: 'failed', error };
    }
    this.#tell();
  }

  /** Reads the pages that hold these places, where they are missing. */
  need(first: number, last: number): void {
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
      const held = this.#pages.get(page);
      if (held) {
        // The order of a Map is that of its entries' making: what is looked at now goes last.
        this.#pages.delete(page);
        this.#pages.set(page, held);
      } else if (!this.#asked.has(page)) void this.#read(page);
    }
  }

  /** Reads the pages again that hold these places, for values that have changed. */
  async refresh(first: number, last: number): Promise<void> {
    const from = Math.floor(first / pageSize);
    const to = Math.floor(last / pageSize);
    for (const page of this.#pages.keys()) if (page < from || page > to) this.#pages.delete(page);
    for (let page = from; page <= to; page++) await this.#read(page);
  }

  async #read(page: number): Promise<void> {
    if (this.#set === undefined) return;
    this.#asked.add(page);
    try {
      const answer = await ask<WireSelection>(this.#set, {
        params: { ...this.#query.params, $skip: page * pageSize, $top: pageSize },
        signal: this.#abort.signal,
      });
      this.#pages.set(page, answer.__ENTITIES);
      for (const old of this.#pages.keys()) if (this.#pages.size > mostPages) this.#pages.delete(old);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // The server gives sets up that nobody used for long: the same question makes a new one.
      if (error instanceof NotFoundError && error.has(1802)) return void this.start();
      this.state = { kind: 'failed', error };
    } finally {
      this.#asked.delete(page);
    }
    this.#tell();
  }

  /** Gives the set back. */
  end(): void {
    this.#abort.abort();
    this.#listeners.clear();
    if (this.#set !== undefined)
      void ask(this.#set, { method: 'POST', params: { $method: 'release' }, quiet: true }).catch(() => undefined);
  }

  #tell(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}
