// What a form begins with: an entity as it is stored, or a new one with what the model gives it.
import type { WireEntity } from '@keystamp/client';
import { dataClassOf, type Catalog, type DataClass } from '../api/catalog.ts';
import { ask, type Params } from '../api/connection.ts';
import { loadEntity } from '../api/entity.ts';

/** Everything of the entity itself, related ones by their names. */
function entityParams({ attributes }: DataClass, catalog: Catalog): Params {
  const labels = attributes
    .filter(({ value }) => value === 'relatedEntity')
    .flatMap(({ name, target }) =>
      (dataClassOf(catalog, target ?? '')?.labels ?? []).map((label) => `${name}.${label}`),
    );
  const blobs = attributes.filter(({ value }) => value === 'blob').map(({ name }) => name);
  return {
    ...(labels.length > 0 && { $attributes: ['*', ...labels].join(',') }),
    ...(blobs.length > 0 && { $expand: blobs.join(',') }),
    ...(attributes.some(({ value }) => value === 'image') && { $imageinfo: true }),
  };
}

/** @param entityKey undefined for a new one */
export const readEntity = (
  dataClass: DataClass,
  entityKey: string | undefined,
  catalog: Catalog,
  signal?: AbortSignal,
): Promise<WireEntity> =>
  entityKey === undefined
    ? fresh(dataClass, signal)
    : loadEntity(dataClass, entityKey, entityParams(dataClass, catalog), signal);

/**
 * A new entity with the values that the model gives it. What must be given and is not given yet would be refused, so
 * something stands for it while the server is asked.
 */
async function fresh({ path, key, attributes }: DataClass, signal?: AbortSignal): Promise<WireEntity> {
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
      ...(signal && { signal }),
    });
    // What is worked out would be worked out of what only stands there.
    const given = Object.entries(made).filter(
      ([name, value]) =>
        !(name in stand && value === stand[name]) &&
        !attributes.some((attribute) => attribute.name === name && attribute.fixed),
    );
    return { ...Object.fromEntries(given), __STAMP: 0 };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { __STAMP: 0 };
  }
}
