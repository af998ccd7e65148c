// Answers of the server as entities, pages, references and pictures.
import type { DataStore } from './data-store.ts';
import { Picture, readDeferred } from './deferred.ts';
import { EntityObject } from './entity.ts';
import type { Place } from './entity-state.ts';
import { Page } from './page.ts';
import type { Params } from './query-string.ts';
import type { WireDeferred, WireEntity, WireSelection } from './wire.ts';

/** The class that an entity or a page says it is of. */
const classOf = ({ __DATACLASS, __entityModel }: WireEntity | WireSelection): string =>
  __DATACLASS ?? __entityModel ?? '';

/** @param view how it was asked for, so that it can be read again */
export const readEntity = (
  store: DataStore,
  wire: WireEntity,
  place: Place = classOf(wire),
  view: Params = {},
): EntityObject => new EntityObject(store, place, view, wire);

/** @param next reads a page that begins elsewhere */
export function readPage(
  store: DataStore,
  wire: WireSelection,
  place: Place = classOf(wire),
  view: Params = {},
  next?: (skip: number, signal?: AbortSignal) => Promise<Page<EntityObject>>,
): Page<EntityObject> {
  const entities = wire.__ENTITIES.map((entity) => readEntity(store, entity, place, view));
  return new Page(wire, entities, next);
}

/** The value of an attribute. Entities inside an entity keep how pictures are to be shown. */
export function readValue(store: DataStore, raw: unknown, place: Place, view: Params): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  if ('__deferred' in raw) {
    const value = readDeferred(store, (raw as WireDeferred).__deferred);
    if (value instanceof Picture) store.pictures.learn(value.uri);
    return value;
  }
  const { $attributes: _attributes, $expand: _expand, ...images } = view;
  if ('__ENTITIES' in raw) {
    const wire = raw as WireSelection;
    return readPage(store, wire, wire.__DATACLASS ?? place, images);
  }
  if ('__KEY' in raw && '__STAMP' in raw) return readEntity(store, raw as WireEntity, place, images);
  return raw;
}

/** What a function returned: entities and pages as such, other values out of `result`, bytes as a Blob, text as text. */
export async function resultOf(store: DataStore, response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('text/')) return response.text();
  if (!/[/+]json\b/.test(type)) return response.blob();
  const body = (await response.json()) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  if ('__ENTITIES' in body) return readPage(store, body as unknown as WireSelection);
  if ('__STAMP' in body) return readEntity(store, body as WireEntity);
  if ('result' in body) return readResult(store, body.result);
  return 'ok' in body && Object.keys(body).length === 1 ? undefined : body;
}

/** A value that a function returned: entities inside it are read as such. */
function readResult(store: DataStore, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => readResult(store, each));
  if (typeof value !== 'object' || value === null) return value;
  if ('__STAMP' in value && ('__entityModel' in value || '__DATACLASS' in value))
    return readEntity(store, value as WireEntity);
  if ('__ENTITIES' in value) return readPage(store, value as WireSelection);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readResult(store, each)]));
}
