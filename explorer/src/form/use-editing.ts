// One entity in a form: reading it, editing it, saving it, and meeting what others saved meanwhile.
import { KeystampError, NotFoundError, PermissionError, StampError } from '@keystamp/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useCatalog, type Attribute, type DataClass } from '../api/catalog.ts';
import { concerns, onChanges, tellChanges } from '../api/changes.ts';
import { deleteEntity } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import type { DraftValue } from '../cells/cell.ts';
import { announce } from '../ui/announce.ts';
import {
  afterSave,
  begun,
  edited,
  gone,
  met,
  noErrors,
  ownDraft,
  type Choice,
  type Editing,
  type Ready,
} from './editing.ts';
import { valuesOf } from './draft.ts';
import { placeErrors, type PlacedErrors } from './place-errors.ts';
import { readEntity } from './read-entity.ts';
import { prepare, sendDraft, type Sent } from './save-draft.ts';

/** The server has forgotten the entity (`__STATUS.status`). */
const goneStatus = 5;

/** @param entityKey undefined makes a new one */
export function useEditing(dataClass: DataClass, entityKey: string | undefined) {
  const catalog = useCatalog();
  const [editing, setEditing] = useState<Editing>({ kind: 'loading' });
  const latest = useRef(editing);
  latest.current = editing;
  const update = useCallback(
    (change: (now: Ready) => Editing): void => setEditing((now) => (now.kind === 'ready' ? change(now) : now)),
    [],
  );
  const read = useCallback(
    (signal?: AbortSignal) => readEntity(dataClass, entityKey, catalog, signal),
    [dataClass, entityKey, catalog],
  );

  const load = useCallback(
    async (signal?: AbortSignal): Promise<void> => {
      try {
        setEditing(begun(await read(signal)));
      } catch (error) {
        if (!signal?.aborted) setEditing(error instanceof NotFoundError ? gone : { kind: 'failed', error });
      }
    },
    [read],
  );

  const meetStored = useCallback(async (): Promise<void> => {
    try {
      const theirs = await read();
      update((now) => met(now, theirs, dataClass));
    } catch (error) {
      if (error instanceof NotFoundError) setEditing(gone);
      else update((now) => ({ ...now, saving: false, errors: { ...noErrors, general: errorLines(error) } }));
    }
  }, [read, update, dataClass]);

  useEffect(() => {
    const abort = new AbortController();
    setEditing({ kind: 'loading' });
    void load(abort.signal);
    const stop = onChanges((changes) => {
      const now = latest.current;
      if (entityKey === undefined || (now.kind === 'ready' && now.saving)) return;
      const ours = changes.filter((change) => concerns(change, dataClass.name, entityKey));
      if (ours.some(({ kind }) => kind === 'delete')) setEditing(gone);
      else if (ours.length > 0) void meetStored();
    });
    return () => {
      stop();
      abort.abort();
    };
    // A model that is read again is no reason to read the entity again.
  }, [dataClass.path, entityKey]);

  const edit = useCallback(
    (attribute: Attribute, held: DraftValue): void => update((now) => edited(now, attribute, held)),
    [update],
  );
  const choose = useCallback(
    (name: string, choice: Choice): void =>
      update((now) => ({ ...now, choices: new Map(now.choices).set(name, choice) })),
    [update],
  );
  const discard = (): void => update((now) => begun(now.stored));

  /** @returns the key of what was saved */
  const save = async (): Promise<string | undefined> => {
    const now = latest.current;
    if (now.kind !== 'ready' || now.saving) return undefined;
    if ([...now.draft.values()].some(({ kind }) => kind === 'unreadable')) return undefined;
    const draft = ownDraft(now);
    if (draft.size === 0 && entityKey !== undefined) {
      discard();
      return entityKey;
    }
    update((ready) => ({ ...ready, saving: true, errors: noErrors }));
    let sent: Sent | undefined;
    try {
      sent = await prepare(dataClass, entityKey === undefined ? undefined : now.stored, draft);
      const saved = await sendDraft(dataClass, sent);
      const key = String(saved.__KEY);
      announce(`${dataClass.name} ${key} is saved with stamp ${saved.__STAMP}`);
      if (entityKey !== undefined) {
        const stored = await read().catch(() => ({ ...now.stored, ...valuesOf(draft), ...saved }));
        update((ready) => afterSave(ready, draft, stored, dataClass));
      }
      tellChanges([{ dataClass: dataClass.name, key, kind: entityKey === undefined ? 'create' : 'update' }]);
      return key;
    } catch (error) {
      await failed(error, sent);
      return undefined;
    }
  };

  const failed = async (error: unknown, sent: Sent | undefined): Promise<void> => {
    if (error instanceof StampError) return meetStored();
    if (error instanceof KeystampError && error.outcome?.status === goneStatus) return setEditing(gone);
    const errors: PlacedErrors =
      sent && error instanceof KeystampError && error.entries.length > 0
        ? await placeErrors(error, dataClass, sent.identity, sent.changes)
        : { ...noErrors, general: errorLines(error) };
    update((now) => ({ ...now, saving: false, errors }));
  };

  /** @param done leaves the form, before others hear of it */
  const remove = async (done: () => void): Promise<void> => {
    if (entityKey === undefined) return;
    try {
      await deleteEntity(dataClass, entityKey);
      announce(`${dataClass.name} ${entityKey} is deleted`);
      done();
      tellChanges([{ dataClass: dataClass.name, key: entityKey, kind: 'delete' }]);
    } catch (error) {
      const errors = { ...noErrors, general: errorLines(error), forbidden: error instanceof PermissionError };
      update((now) => ({ ...now, errors }));
    }
  };

  return { editing, edit, choose, discard, save, remove, reload: load };
}
