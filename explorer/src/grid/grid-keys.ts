// The keys of a list: arrows, pages, ends, Enter into an entity and Escape out of it.
import type { KeyboardEvent } from 'react';

interface GridKeys {
  /** The row that the arrow keys stand on. */
  readonly active: number;
  readonly count: number;
  /** Rows that are seen at once. */
  readonly page: number;
  readonly onMove: (to: number) => void;
  readonly onEnter: () => void;
  /** Undefined: there is nothing to leave. */
  readonly onEscape: (() => void) | undefined;
}

export function gridKeys({ active, count, page, onMove, onEnter, onEscape }: GridKeys) {
  const steps: Readonly<Record<string, (() => void) | undefined>> = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    PageDown: () => move(active + page),
    PageUp: () => move(active - page),
    Home: () => move(0),
    End: () => move(count - 1),
    Enter: onEnter,
    Escape: onEscape,
  };
  const move = (to: number): void => onMove(Math.max(0, Math.min(count - 1, to)));
  return (event: KeyboardEvent): void => {
    // Controls in cells have keys of their own; so have the browser's commands.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
}
