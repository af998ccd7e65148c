// Wakes those who wait for the counter of changes to move, whichever process moves it.
import type { Engine, Following } from './engine.ts';
import { readGlobalStamp, type GlobalStamp } from './global-stamps.ts';
import { globalStampTableName } from './sql/columns.ts';

/** How often it is looked for changes that should have been told. */
const toldMs = 5000;

export class ChangeSignal {
  readonly #engine: Engine;
  readonly #pollMs: number;
  readonly #waiting = new Set<() => void>();
  #poll: NodeJS.Timeout | undefined;
  /** Of the data that was looked at last. */
  #dataVersion: number | undefined;
  /** Where the counter stood when it was looked at last. */
  known: GlobalStamp = { value: 0, pruned: 0 };
  /** How often it was seen to be set back, so that its numbers are given again. */
  setBacks = 0;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #looked = -Infinity;
  /** From when somebody waited for the first time. */
  #following: Following | undefined;

  /** @param pollMs how often it is looked whether another process has moved the counter; only while somebody waits */
  constructor(engine: Engine, pollMs: number) {
    this.#engine = engine;
    this.#pollMs = pollMs;
    engine.onCommit?.((tables) => {
      if (this.#waiting.size > 0 && (tables.has(globalStampTableName) || tables.has('*')))
        void this.#look().catch(() => undefined);
    });
  }

  /** Where the counter stands. */
  async read(): Promise<GlobalStamp> {
    await this.#look();
    return this.known;
  }

  /** Where the counter stands once it is not at `position` any more, after `milliseconds` or when the signal aborts at the latest. */
  async after(position: number, milliseconds: number, signal: AbortSignal): Promise<GlobalStamp> {
    if (this.known.value !== position || signal.aborted) return this.known;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(moved);
        if (this.#waiting.size === 0) this.#rest();
        resolve();
      };
      const moved = (): void => {
        if (this.known.value !== position) done();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(moved);
      this.#following ??= this.#engine.follow?.(() => void this.#look().catch(() => undefined));
      this.#poll ??= setInterval(() => this.#lookIfDue(), this.#pollMs);
      // What moved between the last look and now.
      this.#lookIfChanged();
    });
    return this.known;
  }

  async close(): Promise<void> {
    this.#rest();
    await this.#following?.close();
  }

  #rest(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  /** Where changes are told it is looked now and then all the same. */
  #lookIfDue(): void {
    if (this.#following?.tells && performance.now() - this.#looked < toldMs) return;
    this.#lookIfChanged();
  }

  /** The version of the data costs less than a read, and mostly nothing has happened. */
  #lookIfChanged(): void {
    const version = this.#engine.dataVersion();
    if (version !== undefined && version === this.#dataVersion) return;
    this.#dataVersion = version;
    // A poll that fails is followed by another one.
    void this.#look().catch(() => undefined);
  }

  /** Reads the counter; who asks while it is being read is told what is read after. */
  #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return this.#looking;
    }
    const looking = this.#lookUntilStill().finally(() => (this.#looking = undefined));
    this.#looking = looking;
    return looking;
  }

  async #lookUntilStill(): Promise<void> {
    do {
      this.#looked = performance.now();
      this.#lookAgain = false;
      this.#engine.refresh();
      const now = await readGlobalStamp(this.#engine);
      if (now.value < this.known.value) this.setBacks++;
      this.known = now;
    } while (this.#lookAgain);
    for (const moved of this.#waiting) moved();
  }
}
