// A dataclass at work: makes the objects that code holds. Each dataclass has classes of its own for its entities and
// selections, with its attributes as properties and its functions as methods.
import type { FunctionMap } from '../model/code-defs.ts';
import type { DataClassDef, StorageDef, ToManyDef, Value } from '../model/model.ts';
import { keyValue } from '../model/attribute-types.ts';
import { all, none, type Predicate } from '../query/predicate.ts';
import type { Order } from '../query/order.ts';
import { relatedTo } from '../query/related-to.ts';
import type { Key } from '../query/selection.ts';
import type { StoredEntity } from '../store/sql/entity-row.ts';
import { currentCall } from './current-call.ts';
import { DataClassObject } from './data-class.ts';
import { EntityObject } from './entity.ts';
import { tellConstructed } from './entity-events.ts';
import { assignAttribute } from './assign-attribute.ts';
import { EntityState, stateOf } from './entity-state.ts';
import type { Members } from './members.ts';
import { readAttribute } from './read-attribute.ts';
import { SelectionObject } from './entity-selection.ts';
import { readEntities, readEntity } from './read.ts';
import { runFunction } from './run-function.ts';
import { SelectionState, type SelectionHandle, type SelectionSource, type SelectionTraits } from './selection-state.ts';
import type { StoreRuntime } from './store-runtime.ts';

const shareable = { ordered: false, alterable: false } as const;

export class ClassRuntime {
  readonly def: DataClassDef;
  readonly store: StoreRuntime;
  /** What code holds. */
  readonly object: DataClassObject;
  readonly #Entity: new () => EntityObject;
  readonly #Selection: new () => SelectionObject;

  constructor(def: DataClassDef, store: StoreRuntime) {
    this.def = def;
    this.store = store;
    this.#Entity = entityClass(def);
    this.#Selection = class extends SelectionObject {};
    addFunctions(this.#Selection.prototype, def.selectionFunctions);
    this.object = addFunctions(new DataClassObject(this), def.functions);
  }

  /** The entity of a row that was read. */
  stateFor(stored: StoredEntity, selection?: SelectionState, position = -1): EntityState {
    const state = new EntityState(new this.#Entity(), this, stored);
    state.selection = selection;
    state.position = position;
    return state;
  }

  /**
   * A new entity in memory, told that it was made.
   * @param prepare gives it what it has by then
   */
  newState(prepare?: (state: EntityState) => void): EntityState {
    const state = new EntityState(new this.#Entity(), this);
    prepare?.(state);
    tellConstructed(state);
    return state;
  }

  /** Another entity object for the same row, with what was assigned so far. */
  copyOf(state: EntityState): EntityState {
    const copy = new EntityState(new this.#Entity(), this, state.stored);
    state.noticeObjects();
    for (const [attribute, value] of state.values) copy.values.set(attribute, value);
    for (const [attribute, value] of state.media) copy.media.set(attribute, value);
    for (const [relation, entity] of state.related) copy.related.set(relation, entity);
    for (const relation of state.targets) copy.targets.add(relation);
    for (const attribute of state.setters.assigned) copy.setters.assigned.add(attribute);
    for (const attribute of state.setters.written) copy.setters.written.add(attribute);
    copy.expectedStamp = state.expectedStamp;
    return copy;
  }

  /** Assigns attributes by name; names that are no attributes of the class are left out. */
  assignAll(state: EntityState, values: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(values)) {
      const attribute = this.def.attributes.get(name);
      if (attribute && attribute.kind !== 'relatedEntities') assignAttribute(state, attribute, value);
    }
  }

  async find(key: Key): Promise<EntityState | null> {
    const stored = await readEntity(currentCall(), this.def, key);
    return stored ? this.stateFor(stored) : null;
  }

  /** In the order of the keys; nothing where there is none. */
  async findAll(keys: readonly Key[]): Promise<readonly (EntityState | undefined)[]> {
    return (await readEntities(currentCall(), this.def, keys)).map((stored) => stored && this.stateFor(stored));
  }

  selection(source: SelectionSource, traits: SelectionTraits = shareable): SelectionState {
    return new SelectionState(new this.#Selection(), this, source, traits);
  }

  /** Entities that are known by their keys. */
  listed(members: Members, traits: SelectionTraits): SelectionState {
    return this.selection({ kind: 'made', make: () => Promise.resolve(members) }, traits);
  }

  /** The entities that fulfil a predicate. */
  select(predicate: Predicate = all, order?: Order): SelectionState {
    const selection = { dataClass: this.def, predicate, order: order ?? [] };
    return this.selection({ kind: 'described', selection }, { ordered: order !== undefined, alterable: false });
  }

  /** The entities of this class that a to-many attribute of the entity with that key leads to. */
  related(attribute: ToManyDef, key: Key | undefined): SelectionHandle {
    return this.select(key ? relatedTo(attribute, key) : none).handle;
  }

  /** The canonical key of what code gives as one, `undefined` when no entity can have it. */
  keyOf(given: unknown): Key | undefined {
    const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (parts.length !== this.def.key.length) return undefined;
    const key = parts.map((part, i) => keyPart(this.def.key[i] as StorageDef, part));
    return key.every((part) => part !== undefined) ? key : undefined;
  }
}

function keyPart(attribute: StorageDef, part: unknown): Value | undefined {
  if (part === null || part === undefined) return undefined;
  if (part instanceof Date) return keyValue(attribute, String(part.getTime()));
  return keyValue(attribute, typeof part === 'boolean' ? String(Number(part)) : String(part));
}

function entityClass(def: DataClassDef): new () => EntityObject {
  const made = class extends EntityObject {};
  for (const attribute of def.attributes.values())
    Object.defineProperty(made.prototype, attribute.name, {
      get(this: EntityObject) {
        return readAttribute(stateOf(this) as EntityState, attribute);
      },
      set(this: EntityObject, value: unknown) {
        assignAttribute(stateOf(this) as EntityState, attribute, value);
      },
      enumerable: true,
    });
  addFunctions(made.prototype, def.entityFunctions);
  return made;
}

/** The functions of the author as methods; what they give is always a promise. */
export function addFunctions<T extends object>(object: T, functions: FunctionMap): T {
  for (const fn of functions.values())
    Object.defineProperty(object, fn.name, {
      async value(this: unknown, ...args: readonly unknown[]) {
        return runFunction(fn, this, args);
      },
    });
  return object;
}
