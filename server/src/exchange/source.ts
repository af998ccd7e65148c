// Where data comes from: a running server or a folder that was exported.
import { assignValue } from '../model/attribute-types.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { DataClassDef, Json, StorageDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { CarriedMedia, StoredEntity } from './stored-entity.ts';

export interface Source {
  readonly definition: ModelDefinition;
  /** What the definition could not take over, a line each. */
  readonly losses: readonly string[];
  /** How many entities the class holds. */
  count(dataClass: DataClassDef): Promise<number>;
  /**
   * The entities of a class in the order of their keys.
   * @param from how many of the first are left out
   */
  entities(dataClass: DataClassDef, from: number): AsyncIterable<StoredEntity>;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what a source sends instead of the bytes of an attribute; `undefined` when it holds none. */
export type ReadMedia = (sent: Fields, attribute: StorageDef) => CarriedMedia | undefined;

/**
 * An entity as JSON → what is stored of it.
 * @param sent with `__KEY`, `__STAMP`, `__TIMESTAMP` and the attributes
 * @param readMedia reads the object in the place of a picture or BLOB
 */
export function readEntity(dataClass: DataClassDef, sent: Fields, readMedia: ReadMedia): StoredEntity {
  const values: Record<string, Json> = {};
  const media: Record<string, CarriedMedia> = {};
  for (const attribute of dataClass.attributes.values()) {
    const value = sent[attribute.name];
    if (value === undefined) continue;
    if (attribute.kind === 'relatedEntity') values[attribute.name] = relatedKey(value);
    else if (attribute.kind !== 'storage') continue;
    else if (attribute.type !== 'image' && attribute.type !== 'blob') values[attribute.name] = value as Json;
    else if (isFields(value)) {
      const carried = readMedia(value, attribute);
      if (carried) media[attribute.name] = carried;
    }
  }
  return {
    keyText: String(sent['__KEY']),
    stamp: Math.max(1, Number(sent['__STAMP'] ?? 1)),
    timestamp: String(sent['__TIMESTAMP'] ?? new Date(0).toISOString()),
    values,
    media,
  };
}

/** The key of a related entity, from its link or its beginning; null when there is none. */
function relatedKey(value: unknown): Json {
  if (!isFields(value)) return (value as Json) ?? null;
  const link = isFields(value['__deferred']) ? value['__deferred'] : value;
  const key = link['__KEY'];
  return typeof key === 'string' || typeof key === 'number' ? key : null;
}

/** The key as the values tell it: `__KEY` alone does not say where the parts of a composite one begin. */
export function keyOf(values: StoredEntity['values'], keyText: string, dataClass: DataClassDef): Key | undefined {
  const parts = dataClass.key.map((part) => {
    const sent = values[part.name] ?? (dataClass.key.length === 1 ? keyText : null);
    const assigned = sent === null ? undefined : assignValue(part, sent);
    return assigned?.kind === 'value' && assigned.value !== null ? assigned.value : undefined;
  });
  return parts.every((part) => part !== undefined) ? (parts as Key) : undefined;
}
