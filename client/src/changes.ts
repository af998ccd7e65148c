// The changes of tracked dataclasses as they happen, over any number of broken connections.
import type { DataStore } from './data-store.ts';
import { Picture, readDeferred } from './deferred.ts';
import { KeystampError } from './errors.ts';
import { readEvents } from './events.ts';
import { wait } from './transport.ts';
import type { WireChange, WireDeferred } from './wire.ts';

/** An entity was saved, created included; `images` are its pictures as they are now, null where there is none. */
export interface Saved<C extends string = string> {
  readonly kind: 'saved';
  readonly dataClass: C;
  readonly key: string;
  readonly stamp: number;
  readonly timestamp: string;
  readonly globalStamp: number;
  readonly images: { readonly [attribute: string]: Picture | null };
}

export interface Deleted<C extends string = string> {
  readonly kind: 'deleted';
  readonly dataClass: C;
  readonly key: string;
  readonly globalStamp: number;
}

/** More has happened than can be told: what is held of the class, or of all classes, is to be read again. */
export interface Reload<C extends string = string> {
  readonly kind: 'reload';
  readonly dataClass?: C;
  readonly globalStamp: number;
}

export type Change<C extends string = string> = Saved<C> | Deleted<C> | Reload<C>;

export interface ChangesOptions<C extends string = string> {
  /** The number to begin with, as `globalStamp` of a page tells it; default: what happens from now on. */
  readonly since?: number;
  /** Default: all tracked classes. */
  readonly dataClasses?: readonly C[];
  /** Ends the feed. */
  readonly signal?: AbortSignal;
  /** Seconds without a sign of life until the connection counts as broken; default 60. */
  readonly silence?: number;
}

const firstWaitMs = 250;
const longestWaitMs = 10_000;

/** To be read with `for await`, by one reader. It ends when its signal aborts, and throws what trying again cannot cure. */
export class ChangeFeed<C extends string = string> implements AsyncIterable<Change<C>> {
  readonly #store: DataStore;
  readonly #options: ChangesOptions<C>;
  #position: number | undefined;

  constructor(store: DataStore, options: ChangesOptions<C>) {
    this.#store = store;
    this.#options = options;
    this.#position = options.since;
  }

  /** Everything below this number has been read: `since` of a later feed. Undefined until the server was reached. */
  get position(): number | undefined {
    return this.#position;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Change<C>, void, undefined> {
    const { signal } = this.#options;
    for (let pause = firstWaitMs; !signal?.aborted;) {
      const before = this.#position;
      try {
        yield* this.#connection();
      } catch (error) {
        if (signal?.aborted) return;
        if (!mayPass(error)) throw error;
      }
      // The server ends feeds too, when it stops; then it is there again, or another one is.
      if (this.#position !== before) pause = firstWaitMs;
      await wait(pause * (0.5 + Math.random()), signal).catch(() => undefined);
      pause = Math.min(pause * 2, longestWaitMs);
    }
  }

  async *#connection(): AsyncGenerator<Change<C>, void, undefined> {
    const { dataClasses, signal, silence = 60 } = this.#options;
    const silent = new AbortController();
    const either = signal ? AbortSignal.any([signal, silent.signal]) : silent.signal;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(new Error('no sign of life')), silence * 1000);
    };
    alive();
    try {
      const response = await this.#store.send(
        '$changes',
        { since: this.#position, $dataClass: dataClasses?.join(',') },
        { accept: 'text/event-stream', signal: either },
      );
      for await (const { id, data } of readEvents(response, alive)) {
        if (data !== undefined) {
          clearTimeout(timer);
          yield this.#read(JSON.parse(data) as WireChange);
          alive();
        }
        // Only now has whoever reads the feed done with it.
        if (id !== undefined) this.#position = Number(id);
      }
    } finally {
      clearTimeout(timer);
      silent.abort();
    }
  }

  #read(wire: WireChange): Change<C> {
    const { kind, __GlobalStamp: globalStamp } = wire;
    if (kind === 'reload')
      return { kind, globalStamp, ...(wire.__DATACLASS !== undefined && { dataClass: wire.__DATACLASS as C }) };
    const about = { dataClass: wire.__DATACLASS as C, key: wire.__KEY, globalStamp };
    if (kind === 'deleted') return { kind, ...about };
    const { __STAMP: stamp, __TIMESTAMP: timestamp } = wire;
    const images: Record<string, Picture | null> = {};
    for (const [name, value] of Object.entries(wire)) {
      if (value === null) images[name] = null;
      if (typeof value !== 'object' || value === null) continue;
      const picture = readDeferred(this.#store, (value as WireDeferred).__deferred) as Picture;
      this.#store.pictures.learn(picture.uri);
      images[name] = picture;
    }
    return { kind, ...about, stamp, timestamp, images };
  }
}

/** Will the same request be answered later? */
const mayPass = (error: unknown): boolean =>
  !(error instanceof KeystampError) || error.status === 0 || error.status === 429 || error.status >= 500;
