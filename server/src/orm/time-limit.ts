// How long code of the author may take. There are many calls at a time and hardly one of them takes too long, so one timer
// looks after all of them.
import { failHttp } from '../errors.ts';

/** How much later than its time a call may end. */
const lookEveryMs = 50;

const pending = new Set<TimeLimit>();
let looking: NodeJS.Timeout | undefined;

function look(): void {
  const now = performance.now();
  for (const limit of pending) limit.check(now);
  if (pending.size > 0) return;
  clearInterval(looking);
  looking = undefined;
}

export class TimeLimit {
  readonly #endsAt: number;
  readonly #what: string;
  readonly #waiting: ((error: unknown) => void)[] = [];
  #ended: { readonly error: unknown } | undefined;
  #over: Promise<never> | undefined;

  /** @param what took so long: the text of the error */
  constructor(seconds: number, what: string) {
    this.#endsAt = performance.now() + seconds * 1000;
    this.#what = what;
    pending.add(this);
    looking ??= setInterval(look, lookEveryMs).unref();
  }

  /** Rejects with 503 when the time is over, or with what it was ended by. */
  get over(): Promise<never> {
    if (this.#over) return this.#over;
    this.#over = new Promise((_resolve, reject) => this.#tell(reject));
    // Nobody has to wait for it.
    this.#over.catch(() => undefined);
    return this.#over;
  }

  /** What `work` gives, unless the time is over before. */
  bound<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tell(reject);
      work.then(resolve, reject);
    });
  }

  /** All that is still going on must end, because of that error. */
  end(error: unknown): void {
    this.#ended ??= { error };
    for (const reject of this.#waiting.splice(0)) reject(error);
  }

  /** The work was done in time. */
  clear(): void {
    pending.delete(this);
  }

  #tell(reject: (error: unknown) => void): void {
    if (this.#ended) reject(this.#ended.error);
    else this.#waiting.push(reject);
  }

  /** Ends it when its time is over. @param now as performance.now() tells it */
  check(now: number): void {
    if (now < this.#endsAt) return;
    this.clear();
    this.end(failHttp(503, this.#what, { 'Retry-After': '1' }));
  }
}
