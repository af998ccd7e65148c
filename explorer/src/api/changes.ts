// What changes while somebody looks: saves of this window, and of everybody else as far as the server tells.

export interface Change {
  readonly dataClass: string;
  readonly key: string | undefined;
  readonly kind: 'create' | 'update' | 'delete';
}

type Listener = (changes: readonly Change[]) => void;

const listeners = new Set<Listener>();

/** Calls back with what has changed, until the function that comes back is called. */
export function onChanges(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells the views of this window. */
export function tellChanges(changes: readonly Change[]): void {
  for (const listener of listeners) listener(changes);
}
