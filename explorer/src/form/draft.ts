// An entity as it is being edited: what differs from what is stored, and what happens when that has changed meanwhile.
import type { WireEntity } from '@keystamp/client';
import type { Attribute, DataClass } from '../api/catalog.ts';
import type { DraftValue } from '../cells/cell.ts';
import { relatedKey } from '../cells/related-entity/view.tsx';
import { versionOf } from '../picture/picture-url.ts';
import { deferredOf } from '../api/wire.ts';

/** Edited values by attribute; what is not in it is as it is stored. */
export type Draft = ReadonlyMap<string, DraftValue>;

/** A value in a form that two of them can be compared in: relations by their key, pictures by their version. */
function comparable(attribute: Attribute, value: unknown): string {
  if (attribute.value === 'relatedEntity') return relatedKey(value) ?? 'null';
  const deferred = deferredOf(value);
  if (deferred) return `${deferred.uri.split('?')[0]} ${versionOf(deferred.uri) ?? deferred.size}`;
  return JSON.stringify(value ?? null);
}

const isSame = (attribute: Attribute, a: unknown, b: unknown): boolean =>
  comparable(attribute, a) === comparable(attribute, b);

/** The draft with a value; one that is as stored is no difference. */
export function withValue(draft: Draft, stored: WireEntity, attribute: Attribute, value: DraftValue): Draft {
  const next = new Map(draft);
  if (value.kind === 'value' && isSame(attribute, value.value, stored[attribute.name])) next.delete(attribute.name);
  else next.set(attribute.name, value);
  return next;
}

/** What is typed, without files. */
export const valuesOf = (draft: Draft): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...draft].flatMap(([name, held]) => (held.kind === 'value' ? [[name, held.value]] : [])));

/** An attribute that both have changed, to different values. */
export interface Clash {
  readonly attribute: Attribute;
  readonly theirs: unknown;
  readonly mine: DraftValue;
}

export interface Meeting {
  readonly clashes: readonly Clash[];
  /** What only they have changed. */
  readonly theirsAlone: readonly Attribute[];
  /** What only this form has changed, or both to the same. */
  readonly draft: Draft;
}

/** @param base what was stored when the editing began */
export function meet({ attributes }: DataClass, base: WireEntity, theirs: WireEntity, draft: Draft): Meeting {
  const changedByThem = attributes.filter(
    (attribute) =>
      attribute.value !== 'relatedEntities' && !isSame(attribute, base[attribute.name], theirs[attribute.name]),
  );
  const clashes: Clash[] = [];
  const left = new Map(draft);
  for (const attribute of changedByThem) {
    const mine = draft.get(attribute.name);
    if (!mine) continue;
    if (mine.kind === 'value' && isSame(attribute, mine.value, theirs[attribute.name])) left.delete(attribute.name);
    else clashes.push({ attribute, theirs: theirs[attribute.name], mine });
  }
  return { clashes, theirsAlone: changedByThem.filter(({ name }) => !draft.has(name)), draft: left };
}

/** The values of a draft as a save takes them; files must have been sent ahead. */
export function bodyOf(
  draft: Draft,
  uploads: ReadonlyMap<string, { readonly ID: string }>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...draft].map(([name, held]) => {
      if (held.kind === 'file') return [name, uploads.get(name)];
      const value = held.kind === 'value' ? held.value : null;
      const key =
        typeof value === 'object' && value !== null && ('__KEY' in value || deferredOf(value))
          ? relatedKey(value)
          : undefined;
      return [name, key === undefined ? value : { __KEY: key }];
    }),
  );
}
