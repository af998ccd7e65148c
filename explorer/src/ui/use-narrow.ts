// Whether the window is as narrow as a telephone. The same width stands in the style sheets.
import { useSyncExternalStore } from 'react';

const narrow = matchMedia('(width < 800px)');

const follow = (changed: () => void): (() => void) => {
  narrow.addEventListener('change', changed);
  return () => narrow.removeEventListener('change', changed);
};

export const useNarrow = (): boolean => useSyncExternalStore(follow, () => narrow.matches);
