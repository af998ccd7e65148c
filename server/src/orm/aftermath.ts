// What is told when a save or drop is over: after the commit, or after everything was undone (spec 15 §§ 10.1, 10.4).
import type { KeystampError } from '../errors.ts';
import type { StoredEntity } from '../store/sql/entity-row.ts';
import type { Result } from './api.ts';
import type { CallContext } from './call-context.ts';
import { tellAfter, type Aftermath } from './entity-events.ts';
import type { EntityState } from './entity-state.ts';
import { failure, success } from './result.ts';
import { SaveError } from './save-error.ts';

/** One save or drop that has events to tell its end to. */
export interface Told {
  /** @param stored the row as it is now */
  succeed(stored?: StoredEntity): void;
  fail(error: KeystampError): void;
  /** @param undone the error that undid the whole unit, whatever this save came to */
  tell(undone: unknown): Promise<void>;
}

/** Nothing is told of a save that touched nothing, by then also in its own events. */
export function afterSave(state: EntityState, call: CallContext): Told | undefined {
  if (!state.def.events?.entity.has('afterSave')) return undefined;
  return listen(call, state, 'afterSave', (status) => {
    const savedAttributes = state.touchedNames();
    return savedAttributes.length === 0
      ? undefined
      : { savedAttributes, saveStatus: status.success ? 'success' : 'failed', status };
  });
}

export function afterDrop(state: EntityState, call: CallContext): Told | undefined {
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
): Told {
  let error: unknown;
  let stored: StoredEntity | undefined;
  const told: Told = {
    succeed: (row) => void (stored = row),
    fail: (cause) => void (error = cause),
    async tell(undone) {
      const cause = error ?? undone;
      const status = cause === undefined ? success : failure(statusOf(cause), cause as KeystampError, call);
      const about = aftermath(status);
      if (!about) return;
      // `this` is what was stored; after a failure, what was to be stored.
      if (cause === undefined && stored) state.take(stored);
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
