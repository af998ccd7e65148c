// Saves what was edited: files first, then the entity that names them.
import type { WireEntity } from '@keystamp/client';
import type { DataClass } from '../api/catalog.ts';
import { saveEntity, upload } from '../api/entity.ts';
import { bodyOf, type Draft } from './draft.ts';

/** What a save sends: who it is about, and what is to change. */
export interface Sent {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** @param based the entity as it was read; undefined makes a new one */
export async function prepare(dataClass: DataClass, based: WireEntity | undefined, draft: Draft): Promise<Sent> {
  const uploads = new Map<string, { readonly ID: string }>();
  for (const [name, held] of draft) {
    if (held.kind !== 'file') continue;
    const isPicture = dataClass.attributes.find((attribute) => attribute.name === name)?.value === 'image';
    uploads.set(name, await upload(held.file, isPicture ? 'picture' : 'file', dataClass));
  }
  return {
    identity: based ? { __KEY: based.__KEY, __STAMP: based.__STAMP } : {},
    changes: bodyOf(draft, uploads),
  };
}

/** @throws KeystampError; StampError when somebody else has saved it since it was read */
export function sendDraft(dataClass: DataClass, { identity, changes }: Sent): Promise<WireEntity> {
  // An empty object would make nothing.
  const isNothing = Object.keys(identity).length + Object.keys(changes).length === 0;
  const body = isNothing ? { [dataClass.key[0] as string]: null } : { ...identity, ...changes };
  return saveEntity(dataClass, body, { $attributes: dataClass.key.join(',') });
}
