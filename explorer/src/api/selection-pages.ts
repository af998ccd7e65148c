// A selection of any size, read page by page out of an entity set that the server keeps.
import { NotFoundError, type WireEntity, type WireSelection } from '@keystamp/client';
import type { DataClass } from './catalog.ts';
import { ask, type Params } from './connection.ts';
import { Emitter } from '../store.ts';

const pageSize = 100;
/** Pages that are kept; those looked at longest ago go first. */
const mostPages = 60;
/** So many places before they come into sight their page is read. */
const ahead = 60;
/** Who drags on within this time asks for nothing. */
const pauseMs = 40;

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
  /** @property fault why a page that is looked at could not be read */
  | { readonly kind: 'ready'; readonly count: number; readonly fault?: unknown };

export class SelectionPages {
  readonly #query: SelectionQuery;
  readonly #abort = new AbortController();
  readonly #pages = new Map<number, readonly WireEntity[]>();
  /** Pages that are being read. */
  readonly #asked = new Map<number, AbortController>();
  readonly #changed = new Emitter();
  #looked: readonly [first: number, last: number] = [0, 0];
  #pause: ReturnType<typeof setTimeout> | undefined;
  #refreshing = false;
  #again = false;
  #set: string | undefined;
  #version = 0;
  state: SelectionState = { kind: 'loading' };

  constructor(query: SelectionQuery) {
    this.#query = query;
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#changed.subscribe(listener);

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

  /** Says which places are looked at: their pages are read where they are missing, and those next to them ahead. */
  need(first: number, last: number): void {
    this.#looked = [first, last];
    if (this.state.kind !== 'ready') return;
    const wanted = this.#wanted();
    for (const page of wanted) this.#keep(page);
    // Who scrolls past does not wait for what was passed.
    for (const [page, abort] of this.#asked) if (!wanted.includes(page)) abort.abort();
    clearTimeout(this.#pause);
    if (this.state.fault !== undefined) return;
    const far: number[] = [];
    for (const page of wanted) {
      if (this.#pages.has(page) || this.#asked.has(page)) continue;
      // The next one is needed in any case; where somebody drags to is only known when they rest.
      if (this.#pages.has(page - 1) || this.#pages.has(page + 1)) void this.#read(page);
      else far.push(page);
    }
    if (far.length === 0) return;
    this.#pause = setTimeout(() => {
      for (const page of far) void this.#read(page);
    }, pauseMs);
  }

  /** Reads what could not be read before. */
  retry(): void {
    if (this.state.kind !== 'ready') return;
    this.state = { kind: 'ready', count: this.state.count };
    this.#tell();
    this.need(...this.#looked);
  }

  /** Reads what is looked at again, for values that have changed. Changes meanwhile make one more reading. */
  async refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    do {
      this.#again = false;
      const pages = pagesOf(...this.#looked);
      for (const page of this.#pages.keys()) if (!pages.includes(page)) this.#pages.delete(page);
      for (const page of pages) await this.#read(page);
    } while (this.#again && !this.#abort.signal.aborted);
    this.#refreshing = false;
  }

  /** The pages that are looked at, and those that come into sight next. */
  #wanted(): readonly number[] {
    const [first, last] = this.#looked;
    const count = this.state.kind === 'ready' ? this.state.count : 0;
    const looked = pagesOf(first, last);
    const near = pagesOf(Math.max(0, first - ahead), Math.max(0, Math.min(count - 1, last + ahead)));
    return [...new Set([...looked, ...near])];
  }

  /** The order of a Map is that of its entries' making: what is looked at now goes last. */
  #keep(page: number): void {
    const held = this.#pages.get(page);
    if (!held) return;
    this.#pages.delete(page);
    this.#pages.set(page, held);
  }

  async #read(page: number): Promise<void> {
    if (this.#set === undefined || this.#abort.signal.aborted) return;
    const abort = new AbortController();
    // An older answer must not come after this one and stay.
    this.#asked.get(page)?.abort();
    this.#asked.set(page, abort);
    try {
      const answer = await ask<WireSelection>(this.#set, {
        params: { ...this.#query.params, $skip: page * pageSize, $top: pageSize },
        signal: abort.signal,
      });
      this.#pages.set(page, answer.__ENTITIES);
      for (const old of this.#pages.keys()) if (this.#pages.size > mostPages) this.#pages.delete(old);
    } catch (error) {
      if (abort.signal.aborted) return;
      // The server gives sets up that nobody used for long: the same question makes a new one.
      if (error instanceof NotFoundError && error.has(1802)) return void this.start();
      if (this.state.kind === 'ready') this.state = { ...this.state, fault: error };
    } finally {
      if (this.#asked.get(page) === abort) this.#asked.delete(page);
    }
    this.#tell();
  }

  /** Gives the set back. */
  end(): void {
    clearTimeout(this.#pause);
    this.#abort.abort();
    for (const abort of this.#asked.values()) abort.abort();
    if (this.#set !== undefined)
      void ask(this.#set, { method: 'POST', params: { $method: 'release' }, quiet: true }).catch(() => undefined);
  }

  #tell(): void {
    this.#version++;
    this.#changed.tell();
  }
}

/** The numbers of the pages that hold these places. */
function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(first / pageSize);
  return Array.from({ length: Math.floor(last / pageSize) - from + 1 }, (_, at) => from + at);
}
