// Tells screen readers, and a line at the edge of the screen, what has just happened.
import { Store } from '../store.ts';

interface Announcement {
  readonly id: number;
  readonly text: string;
  /** What is under way stays until it is told how it ended. */
  readonly tone: 'under way' | 'done' | 'failed';
}

const shownMs = 6000;

/** What is told now. */
export const announced = new Store<Announcement | undefined>(undefined);

let lastId = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string, tone: Announcement['tone'] = 'done'): void {
  announced.set({ id: ++lastId, text, tone });
  clearTimeout(timer);
  if (tone !== 'under way') timer = setTimeout(dismiss, tone === 'failed' ? shownMs * 2 : shownMs);
}

export const dismiss = (): void => announced.set(undefined);
