// What an entity in memory is made of: the row it was read from and what was assigned since. Everything that reads or
// changes an attribute in code goes through `readAttribute` and `assignAttribute`.
import { fail, type KeystampError } from '../errors.ts';
import { acceptValue } from '../model/accept-value.ts';
import { keyValue } from '../model/attribute-types.ts';
import {
  isMedia,
  writtenStorage,
  type AliasDef,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type Json,
  type RelatedEntityDef,
  type StorageDef,
  type Value,
} from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { StoredEntity } from '../store/sql/entity-row.ts';
import { callIfAny } from './call-context.ts';
import type { ClassRuntime } from './class-runtime.ts';
import { tellTouched } from './entity-events.ts';
import { runCalculated } from './run-calculated.ts';
import { RunningCode } from './running-code.ts';
import type { SelectionState } from './selection-state.ts';
import { assignedValue, isMediaInput, storedValue, type MediaInput } from './media-value.ts';

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
    return this.stored ? (this.stored.values.get(attribute) ?? null) : (attribute.defaultValue ?? null);
  }

  /** Takes the row as it is stored now; what was assigned is forgotten. */
  take(stored: StoredEntity): void {
    this.stored = stored;
    this.#assigned = undefined;
    this.expectedStamp = undefined;
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

  /** Names of the attributes that were assigned, in model order: a relation beside its foreign key. */
  touchedNames(): readonly string[] {
    this.noticeObjects();
    if (!this.#assigned) return [];
    const touched = (attribute: AttributeDef): boolean => {
      switch (attribute.kind) {
        case 'storage':
          return this.media.has(attribute) || (this.values.has(attribute) && !isHiddenKey(attribute));
        case 'relatedEntity':
          return (
            this.values.has(attribute.foreignKey) ||
            (this.related.get(attribute)?.stored === undefined && this.related.get(attribute) != null)
          );
        case 'relatedEntities':
        case 'alias':
        case 'calculated':
          return false;
        default:
          return attribute satisfies never;
      }
    };
    return [...this.def.attributes.values()].filter(touched).map(({ name }) => name);
  }
}

/** The column of a relation that the model declares no foreign key for. */
export const isHiddenKey = (attribute: StorageDef): boolean => attribute.name.endsWith('__key');

/**
 * The attribute as code reads it (spec 16 § 1).
 * @throws KeystampError 1607 when the running code may not read it
 */
export function readAttribute(state: EntityState, attribute: AttributeDef): unknown {
  const refusal = refusalOf(attribute);
  if (refusal && callIfAny()?.own !== state) throw refusal;
  return heldBy(state, attribute);
}

/** The same without a look at permissions: an alias needs none of what its path leads through (spec 14 § 4.4). */
export function heldBy(state: EntityState, attribute: AttributeDef): unknown {
  switch (attribute.kind) {
    case 'storage':
      return isMedia(attribute) ? readMedia(state, attribute) : readValue(state, attribute);
    case 'relatedEntity':
      return readRelated(state, attribute);
    case 'relatedEntities':
      return state.of.store.dataClassOf(attribute.target).related(attribute, state.key);
    case 'alias':
      return readAlias(state, attribute);
    case 'calculated':
      return readCalculated(state, attribute);
    default:
      return attribute satisfies never;
  }
}

/** Why the running code may not read the attribute, `undefined` when it may. */
export function refusalOf(attribute: AttributeDef): KeystampError | undefined {
  const call = callIfAny();
  return call?.checks && !call.access.isOpen ? call.sight.refusal(attribute, false) : undefined;
}

/** At once where the entity itself holds it, a promise where related entities must be read. */
function readAlias(state: EntityState, alias: AliasDef): unknown {
  if (alias.many) return state.of.store.dataClassOf(alias.target).related(alias, state.key);
  if (alias.steps.length === 0) return heldBy(state, alias.end);
  return endOf(state, alias.steps).then((end) => end && heldBy(end, alias.end));
}

/** The entity at the end of N→1 steps, null when there is none. */
export async function endOf(from: EntityState, steps: readonly RelatedEntityDef[]): Promise<EntityState | null> {
  let state = from;
  for (const step of steps) {
    const next = stateOf(await readRelated(state, step));
    if (!next) return null;
    state = next;
  }
  return state;
}

/** What the code gives: a promise when it is asynchronous, `event.result` when it sets that (spec 15 § 7.2). */
function readCalculated(state: EntityState, attribute: CalculatedDef): unknown {
  const { handle, def } = state;
  const { get, name } = attribute;
  const event = { kind: 'get', dataClassName: def.name, attributeName: name, result: undefined as unknown };
  const resultOf = (returned: unknown): unknown => (event.result === undefined ? (returned ?? null) : event.result);
  const returned = runCalculated(attribute, state, () => get.call(handle, event));
  return returned instanceof Promise ? returned.then(resultOf) : resultOf(returned);
}

function readValue(state: EntityState, attribute: StorageDef): unknown {
  if (attribute.type !== 'object') return valueForCode(attribute, state.value(attribute));
  const known = state.objects.get(attribute);
  if (known) return known.value;
  const text = state.value(attribute) as string | null;
  if (text === null) return null;
  const value = JSON.parse(text) as Json;
  state.objects.set(attribute, { value, text: JSON.stringify(value) });
  return value;
}

function readMedia(state: EntityState, attribute: StorageDef): unknown {
  const picture = attribute.type === 'image';
  const assigned = state.media.get(attribute);
  if (assigned !== undefined) return assigned && assignedValue(assigned, picture);
  const stored = state.stored?.media.get(attribute);
  return stored ? storedValue(stored, picture) : null;
}

/** Found once, then remembered until the relation is assigned. */
async function readRelated(state: EntityState, relation: RelatedEntityDef): Promise<EntityHandle | null> {
  const known = state.related.get(relation);
  if (known !== undefined) return known && known.handle;
  const key = state.value(relation.foreignKey);
  const found = key === null ? null : await state.of.store.dataClassOf(relation.target).find([key]);
  // It may have been assigned meanwhile.
  if (!state.related.has(relation) && state.value(relation.foreignKey) === key) state.related.set(relation, found);
  return found && found.handle;
}

/**
 * Assigns an attribute as code does; equal values count as touched too.
 * @throws KeystampError 1508 and others for what it cannot hold, 1574 for a to-many relation, 1516 for an alias of what
 *   another entity holds, and for a calculated attribute without setter
 */
export function assignAttribute(state: EntityState, attribute: AttributeDef, value: unknown): void {
  switch (attribute.kind) {
    case 'storage':
      return isMedia(attribute) ? assignMedia(state, attribute, value) : assignValue(state, attribute, value);
    case 'relatedEntity':
      return assignRelated(state, attribute, value);
    case 'relatedEntities':
      throw fail(1574, attribute.name);
    case 'alias': {
      const written = writtenStorage(attribute);
      if (!written) throw fail(1516, attribute.name);
      return assignAttribute(state, written, value);
    }
    case 'calculated':
      return assignCalculated(state, attribute, value);
    default:
      return attribute satisfies never;
  }
}

/** The code of the attribute writes the value where it belongs, into other attributes (spec 15 § 7.6). */
function assignCalculated(state: EntityState, attribute: CalculatedDef, value: unknown): void {
  const { set, name } = attribute;
  if (!set) throw fail(1516, name);
  const event = { kind: 'set', dataClassName: state.def.name, attributeName: name, value };
  state.code.waitFor(runCalculated(attribute, state, () => set.call(state.handle, value, event)));
  tellTouched(state, attribute);
}

function assignValue(state: EntityState, attribute: StorageDef, value: unknown): void {
  const accepted = acceptValue(attribute, jsonOf(value));
  if (attribute.primKey && state.stored) {
    if (accepted !== state.value(attribute)) throw fail(1516, attribute.name);
    return;
  }
  state.values.set(attribute, accepted);
  state.objects.delete(attribute);
  for (const relation of state.related.keys()) if (relation.foreignKey === attribute) state.related.delete(relation);
  touch(state, attribute);
}

/** A foreign key and its relation are two views of one value: setting either touches both (spec 15 § 6.7). */
function touch(state: EntityState, foreignKey: StorageDef): void {
  if (!state.def.events) return;
  tellTouched(state, foreignKey);
  for (const attribute of state.def.attributes.values())
    if (attribute.kind === 'relatedEntity' && attribute.foreignKey === foreignKey) tellTouched(state, attribute);
}

function assignMedia(state: EntityState, attribute: StorageDef, value: unknown): void {
  if (value !== null && value !== undefined && !isMediaInput(value)) throw fail(1508, attribute.name, attribute.type);
  state.media.set(attribute, value ?? null);
  tellTouched(state, attribute);
}

function assignRelated(state: EntityState, relation: RelatedEntityDef, value: unknown): void {
  const { foreignKey, target } = relation;
  state.targets.delete(relation);
  if (value === null || value === undefined) {
    state.related.set(relation, null);
    state.values.set(foreignKey, null);
    return touch(state, foreignKey);
  }
  const entity = stateOf(value);
  if (entity) {
    if (entity.def !== target) throw fail(1508, relation.name, target.name);
    state.related.set(relation, entity);
    // The key of a new entity is known when it is saved.
    if (entity.key) state.values.set(foreignKey, entity.key[0] as Value);
    else state.values.delete(foreignKey);
    return touch(state, foreignKey);
  }
  const given = relatedKey(value);
  if (given === undefined) throw fail(1508, relation.name, `a key of ${target.name}`);
  const key = keyValue(target.key[0] as StorageDef, given);
  if (key === undefined) throw fail(1542, given, target.name);
  state.related.delete(relation);
  state.values.set(foreignKey, key);
  state.targets.add(relation);
  touch(state, foreignKey);
}

/** A key, or an object that holds one as `__KEY`, as clients send it. */
function relatedKey(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { __KEY: key, __deferred: deferred } = value as { readonly __KEY?: unknown; readonly __deferred?: unknown };
  return key === undefined && deferred !== undefined ? relatedKey(deferred) : relatedKey(key);
}

/** A value of code as JSON has it. */
function jsonOf(value: unknown): Json {
  if (value === undefined) return null;
  if (value instanceof Date) return value.getTime();
  return typeof value === 'bigint' ? String(value) : (value as Json);
}

/** A canonical value as code has it: instants are dates, everything else is itself. Objects are parsed. */
export function valueForCode({ type, simpleDate }: StorageDef, value: Value): unknown {
  if (value === null) return null;
  if (type === 'date' && !simpleDate) return new Date(value as number);
  return type === 'object' ? (JSON.parse(value as string) as Json) : value;
}
