// A running server as the source of data: pages of an entity set in the order of the keys, bytes by their uris.
import type { DataClassDef, StorageDef } from '../model/model.ts';
import { readCatalog, type Catalog } from './remote-model.ts';
import { versionIn, RemoteError, type RemoteBytes, type RemoteServer } from './remote-server.ts';
import { readEntity, type Source } from './source.ts';
import type { CarriedMedia, StoredEntity } from './stored-entity.ts';

const pageSize = 200;

type Fields = Readonly<Record<string, unknown>>;

/** @throws Error when the server cannot be reached or shows no dataclass */
export async function openRemote(server: RemoteServer): Promise<Source> {
  const { definition, losses } = readCatalog((await server.json('/$catalog/$all')) as Catalog);
  return {
    definition,
    losses,
    count: async ({ name }) => Number((await server.json(`/${encodeURIComponent(name)}?$top=1`))['__COUNT']),
    entities: (dataClass, from) => entitiesOf(server, dataClass, from),
  };
}

async function* entitiesOf(server: RemoteServer, dataClass: DataClassDef, from: number): AsyncIterable<StoredEntity> {
  const path = `/${encodeURIComponent(dataClass.name)}`;
  const order = `$orderby=${encodeURIComponent(dataClass.key.map(({ name }) => name).join(','))}`;
  const readMedia = mediaReader(server);
  let set = await setOf(server, path, order);
  for (let skip = from; ; skip += pageSize) {
    const read = (): Promise<Fields> =>
      server.json(`${set ?? path}?${set ? '' : `${order}&`}$skip=${skip}&$top=${pageSize}`);
    const page = await read().catch(async (error: unknown) => {
      if (!(error instanceof RemoteError) || error.status !== 404 || set === undefined) throw error;
      // The set has ended while its pages were stored here.
      set = await setOf(server, path, order);
      return read();
    });
    const entities = (page['__ENTITIES'] ?? []) as readonly Fields[];
    // What was deleted in the meantime has no key left.
    for (const sent of entities) if (sent['__KEY'] !== undefined) yield readEntity(dataClass, sent, readMedia);
    if (entities.length < pageSize) return;
  }
}

/** The path of an entity set of all, so that pages do not move while others write; none where sets are not to be had. */
async function setOf(server: RemoteServer, path: string, order: string): Promise<string | undefined> {
  try {
    const { __ENTITYSET: uri } = await server.json(`${path}?${order}&$method=entityset&$top=1`);
    return typeof uri === 'string' ? `${path}/$entityset/${uri.slice(uri.lastIndexOf('/') + 1)}` : undefined;
  } catch (error) {
    if (error instanceof RemoteError && error.status < 500) return undefined;
    throw error;
  }
}

function mediaReader(server: RemoteServer) {
  return (sent: Fields, attribute: StorageDef): CarriedMedia | undefined => {
    const uri = (sent['__deferred'] as { readonly uri?: unknown } | undefined)?.uri;
    if (typeof uri !== 'string') return undefined;
    let got: RemoteBytes | undefined;
    return {
      bytes: async () =>
        (got = await (attribute.type === 'image' ? storedPicture(server, uri) : server.bytes(uri))).bytes,
      // The picture may have changed since its entity was read.
      version: () => got?.version ?? versionIn(uri),
      mediatype: () => got?.mediatype ?? 'application/octet-stream',
      changedAt: () => got?.changedAt,
    };
  };
}

/** The bytes as they were stored, where the server gives them; else the best form it has. */
async function storedPicture(server: RemoteServer, uri: string): Promise<RemoteBytes> {
  const stored = uri.replace(/([?&])\$imageformat=[^&]*&?/, '$1');
  try {
    const got = await server.bytes(`${stored}${stored.includes('?') ? '&' : '?'}$binary=true`);
    if (!got.mediatype.endsWith('json')) return got;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
  return server.bytes(uri);
}
