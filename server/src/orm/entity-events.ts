// Runs the events of a class (spec 15 § 10): attribute level first, in model order, then the entity.
import type { AttributeEvent, EntityEvent, EventFunction } from '../model/code-defs.ts';
import type { AttributeDef } from '../model/model.ts';
import type { Result } from './api.ts';
import { callIfAny } from './current-call.ts';
import type { EntityState } from './entity-state.ts';
import { returnedError, thrownError, type EventError } from './event-error.ts';

/** What an event is called with. */
export interface EventObject {
  readonly kind: EntityEvent;
  readonly dataClassName: string;
  readonly attributeName?: string;
}

/** What the events after a save or drop are called with too. */
export interface Aftermath {
  readonly savedAttributes?: readonly string[];
  readonly saveStatus?: 'success' | 'failed';
  readonly droppedAttributes?: readonly string[];
  readonly dropStatus?: 'success' | 'failed';
  readonly status: Result;
}

/** The events that can stop what they come before. */
export type StoppingEvent = Extract<AttributeEvent, 'validateSave' | 'saving' | 'validateDrop' | 'dropping'>;

/** Code of an event refuses. */
export class EventRefusal extends Error {
  readonly error: EventError;

  constructor(error: EventError, cause?: unknown) {
    super(error.printed.message, { cause });
    this.name = 'EventRefusal';
    this.error = error;
  }
}

/**
 * Asks the attributes, then the entity. The first error ends it.
 * @param touched the attributes to ask; absent: all
 * @throws EventRefusal
 */
export async function askEvents(
  kind: StoppingEvent,
  state: EntityState,
  touched?: ReadonlySet<AttributeDef>,
): Promise<void> {
  const { events } = state.def;
  if (!events) return;
  for (const [attribute, on] of events.attributes) {
    const run = on.get(kind);
    if (run && (!touched || touched.has(attribute))) await ask(run, state, eventOf(kind, state, attribute));
  }
  const run = events.entity.get(kind);
  if (run) await ask(run, state, eventOf(kind, state));
}

async function ask(run: EventFunction, state: EntityState, event: EventObject): Promise<void> {
  if (state.code.isRunning(run)) return;
  let answer: unknown;
  const deferred = callIfAny()?.state.deferred ?? [];
  const before = deferred.length;
  try {
    answer = await state.code.run(run, () => run.call(state.handle, event));
  } catch (error) {
    throw error instanceof EventRefusal ? error : new EventRefusal(thrownError(error), error);
  }
  // An error that waited for the end of the event refuses like one that was thrown there.
  const [waited] = deferred.splice(before);
  if (waited) throw new EventRefusal({ printed: waited, serious: true, fault: false });
  const error = returnedError(answer);
  if (!error) return;
  // Once the save or drop has begun every error is serious.
  const begun = event.kind === 'saving' || event.kind === 'dropping';
  throw new EventRefusal(begun ? { ...error, serious: true } : error);
}

/**
 * Tells of an assignment; what asynchronous code is still doing is waited for before the next save.
 * @throws what the code throws
 */
export function tellTouched(state: EntityState, attribute: AttributeDef): void {
  const { events } = state.def;
  if (!events) return;
  const event = eventOf('touched', state, attribute);
  for (const run of [events.attributes.get(attribute)?.get('touched'), events.entity.get('touched')])
    if (run) tell(run, state, event);
}

/** Tells a new entity that it was made. */
export function tellConstructed(state: EntityState): void {
  const run = state.def.events?.entity.get('constructor');
  if (run) tell(run, state, eventOf('constructor', state));
}

function tell(run: EventFunction, state: EntityState, event: EventObject): void {
  // An event does not enter itself again for the same entity.
  if (state.code.isRunning(run)) return;
  state.code.waitFor(state.code.run(run, () => run.call(state.handle, event)));
}

/** Tells what became of a save or drop; what this code throws changes nothing. */
export async function tellAfter(
  kind: 'afterSave' | 'afterDrop',
  state: EntityState,
  aftermath: Aftermath,
  onError: (error: unknown) => void,
): Promise<void> {
  const run = state.def.events?.entity.get(kind);
  if (!run) return;
  try {
    await state.code.run(run, () => run.call(state.handle, { ...eventOf(kind, state), ...aftermath }));
  } catch (error) {
    onError(error);
  }
}

const eventOf = (kind: EntityEvent, { def }: EntityState, attribute?: AttributeDef): EventObject => ({
  kind,
  dataClassName: def.name,
  ...(attribute && { attributeName: attribute.name }),
});
