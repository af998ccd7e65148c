// The pages of a list, for as long as its question stays the same, and what of them has changed meanwhile.
import type { WireEntity } from '@keystamp/client';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { concerns, onChanges } from '../api/changes.ts';
import { SelectionPages, type SelectionQuery, type SelectionState } from '../api/selection-pages.ts';

export interface Selection {
  readonly state: SelectionState;
  readonly at: (index: number) => WireEntity | undefined;
  /** Says which places are looked at. */
  readonly look: (first: number, last: number) => void;
  /** Entities came or went since the list was made. */
  readonly outdated: boolean;
  /** Makes the list again. */
  readonly renew: () => void;
  /** Counts up with everything that is read. */
  readonly version: number;
}

const loading: SelectionState = { kind: 'loading' };

export function useSelection(query: SelectionQuery): Selection {
  const { dataClass, filter, orderby, params } = query;
  const [turn, setTurn] = useState(0);
  const name = JSON.stringify([dataClass.path, filter, orderby, params, turn]);
  const [held, setHeld] = useState<{ readonly name: string; readonly pages: SelectionPages }>();
  const [outdated, setOutdated] = useState(false);
  const looked = useRef<readonly [number, number]>([0, 0]);

  useEffect(() => {
    const pages = new SelectionPages(query);
    setHeld({ name, pages });
    setOutdated(false);
    void pages.start();
    const stop = onChanges((changes) => {
      const ours = changes.filter((change) => concerns(change, dataClass.name));
      if (ours.length === 0) return;
      if (ours.some(({ kind }) => kind !== 'update')) setOutdated(true);
      void pages.refresh(...looked.current);
    });
    return () => {
      stop();
      pages.end();
    };
    // The name holds all of the query.
  }, [name]);

  const pages = held?.name === name ? held.pages : undefined;
  const version = useSyncExternalStore(pages?.subscribe ?? never, pages?.version ?? zero);
  const at = useCallback((index: number) => pages?.at(index), [pages, version]);
  const look = useCallback(
    (first: number, last: number) => {
      looked.current = [first, last];
      pages?.need(first, last);
    },
    [pages],
  );
  const renew = useCallback(() => setTurn((now) => now + 1), []);
  return { state: pages?.state ?? loading, at, look, outdated, renew, version };
}

const never = (): (() => void) => () => undefined;
const zero = (): number => 0;
