// A value that takes a request to get, for as long as its key stays the same.
import { useCallback, useEffect, useState } from 'react';

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ready'; readonly value: T };

/**
 * @param key what the value depends on; a new key loads anew, `reload` keeps the old value until the new one is there
 * @param load gets a signal that ends it when nobody waits any more
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): readonly [Loaded<T>, () => void] {
  const [held, setHeld] = useState<{ readonly key: string; readonly loaded: Loaded<T> }>({
    key,
    loaded: { kind: 'loading' },
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setHeld({ key, loaded: { kind: 'ready', value } }),
      (error: unknown) => !abort.signal.aborted && setHeld({ key, loaded: { kind: 'failed', error } }),
    );
    return () => abort.abort();
    // `load` is made anew with every rendering; what it loads is named by the key.
  }, [key, turn]);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  return [held.key === key ? held.loaded : { kind: 'loading' }, reload];
}
