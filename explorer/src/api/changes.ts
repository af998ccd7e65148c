// What changes while somebody looks: saves of this window, and of everybody else as the server tells them. Nothing is
// asked for again and again.
import { createClient, type Change as Told } from '@keystamp/client';
import { Emitter } from '../store.ts';

interface Change {
  /** Undefined: all of them. */
  readonly dataClass: string | undefined;
  /** Undefined: any entity of it. */
  readonly key: string | undefined;
  readonly kind: 'create' | 'update' | 'delete';
}

const changed = new Emitter<readonly Change[]>();

/** Calls back with what has changed, until the function that comes back is called. */
export const onChanges = changed.subscribe;

/** Tells the views of this window. */
export const tellChanges = (changes: readonly Change[]): void => changed.tell(changes);

/** Whether a change is one of a dataclass, or of one entity of it. */
export const concerns = (change: Change, dataClass: string, key?: string): boolean =>
  (change.dataClass === undefined || change.dataClass === dataClass) &&
  (key === undefined || change.key === undefined || change.key === key);

/** Many saves at once make one reading. */
const collectMs = 60;

/**
 * Follows the server's changes, until the function that comes back is called. A window that nobody sees lets go of its
 * connection, of which a browser has few, and catches up when it is seen again.
 * @param url the mount of the API, of one model where there are several
 */
export function followChanges(url: string): () => void {
  const store = createClient({ url });
  let since: number | undefined;
  let running: AbortController | undefined;
  let collected: Change[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const collect = (change: Change): void => {
    collected.push(change);
    timer ??= setTimeout(() => {
      timer = undefined;
      const changes = collected;
      collected = [];
      tellChanges(changes);
    }, collectMs);
  };
  const follow = async (abort: AbortController): Promise<void> => {
    const feed = store.changes({ signal: abort.signal, ...(since !== undefined && { since }) });
    try {
      for await (const change of feed) {
        collect(read(change));
        since = feed.position;
      }
    } catch {
      // A server without this feed, or one that does not let this user follow it: the views show what they read.
    }
    since = feed.position ?? since;
  };
  const look = (): void => {
    if (document.hidden) {
      running?.abort();
      running = undefined;
    } else if (!running) void follow((running = new AbortController()));
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    running?.abort();
    clearTimeout(timer);
  };
}

function read(change: Told): Change {
  switch (change.kind) {
    case 'saved':
      return { dataClass: change.dataClass, key: change.key, kind: change.stamp === 1 ? 'create' : 'update' };
    case 'deleted':
      return { dataClass: change.dataClass, key: change.key, kind: 'delete' };
    case 'reload':
      // Entities may have come and gone.
      return { dataClass: change.dataClass, key: undefined, kind: 'create' };
    default:
      return change satisfies never;
  }
}
