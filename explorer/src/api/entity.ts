// Entities one by one: where they are, how they are read, saved and deleted.
import type { DataClass } from './catalog.ts';
import { ask, send, type Params } from './connection.ts';
import type { WireEntity } from './wire.ts';

/** `/rest/Employee(31)`. A key of one part is quoted where it must be; `__KEY` of several parts is quoted already. */
export function entityPath({ path, key }: DataClass, entityKey: string): string {
  const plain = key.length > 1 || /^[^&/?"'(),[\]\s]+$/.test(entityKey);
  const text = plain ? entityKey : `"${entityKey.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&')}"`;
  return `${path}(${encodeURIComponent(text)})`;
}

/** How large pictures of an answer shall be, in CSS pixels; sharp screens get as many more. */
export function pictureParams(size: number, fit: 'cover' | 'inside'): Params {
  const pixels = Math.min(4096, Math.ceil(size * Math.min(3, devicePixelRatio || 1)));
  return { $imageformat: 'webp', $imagewidth: pixels, $imageheight: pixels, $imagefit: fit, $imageinfo: true };
}

export const loadEntity = (
  dataClass: DataClass,
  key: string,
  params: Params,
  signal?: AbortSignal,
): Promise<WireEntity> => ask(entityPath(dataClass, key), { params, ...(signal && { signal }) });

/** Saves an entity; without `__KEY` a new one. @throws Failure: see Failure.isConflict */
export const saveEntity = (
  dataClass: DataClass,
  body: Readonly<Record<string, unknown>>,
  params: Params = {},
): Promise<WireEntity> => ask(dataClass.path, { params: { $method: 'update', ...params }, json: body });

/** For each of the bodies, why it cannot be saved. Nothing is saved. */
export async function validateEntities(
  dataClass: DataClass,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly WireEntity[]> {
  const answer = await ask<{ __ENTITIES?: readonly WireEntity[] }>(dataClass.path, {
    params: { $method: 'validate' },
    json: bodies,
    quiet: true,
  });
  return answer.__ENTITIES ?? [];
}

export const deleteEntity = (dataClass: DataClass, key: string): Promise<unknown> =>
  ask(entityPath(dataClass, key), { method: 'POST', params: { $method: 'delete' } });

/** Sends a file ahead of a save, which names it by the ID. */
export async function upload(
  file: File,
  kind: 'image' | 'blob',
  { path }: DataClass,
): Promise<{ readonly ID: string }> {
  // Several models have their uploads below their name: the path of the class without the class.
  const place = `${path.slice(0, path.lastIndexOf('/'))}/$upload`;
  return ask(place, { params: kind === 'image' ? { $rawPict: true } : { $binary: true }, bytes: file });
}

/** Replaces a picture in one step. */
export async function setPicture(dataClass: DataClass, key: string, attribute: string, file: File): Promise<number> {
  const answer = await send(`${entityPath(dataClass, key)}/${encodeURIComponent(attribute)}`, {
    params: { $rawPict: true },
    bytes: file,
  });
  return Number(answer.headers.get('Keystamp-Image-Version'));
}
