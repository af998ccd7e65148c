// What an entity in memory is made of: the row it was read from and what was assigned since. Everything that reads or
// changes an attribute in code goes through `readAttribute` (read-attribute.ts) and `assignAttribute` (assign-attribute.ts).
import { isDeepStrictEqual } from 'node:util';
import { acceptValue } from '../model/accept-value.ts';
import type {
  AttributeDef,
  CalculatedDef,
  DataClassDef,
  Json,
  RelatedEntityDef,
  StorageDef,
  Value,
} from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { StoredEntity, StoredMedia } from '../store/sql/entity-row.ts';
import type { ClassRuntime } from './class-runtime.ts';
import type { MediaBytes, MediaInput } from './media-value.ts';
import { RunningCode } from './running-code.ts';
import type { SelectionState } from './selection-state.ts';

/** The value of an object attribute that code was given, and its text then: code may change what it was given. */
interface GivenObject {
  readonly value: Json;
  readonly text: string;
}

const held = Symbol('state');

/** The object of an entity that code holds. */
export interface EntityHandle {
  readonly [held]: EntityState;
}

/** The state of an entity, `undefined` for anything else. */
export const stateOf = (value: unknown): EntityState | undefined =>
  typeof value === 'object' && value !== null ? (value as Partial<EntityHandle>)[held] : undefined;

/** What was assigned to an entity, looked up for it or given of it since it was read. */
class Assigned {
  readonly values = new Map<StorageDef, Value>();
  readonly media = new Map<StorageDef, MediaInput | null>();
  readonly related = new Map<RelatedEntityDef, EntityState | null>();
  readonly targets = new Set<RelatedEntityDef>();
  readonly objects = new Map<StorageDef, GivenObject>();
  readonly given = new Map<StorageDef, MediaBytes>();
  readonly setters = { assigned: new Set<CalculatedDef>(), written: new Set<StorageDef>() };

  /** Forgets what a save has written; what was assigned since it began stays, and so does what was looked up. */
  forget({ values, media }: Written): void {
    dropSame(this.values, values);
    dropSame(this.media, media);
    for (const relation of this.targets) if (!this.values.has(relation.foreignKey)) this.targets.delete(relation);
    for (const attribute of media.keys()) this.given.delete(attribute);
    const { assigned, written } = this.setters;
    for (const each of written) if (!this.values.has(each) && !this.media.has(each)) written.delete(each);
    if (written.size === 0) assigned.clear();
  }
}

/** Takes out what the other map has as well. */
function dropSame<K, V>(from: Map<K, V>, other: ReadonlyMap<K, V>): void {
  for (const [key, value] of other) if (from.get(key) === value) from.delete(key);
}

/** What of an entity object a save writes. */
export interface Written {
  readonly values: ReadonlyMap<StorageDef, Value>;
  readonly media: ReadonlyMap<StorageDef, MediaInput | null>;
}

export class EntityState {
  /** What code holds. */
  readonly handle: EntityHandle;
  readonly of: ClassRuntime;
  /** The row; none of a new entity. */
  stored: StoredEntity | undefined;
  /** Most entities are only looked at, so this is made when it is needed. */
  #assigned: Assigned | undefined;
  /** The stamp that a client saw; a save checks it instead of the one that was read. */
  expectedStamp: number | undefined;
  #code: RunningCode | undefined;
  /** The selection it was taken from. */
  selection: SelectionState | undefined;
  /** Where it stands in `selection`. */
  position = -1;

  constructor(handle: object, of: ClassRuntime, stored?: StoredEntity) {
    this.handle = Object.defineProperty(handle, held, { value: this }) as EntityHandle;
    this.of = of;
    this.stored = stored;
  }

  /** Values assigned since it was read. */
  get values(): Map<StorageDef, Value> {
    return (this.#assigned ??= new Assigned()).values;
  }

  get media(): Map<StorageDef, MediaInput | null> {
    return (this.#assigned ??= new Assigned()).media;
  }

  /** Related entities that were assigned or looked up. */
  get related(): Map<RelatedEntityDef, EntityState | null> {
    return (this.#assigned ??= new Assigned()).related;
  }

  /** Relations that were assigned by a key, whose target must exist. */
  get targets(): Set<RelatedEntityDef> {
    return (this.#assigned ??= new Assigned()).targets;
  }

  get objects(): Map<StorageDef, GivenObject> {
    return (this.#assigned ??= new Assigned()).objects;
  }

  /** Stored pictures and BLOBs that code was given: it may put them elsewhere after they have left this entity. */
  get given(): Map<StorageDef, MediaBytes> {
    return (this.#assigned ??= new Assigned()).given;
  }

  /** What setters of calculated attributes did: whoever may assign those needs no permission on what they are made of. */
  get setters(): Assigned['setters'] {
    return (this.#assigned ??= new Assigned()).setters;
  }

  /** Events and setters at work. */
  get code(): RunningCode {
    return (this.#code ??= new RunningCode());
  }

  get def(): DataClassDef {
    return this.of.def;
  }

  /** The key, `undefined` while a new entity has none. */
  get key(): Key | undefined {
    if (this.stored) return this.stored.key;
    const key = this.def.key.map((part) => this.values.get(part) ?? null);
    return key.includes(null) ? undefined : key;
  }

  /** The canonical value of a storage attribute but pictures and BLOBs. */
  value(attribute: StorageDef): Value {
    const assigned = this.#assigned?.values.get(attribute);
    if (assigned !== undefined) return assigned;
    return this.stored ? this.stored.value(attribute) : (attribute.defaultValue ?? null);
  }

  /** The picture or BLOB that is stored; nothing once something else was assigned. */
  storedMedia(attribute: StorageDef): StoredMedia | undefined {
    return this.#assigned?.media.has(attribute) ? undefined : this.stored?.media(attribute);
  }

  /** Key of the entity that a relation leads to, null when there is none. */
  relatedKey(relation: RelatedEntityDef): Value {
    return this.#assigned?.related.get(relation)?.key?.[0] ?? this.value(relation.foreignKey);
  }

  /** What a save that begins now would write. */
  toWrite(): Written {
    this.noticeObjects();
    return { values: new Map(this.#assigned?.values), media: new Map(this.#assigned?.media) };
  }

  /**
   * Takes the row as it is stored now. Objects that code was given stay the entity's own where they are what is stored or
   * still to be saved. Others are frozen: nothing would come of changing them.
   * @param written what a save has written; what code has assigned since stays assigned. Absent: everything is forgotten
   */
  take(stored: StoredEntity, written?: Written): void {
    const objects = [...(this.#assigned?.objects ?? [])].map(
      ([attribute, given]) => [attribute, given, sameJson(this.value(attribute), stored.value(attribute))] as const,
    );
    if (written) this.#assigned?.forget(written);
    else this.#assigned = undefined;
    this.stored = stored;
    this.expectedStamp = undefined;
    for (const [attribute, given, isStored] of objects) {
      const isForgotten = !written && JSON.stringify(given.value) !== given.text;
      if (this.#assigned?.values.has(attribute) || (isStored && !isForgotten)) this.objects.set(attribute, given);
      else {
        this.#assigned?.objects.delete(attribute);
        freeze(given.value);
      }
    }
  }

  /** Objects that code was given and has changed become assigned values. */
  noticeObjects(): void {
    if (!this.#assigned) return;
    for (const [attribute, { value, text }] of this.objects) {
      const now = JSON.stringify(value);
      if (now === text) continue;
      this.values.set(attribute, acceptValue(attribute, value));
      this.objects.set(attribute, { value, text: now });
    }
  }

  /** Was the relation assigned? By a key, or with an entity that is not the one that was read. */
  isAssigned(relation: RelatedEntityDef): boolean {
    const { foreignKey } = relation;
    if (this.values.has(foreignKey)) return true;
    const entity = this.related.get(relation);
    return !!entity && entity.key?.[0] !== (this.stored?.value(foreignKey) ?? null);
  }

  /** Names of the attributes that were assigned, in model order: a relation beside its foreign key. */
  touchedNames(): readonly string[] {
    this.noticeObjects();
    if (!this.#assigned) return [];
    const attributes = [...this.def.attributes.values()];
    const touched = new Set<AttributeDef>([...this.values.keys(), ...this.media.keys()]);
    for (const attribute of attributes)
      if (attribute.kind === 'relatedEntity' && this.isAssigned(attribute))
        touched.add(attribute).add(attribute.foreignKey);
    return attributes
      .filter((each) => touched.has(each) && !(each.kind === 'storage' && each.hidden))
      .map(({ name }) => name);
  }
}

const sameJson = (a: Value, b: Value): boolean =>
  a === b || (typeof a === 'string' && typeof b === 'string' && isDeepStrictEqual(JSON.parse(a), JSON.parse(b)));

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  for (const part of Object.values(Object.freeze(value))) freeze(part);
}
