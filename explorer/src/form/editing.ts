// The states of a form, and what leads from one to the next.
import type { WireEntity } from '@keystamp/client';
import type { Attribute, DataClass } from '../api/catalog.ts';
import type { DraftValue } from '../cells/cell.ts';
import { meet, withValue, type Draft, type Meeting } from './draft.ts';
import type { PlacedErrors } from './place-errors.ts';

export type Choice = 'mine' | 'theirs';

export type Editing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Somebody has deleted it; what was typed is still here. */
  | { readonly kind: 'gone'; readonly draft: Draft }
  | Ready;

export interface Ready {
  readonly kind: 'ready';
  /** As it is stored, as far as is known. */
  readonly stored: WireEntity;
  readonly draft: Draft;
  readonly meeting?: Meeting;
  readonly choices: ReadonlyMap<string, Choice>;
  readonly errors: PlacedErrors;
  readonly saving: boolean;
}

export const noErrors: PlacedErrors = { byAttribute: new Map(), general: [] };

/** Nothing is edited, or nothing but the draft. */
export const begun = (stored: WireEntity, draft: Draft = new Map()): Ready => ({
  kind: 'ready',
  stored,
  draft,
  choices: new Map(),
  errors: noErrors,
  saving: false,
});

export const gone = (now: Editing): Editing => ({ kind: 'gone', draft: now.kind === 'ready' ? now.draft : new Map() });

export function edited(now: Ready, attribute: Attribute, held: DraftValue): Ready {
  const byAttribute = new Map(now.errors.byAttribute);
  byAttribute.delete(attribute.name);
  return {
    ...now,
    draft: withValue(now.draft, now.stored, attribute, held),
    errors: { ...now.errors, byAttribute },
  };
}

/** What is saved: the draft without what shall be theirs. */
export const ownDraft = ({ draft, choices }: Ready): Draft =>
  new Map([...draft].filter(([name]) => choices.get(name) !== 'theirs'));

/** After a save: what was typed while it was on its way is still to be saved. */
export function afterSave(now: Ready, sent: Draft, stored: WireEntity, { attributes }: DataClass): Ready {
  let draft: Draft = new Map();
  for (const attribute of attributes) {
    const held = now.draft.get(attribute.name);
    if (held && held !== sent.get(attribute.name) && now.choices.get(attribute.name) !== 'theirs')
      draft = withValue(draft, stored, attribute, held);
  }
  return begun(stored, draft);
}

/** What is stored has changed: it is taken over where nothing was edited, and asked about where both did. */
export function met(now: Ready, theirs: WireEntity, dataClass: DataClass): Ready {
  if (theirs.__STAMP === now.stored.__STAMP) return { ...now, saving: false };
  if (now.draft.size === 0) return begun(theirs);
  const meeting = meet(dataClass, now.stored, theirs, now.draft);
  const choices = new Map(now.choices);
  // What somebody chose was about other values.
  for (const { attribute } of meeting.clashes) choices.delete(attribute.name);
  return {
    ...now,
    stored: theirs,
    draft: meeting.draft,
    meeting: joined(now.meeting, meeting),
    choices,
    saving: false,
  };
}

/** Clashes that were found before stay until they are chosen. */
function joined(before: Meeting | undefined, now: Meeting): Meeting {
  if (!before) return now;
  const names = new Set(now.clashes.map(({ attribute }) => attribute.name));
  return {
    ...now,
    clashes: [
      ...now.clashes,
      ...before.clashes.filter(({ attribute }) => !names.has(attribute.name) && now.draft.has(attribute.name)),
    ],
    theirsAlone: [...new Set([...before.theirsAlone, ...now.theirsAlone])],
  };
}
