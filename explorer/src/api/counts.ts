// How many entities each dataclass has.
import { useCallback, useEffect, useState } from 'react';
import type { Catalog, DataClass } from './catalog.ts';
import { onChanges } from './changes.ts';
import { ask } from './connection.ts';

/** Counts by the name of the dataclass, as far as they are known. */
export function useCounts({ dataClasses }: Catalog): ReadonlyMap<string, number> {
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const read = useCallback(async (dataClass: DataClass): Promise<void> => {
    try {
      const { __COUNT } = await ask<{ readonly __COUNT: number }>(dataClass.path, {
        params: { $top: 0 },
        quiet: true,
      });
      setCounts((known) => new Map(known).set(dataClass.name, __COUNT));
    } catch {
      // A class that may not be read has no count; its own view says why.
    }
  }, []);
  useEffect(() => {
    for (const dataClass of dataClasses) void read(dataClass);
    return onChanges((changes) => {
      for (const dataClass of dataClasses)
        if (changes.some((change) => change.dataClass === dataClass.name && change.kind !== 'update'))
          void read(dataClass);
    });
  }, [dataClasses, read]);
  return counts;
}
