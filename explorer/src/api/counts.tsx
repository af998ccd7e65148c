// How many entities each dataclass has.
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { Catalog, DataClass } from './catalog.ts';
import { concerns, onChanges } from './changes.ts';
import { ask } from './connection.ts';

type Counts = ReadonlyMap<string, number>;

const CountsContext = createContext<Counts>(new Map());

/** Counts by the name of the dataclass, as far as they are known. */
export const useCounts = (): Counts => useContext(CountsContext);

interface CountedProps {
  readonly catalog: Catalog;
  readonly children: ReactNode;
}

/** Counts for everything inside. */
export function Counted({ catalog: { dataClasses }, children }: CountedProps): ReactNode {
  const [counts, setCounts] = useState<Counts>(new Map());
  useEffect(() => {
    const read = async (dataClass: DataClass): Promise<void> => {
      try {
        const { __COUNT } = await ask<{ readonly __COUNT: number }>(dataClass.path, {
          params: { $top: 0 },
          quiet: true,
        });
        setCounts((known) => new Map(known).set(dataClass.name, __COUNT));
      } catch {
        // A class that may not be read has no count; its own view says why.
      }
    };
    let ended = false;
    // One after the other: what is looked at comes before the counts of a hundred dataclasses.
    const readAll = async (): Promise<void> => {
      for (const dataClass of dataClasses) {
        if (ended) return;
        await read(dataClass);
      }
    };
    void readAll();
    const deaf = onChanges((changes) => {
      for (const dataClass of dataClasses)
        if (changes.some((change) => change.kind !== 'update' && concerns(change, dataClass.name)))
          void read(dataClass);
    });
    return () => {
      ended = true;
      deaf();
    };
  }, [dataClasses]);
  return <CountsContext value={counts}>{children}</CountsContext>;
}
