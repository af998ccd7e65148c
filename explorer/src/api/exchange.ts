// The requests behind the view: each one that was sent, with its answer's head, for people to read and copy.
import { useSyncExternalStore } from 'react';

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

let all: readonly Exchange[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

const set = (exchanges: readonly Exchange[]): void => {
  all = exchanges;
  for (const listener of listeners) listener();
};

/** Notes a request; the function that comes back notes how it ended. */
export function noteExchange(sent: Omit<Exchange, 'id' | 'status' | 'milliseconds'>): (status: number) => void {
  const begun = performance.now();
  const noted: Exchange = { ...sent, id: ++lastId };
  set([...all, noted].slice(-most));
  return (status) => {
    const milliseconds = performance.now() - begun;
    set(all.map((exchange) => (exchange.id === noted.id ? { ...exchange, status, milliseconds } : exchange)));
  };
}

/** The view has changed: what was asked for the last one is no longer of interest. */
export function forgetExchanges(): void {
  set([]);
}

export const useExchanges = (): readonly Exchange[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => all,
  );
