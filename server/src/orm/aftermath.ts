// The events `afterSave` and `afterDrop`: after the commit, or after everything was undone (spec 15 §§ 10.1, 10.4).
import type { KeystampError } from '../errors.ts';
import type { StoredEntity } from '../store/sql/entity-row.ts';
import type { Result } from './api.ts';
import type { CallContext } from './call-context.ts';
import { tellAfter, type Aftermath } from './entity-events.ts';
import type { EntityState, Written } from './entity-state.ts';
import { failure, success } from './result.ts';
import { SaveError } from './save-error.ts';

/** The event that will follow one save or drop. */
export interface AfterEvent {
  /**
   * @param stored the row as it is now
   * @param written what the save has written of the entity object
   */
  succeed(stored?: StoredEntity, written?: Written): void;
  fail(error: KeystampError): void;
  /** Runs the event. @param undone the error that undid the whole unit, whatever this save came to */
  tell(undone: unknown): Promise<void>;
}

/** The event that follows a save, if the class has one. It does not run when nothing was touched, by the save's own events either. */
export function afterSave(state: EntityState, call: CallContext): AfterEvent | undefined {
  if (!state.def.events?.entity.has('afterSave')) return undefined;
  return listen(call, state, 'afterSave', (status) => {
    const savedAttributes = state.touchedNames();
    return savedAttributes.length === 0
      ? undefined
      : { savedAttributes, saveStatus: status.success ? 'success' : 'failed', status };
  });
}

/** The event that follows a drop, if the class has one. */
export function afterDrop(state: EntityState, call: CallContext): AfterEvent | undefined {
  if (!state.def.events?.entity.has('afterDrop')) return undefined;
  const names = [...state.def.attributes.values()].filter(({ kind }) => kind === 'storage').map(({ name }) => name);
  return listen(call, state, 'afterDrop', (status) => ({
    droppedAttributes: names,
    dropStatus: status.success ? 'success' : 'failed',
    status,
  }));
}

function listen(
  call: CallContext,
  state: EntityState,
  kind: 'afterSave' | 'afterDrop',
  aftermath: (status: Result) => Aftermath | undefined,
): AfterEvent {
  let error: unknown;
  let stored: StoredEntity | undefined;
  let written: Written | undefined;
  const told: AfterEvent = {
    succeed: (row, what) => void ([stored, written] = [row, what]),
    fail: (cause) => void (error = cause),
    async tell(undone) {
      const cause = error ?? undone;
      const status = cause === undefined ? success : failure(statusOf(cause), cause as KeystampError, call);
      const about = aftermath(status);
      if (!about) return;
      // `this` is what was stored; after a failure, what was to be stored.
      if (cause === undefined && stored) state.take(stored, written);
      state.code.isBusy = true;
      try {
        const { onEvent } = call.services;
        await tellAfter(kind, state, about, (thrown) =>
          onEvent({ kind: 'functionThrew', name: `${state.def.name} ${kind}`, cause: thrown }),
        );
      } finally {
        state.code.isBusy = false;
      }
    },
  };
  call.aftermath.push(told);
  return told;
}

const statusOf = (cause: unknown) => (cause instanceof SaveError ? cause.saveStatus : 4);
