// Entities one by one: where they are, how they are read, saved and deleted.
import { KeystampError, keyInPath, type WireEntity, type WireError, type WireSelection } from '@keystamp/client';
import type { DataClass } from './catalog.ts';
import { ask, send, sendAhead, type Params } from './connection.ts';

/** `/rest/Employee(31)` */
export const entityPath = ({ path, key }: DataClass, entityKey: string): string =>
  `${path}(${keyInPath(entityKey, key.length)})`;

export const loadEntity = (
  dataClass: DataClass,
  key: string,
  params: Params,
  signal?: AbortSignal,
): Promise<WireEntity> => ask(entityPath(dataClass, key), { params, ...(signal && { signal }) });

/** Saves an entity; without `__KEY` a new one. @throws KeystampError; StampError when somebody else has saved it since it was read */
export const saveEntity = (
  dataClass: DataClass,
  body: Readonly<Record<string, unknown>>,
  params: Params = {},
): Promise<WireEntity> => ask(dataClass.path, { params: { $method: 'update', ...params }, json: body });

/** For each of the bodies, what stands in the way of saving it. Nothing is saved. */
export async function validateEntities(
  dataClass: DataClass,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly (readonly WireError[])[]> {
  try {
    await ask(dataClass.path, { params: { $method: 'validate' }, json: bodies, quiet: true });
    return [];
  } catch (error) {
    const { __ENTITIES = [] } = (error instanceof KeystampError && (error.cause as Partial<WireSelection>)) || {};
    return __ENTITIES.map(({ __ERROR }) => (__ERROR as readonly WireError[] | undefined) ?? []);
  }
}

export const deleteEntity = (dataClass: DataClass, key: string): Promise<unknown> =>
  ask(entityPath(dataClass, key), { method: 'POST', params: { $method: 'delete' } });

/** Sends a file ahead of a save, which names it by its ID. The class tells which model it is for. */
export const upload = (file: File, as: 'picture' | 'file', { path }: DataClass): Promise<{ readonly ID: string }> =>
  sendAhead(file, as, path.slice(0, path.lastIndexOf('/')));

/** Replaces a picture in one step. */
export async function setPicture(dataClass: DataClass, key: string, attribute: string, file: File): Promise<number> {
  const answer = await send(`${entityPath(dataClass, key)}/${encodeURIComponent(attribute)}`, {
    params: { $rawPict: true },
    bytes: file,
  });
  return Number(answer.headers.get('Keystamp-Image-Version'));
}
