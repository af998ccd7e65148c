// Tells screen readers, and a line at the edge of the screen, what has just happened.
import { Store } from '../store.ts';

interface Announcement {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'failed';
}

const shownMs = 6000;

/** What is told now. */
export const announced = new Store<Announcement | undefined>(undefined);

let lastId = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string, tone: Announcement['tone'] = 'done'): void {
  announced.set({ id: ++lastId, text, tone });
  clearTimeout(timer);
  timer = setTimeout(dismiss, tone === 'failed' ? shownMs * 2 : shownMs);
}

export const dismiss = (): void => announced.set(undefined);
