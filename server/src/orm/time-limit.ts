// How long code of the author may take.
import { failHttp } from '../errors.ts';

export class TimeLimit {
  /** Rejects with 503 when the time is over, or with what it was ended by. */
  readonly over: Promise<never>;
  /** All that is still going on must end, because of that error. */
  readonly end: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;

  /** @param what took so long: the text of the error */
  constructor(seconds: number, what: string) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Nobody has to wait for it.
    promise.catch(() => undefined);
    this.over = promise;
    this.end = reject;
    this.#timer = setTimeout(() => reject(failHttp(503, what, { 'Retry-After': '1' })), seconds * 1000);
  }

  /** The work was done in time. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
