// One entity in a form: reading it, editing it, saving it, and meeting what others saved meanwhile.
import { KeystampError, NotFoundError, StampError, type WireEntity } from '@keystamp/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { dataClassOf, useCatalog, type Attribute, type Catalog, type DataClass } from '../api/catalog.ts';
import { concerns, onChanges, tellChanges } from '../api/changes.ts';
import { ask, type Params } from '../api/connection.ts';
import { deleteEntity, loadEntity, saveEntity, upload } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import type { DraftValue } from '../cells/cell.ts';
import { announce } from '../ui/announce.ts';
import { bodyOf, meet, withValue, type Draft, type Meeting } from './draft.ts';
import { placeErrors, type PlacedErrors } from './place-errors.ts';

export type Choice = 'mine' | 'theirs';

export type Editing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Somebody has deleted it. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'ready';
      /** As it is stored, as far as is known. */
      readonly stored: WireEntity;
      readonly draft: Draft;
      readonly meeting?: Meeting;
      readonly choices: ReadonlyMap<string, Choice>;
      readonly errors: PlacedErrors;
      readonly saving: boolean;
    };

type Ready = Extract<Editing, { readonly kind: 'ready' }>;

const noErrors: PlacedErrors = { byAttribute: new Map(), general: [] };

const begun = (stored: WireEntity): Ready => ({
  kind: 'ready',
  stored,
  draft: new Map(),
  choices: new Map(),
  errors: noErrors,
  saving: false,
});

/** Everything of the entity itself, related ones by their names. */
export function entityParams({ attributes }: DataClass, catalog: Catalog): Params {
  const names = attributes
    .filter(({ value }) => value !== 'relatedEntities')
    .flatMap(({ name, value, target }) => {
      const { labels = [] } = (value === 'relatedEntity' && dataClassOf(catalog, target ?? '')) || {};
      return labels.length > 0 ? labels.map((label) => `${name}.${label}`) : [name];
    });
  const blobs = attributes.filter(({ value }) => value === 'blob').map(({ name }) => name);
  return {
    $attributes: names.join(','),
    ...(blobs.length > 0 && { $expand: blobs.join(',') }),
    ...(attributes.some(({ value }) => value === 'image') && { $imageinfo: true }),
  };
}

/**
 * A new entity with the values that the model gives it. What must be given and is not given yet would be refused, so
 * something stands for it while the server is asked.
 */
async function fresh({ path, key, attributes }: DataClass): Promise<WireEntity> {
  const stand = Object.fromEntries(
    attributes.flatMap(({ name, not_null, identifying, value, minLength = 1 }): [name: string, value: unknown][] => {
      if (!not_null || identifying) return [];
      return value === 'text' ? [[name, '-'.repeat(minLength)]] : value === 'number' ? [[name, 0]] : [];
    }),
  );
  try {
    const made = await ask<WireEntity>(path, {
      params: { $method: 'update', $refresh: true },
      json: { [key[0] as string]: null, ...stand },
      quiet: true,
    });
    const given = Object.entries(made).filter(([name, value]) => !(name in stand) || value !== stand[name]);
    return { ...Object.fromEntries(given), __STAMP: 0 };
  } catch {
    return { __STAMP: 0 };
  }
}

/** @param entityKey undefined makes a new one */
export function useEditing(dataClass: DataClass, entityKey: string | undefined) {
  const catalog = useCatalog();
  const [editing, setEditing] = useState<Editing>({ kind: 'loading' });
  const latest = useRef(editing);
  latest.current = editing;
  const params = entityParams(dataClass, catalog);
  const read = (): Promise<WireEntity> =>
    entityKey === undefined ? fresh(dataClass) : loadEntity(dataClass, entityKey, params);
  const update = (change: (now: Ready) => Editing): void =>
    setEditing((now) => (now.kind === 'ready' ? change(now) : now));

  const load = useCallback(async (): Promise<void> => {
    try {
      setEditing(begun(await read()));
    } catch (error) {
      setEditing(error instanceof NotFoundError ? { kind: 'gone' } : { kind: 'failed', error });
    }
  }, [dataClass, entityKey]);

  /** What is stored has changed: take it over where nothing was edited, ask where both did. */
  const meetStored = useCallback(async (): Promise<void> => {
    let theirs: WireEntity;
    try {
      theirs = await read();
    } catch (error) {
      if (error instanceof NotFoundError) setEditing({ kind: 'gone' });
      return;
    }
    update((now) => {
      if (theirs.__STAMP === now.stored.__STAMP) return now;
      if (now.draft.size === 0) return begun(theirs);
      const meeting = meet(dataClass, now.stored, theirs, now.draft);
      return { ...now, stored: theirs, draft: meeting.draft, meeting: joined(now.meeting, meeting), saving: false };
    });
  }, [dataClass, entityKey]);

  useEffect(() => {
    setEditing({ kind: 'loading' });
    void load();
    return onChanges((changes) => {
      const now = latest.current;
      if (entityKey === undefined || (now.kind === 'ready' && now.saving)) return;
      if (changes.some((change) => concerns(change, dataClass.name, entityKey))) void meetStored();
    });
  }, [load, meetStored]);

  const edit = (attribute: Attribute, held: DraftValue): void =>
    update((now) => {
      const byAttribute = new Map(now.errors.byAttribute);
      byAttribute.delete(attribute.name);
      return {
        ...now,
        draft: withValue(now.draft, now.stored, attribute, held),
        errors: { ...now.errors, byAttribute },
      };
    });

  const choose = (name: string, choice: Choice): void =>
    update((now) => ({ ...now, choices: new Map(now.choices).set(name, choice) }));

  const discard = (): void => update((now) => begun(now.stored));

  /** @returns the key of what was saved */
  const save = async (): Promise<string | undefined> => {
    const now = latest.current;
    if (now.kind !== 'ready') return undefined;
    const unreadable = [...now.draft].filter(([, held]) => held.kind === 'unreadable');
    if (unreadable.length > 0) return undefined;
    const theirs = new Set([...now.choices].filter(([, choice]) => choice === 'theirs').map(([name]) => name));
    const draft: Draft = new Map([...now.draft].filter(([name]) => !theirs.has(name)));
    if (draft.size === 0 && entityKey !== undefined) {
      setEditing(begun(now.stored));
      return entityKey;
    }
    update((ready) => ({ ...ready, saving: true, errors: noErrors }));
    const identity = entityKey === undefined ? {} : { __KEY: entityKey, __STAMP: now.stored.__STAMP };
    let changes: Readonly<Record<string, unknown>> = {};
    try {
      const uploads = new Map<string, { readonly ID: string }>();
      for (const [name, held] of draft)
        if (held.kind === 'file')
          uploads.set(
            name,
            await upload(
              held.file,
              dataClass.attributes.find((attribute) => attribute.name === name)?.value === 'image' ? 'picture' : 'file',
              dataClass,
            ),
          );
      changes = bodyOf(draft, uploads);
      // An empty object would make nothing.
      const body = entityKey === undefined && draft.size === 0 ? { [dataClass.key[0] as string]: null } : changes;
      const saved = await saveEntity(dataClass, { ...identity, ...body }, { $attributes: dataClass.key.join(',') });
      const key = String(saved.__KEY);
      if (entityKey !== undefined) setEditing(begun(await read()));
      announce(`${dataClass.name} ${key} is saved with stamp ${saved.__STAMP}`);
      tellChanges([{ dataClass: dataClass.name, key, kind: entityKey === undefined ? 'create' : 'update' }]);
      return key;
    } catch (error) {
      await failed(error, identity, changes);
      return undefined;
    }
  };

  const failed = async (
    error: unknown,
    identity: object,
    changes: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    if (error instanceof StampError) return meetStored();
    if (error instanceof KeystampError && error.outcome?.status === 5) return setEditing({ kind: 'gone' });
    const errors =
      error instanceof KeystampError && error.entries.length > 0
        ? await placeErrors(error, dataClass, identity as Readonly<Record<string, unknown>>, changes)
        : { byAttribute: new Map<string, readonly string[]>(), general: errorLines(error) };
    update((now) => ({ ...now, saving: false, errors }));
  };

  const remove = async (): Promise<boolean> => {
    if (entityKey === undefined) return false;
    try {
      await deleteEntity(dataClass, entityKey);
      announce(`${dataClass.name} ${entityKey} is deleted`);
      tellChanges([{ dataClass: dataClass.name, key: entityKey, kind: 'delete' }]);
      return true;
    } catch (error) {
      update((now) => ({ ...now, errors: { byAttribute: new Map(), general: errorLines(error) } }));
      return false;
    }
  };

  return { editing, edit, choose, discard, save, remove, reload: load };
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
