// The code of the author that runs for one entity right now: what must not enter itself again, and what is waited for.
import type { EventFunction } from '../model/code-defs.ts';

export class RunningCode {
  readonly #running = new Set<EventFunction>();
  readonly #waiting: Promise<unknown>[] = [];
  /** The entity is being saved or dropped, so its events cannot save or drop it. */
  isBusy = false;

  isRunning(code: EventFunction): boolean {
    return this.#running.has(code);
  }

  /** Runs code that must not enter itself; what it gives may be a promise. */
  run(code: EventFunction, work: () => unknown): unknown {
    this.#running.add(code);
    const end = (): void => void this.#running.delete(code);
    let result: unknown;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.finally(end);
  }

  /** An assignment cannot wait for asynchronous code; the next save does. */
  waitFor(result: unknown): void {
    if (!(result instanceof Promise)) return;
    // It is told when it is waited for.
    result.catch(() => undefined);
    this.#waiting.push(result);
  }

  /** @throws what asynchronous code has thrown since */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0) await this.#waiting.shift();
  }
}
