// Going from one view to another. What was typed and not saved holds the view until somebody says that it may go.
import { parseRoute, shown } from './route.ts';
import { Emitter, Store } from './store.ts';

/** How many steps lie behind this one, as each entry of the browser's history says. */
let at = stepOf(history.state) ?? 0;
if (stepOf(history.state) === undefined) history.replaceState({ at }, '');

function stepOf(state: unknown): number | undefined {
  const step = (state as { readonly at?: unknown } | null)?.at;
  return typeof step === 'number' ? step : undefined;
}

/** Changes that are not saved would go with the view. */
let held = false;

/** The step that waits for an answer: whether the changes may go. */
export const waiting = new Store<(() => void) | undefined>(undefined);

/** What the changes belong to: the path, and the entity that stands open beside a list. */
const viewOf = (url: URL): string => `${url.pathname} ${url.searchParams.get('open') ?? ''}`;

/** How far something was scrolled when a step was left, by the number of the step. */
const scrolled = new Map<number, number>();
const leaving = new Emitter();

/** How far to scroll where somebody comes back; 0 where nobody has been. */
export const scrollBefore = (): number => scrolled.get(at) ?? 0;

/** Asks how far something is scrolled whenever a step is left, until the function that comes back is called. */
export const rememberScroll = (offset: () => number): (() => void) =>
  leaving.subscribe(() => void scrolled.set(at, offset()));

let here = new URL(location.href);
const leaves = (to: URL): boolean => viewOf(to) !== viewOf(here);

function arrive(): void {
  here = new URL(location.href);
  shown.set(parseRoute(location.pathname + location.search));
}

/** Goes to an address of the explorer. @param how `replace` leaves no step to go back to */
export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (held && leaves(new URL(to, location.href))) return waiting.set(() => navigate(to, how));
  leaving.tell();
  if (how === 'push') {
    history.pushState({ at: ++at }, '', to);
    scrolled.delete(at);
  } else history.replaceState({ at }, '', to);
  arrive();
}

/** The browser has moved already when it says so: it goes back, and forth again when the changes may go. */
let returning = false;
addEventListener('popstate', ({ state }) => {
  if (returning) {
    returning = false;
    return;
  }
  const step = stepOf(state);
  // A link within the page makes an entry that says nothing yet.
  if (step === undefined) history.replaceState({ at: ++at }, '');
  const by = (step ?? at) - at;
  if (held && by !== 0 && leaves(new URL(location.href))) {
    returning = true;
    history.go(-by);
    return waiting.set(() => history.go(by));
  }
  leaving.tell();
  at += by;
  arrive();
});

/** The answer to what waits. */
export function answerWaiting(go: boolean): void {
  const step = waiting.get();
  waiting.set(undefined);
  if (!go || !step) return;
  releaseView();
  step();
}

const stay = (event: BeforeUnloadEvent): void => event.preventDefault();

/** Asks before the view is left, until it is released. */
export function holdView(): void {
  held = true;
  addEventListener('beforeunload', stay);
}

/** What was typed is saved, or may go. */
export function releaseView(): void {
  held = false;
  removeEventListener('beforeunload', stay);
}
