// Tells screen readers, and a line at the edge of the screen, what has just happened.
import { useSyncExternalStore } from 'react';

export interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'failed';
}

const shownMs = 6000;
const listeners = new Set<() => void>();
let current: Announcement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string, tone: Announcement['tone'] = 'done'): void {
  current = { id: (current?.id ?? 0) + 1, text, tone };
  clearTimeout(timer);
  timer = setTimeout(dismiss, tone === 'failed' ? shownMs * 2 : shownMs);
  tell();
}

export function dismiss(): void {
  current = undefined;
  tell();
}

const tell = (): void => {
  for (const listener of listeners) listener();
};

export const useAnnouncement = (): Announcement | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => current,
  );
