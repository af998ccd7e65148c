// The requests behind the view: each one that was sent, with its answer's head, for people to read and copy.
import { Store } from '../store.ts';

export interface Exchange {
  readonly id: number;
  readonly method: string;
  /** From the root of the server, percent-encoded. */
  readonly url: string;
  readonly contentType?: string;
  /** The JSON that was sent; of bytes their description. */
  readonly body?: string;
  /** The body is a file and not text. */
  readonly bytes?: boolean;
  /** Absent while the answer is awaited; 0 when none came. */
  readonly status?: number;
  readonly milliseconds?: number;
}

/** More than that are not looked at. */
const most = 30;

/** The oldest first. */
export const exchanges = new Store<readonly Exchange[]>([]);
let lastId = 0;

/** Notes a request; the function that comes back notes how it ended. */
export function noteExchange(sent: Omit<Exchange, 'id' | 'status' | 'milliseconds'>): (status: number) => void {
  const begun = performance.now();
  const id = ++lastId;
  exchanges.set([...exchanges.get(), { ...sent, id }].slice(-most));
  return (status) => {
    const milliseconds = performance.now() - begun;
    exchanges.set(exchanges.get().map((one) => (one.id === id ? { ...one, status, milliseconds } : one)));
  };
}

/** The view has changed: what was asked for the last one is no longer of interest. */
export const forgetExchanges = (): void => exchanges.set([]);
