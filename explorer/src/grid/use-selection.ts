// The pages of a list, for as long as its question stays the same, and what of them has changed meanwhile.
import type { WireEntity } from '@keystamp/client';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { concerns, onChanges } from '../api/changes.ts';
import { SelectionPages, type SelectionQuery, type SelectionState } from '../api/selection-pages.ts';

export interface Selection {
  readonly state: SelectionState;
  /** What is shown answers the question before; the answer to this one is on its way. */
  readonly waiting: boolean;
  readonly at: (index: number) => WireEntity | undefined;
  /** Says which places are looked at. */
  readonly look: (first: number, last: number) => void;
  /** Entities came or went since the list was made. */
  readonly outdated: boolean;
  /** Makes the list again. */
  readonly renew: () => void;
  /** Reads what could not be read. */
  readonly retry: () => void;
  /** Counts up with everything that is read. */
  readonly version: number;
  /** Names the question that is answered. */
  readonly question: string;
}

interface Held {
  readonly question: string;
  readonly turn: number;
  readonly pages: SelectionPages;
}

const loading: SelectionState = { kind: 'loading' };

export function useSelection(query: SelectionQuery): Selection {
  const { dataClass, filter, orderby, params } = query;
  const [turn, setTurn] = useState(0);
  const question = JSON.stringify([dataClass.path, filter, orderby]);
  const name = JSON.stringify([question, params, turn]);
  // The list that is shown stays until there is another to show.
  const [held, setHeld] = useState<Held>();
  const [next, setNext] = useState<SelectionPages>();
  const [outdated, setOutdated] = useState(false);

  useEffect(() => {
    const pages = new SelectionPages(query);
    setNext(pages);
    let shown = false;
    void pages.start().then(() => {
      if (ended) return;
      shown = true;
      setHeld({ question, turn, pages });
      setOutdated(false);
    });
    let ended = false;
    const stop = onChanges((changes) => {
      const ours = changes.filter((change) => concerns(change, dataClass.name));
      if (ours.length === 0) return;
      if (ours.some(({ kind }) => kind !== 'update')) setOutdated(true);
      if (shown) void pages.refresh();
    });
    return () => {
      ended = true;
      stop();
      pages.end();
    };
    // The name holds all of the query.
  }, [name]);

  const pages = held?.pages;
  const version = useSyncExternalStore(pages?.subscribe ?? never, pages?.version ?? zero);
  const at = useCallback((index: number) => pages?.at(index), [pages, version]);
  const look = useCallback((first: number, last: number) => pages?.need(first, last), [pages]);
  const renew = useCallback(() => setTurn((now) => now + 1), []);
  const retry = useCallback(() => pages?.retry(), [pages]);
  return {
    state: pages?.state ?? loading,
    waiting: next !== pages,
    at,
    look,
    outdated,
    renew,
    retry,
    version,
    question: held?.question ?? question,
  };
}

const never = (): (() => void) => () => undefined;
const zero = (): number => 0;
