// One entity as code holds it (spec 16 §§ 3, 4): its members. Attributes and functions are added per dataclass.
import { printKey } from '../query/print-key.ts';
import type { AttributeDef, StorageDef } from '../model/model.ts';
import type { AttributeFilter, Result } from './api.ts';
import { currentCall } from './current-call.ts';
import type { DataClassObject } from './data-class.ts';
import { type EntityHandle, EntityState, stateOf } from './entity-state.ts';
import { checkReadable, heldBy, keyForCode } from './read-attribute.ts';
import { lockOf, unlockOf, type LockOptions } from './lock-entity.ts';
import { attributeTree, objectsOf, type ObjectOptions } from './object-form.ts';
import { MediaBytes } from './media-value.ts';
import { readEntity } from './read.ts';
import { selectionStateOf, type SelectionHandle } from './selection-state.ts';
import { failure, success } from './result.ts';
import { dropState, saveState, validateState, type SaveOptions } from './save-state.ts';

const own = (entity: EntityObject): EntityState => stateOf(entity) as EntityState;

const handleOf = (state: EntityState | null | undefined): EntityHandle | null => state?.handle ?? null;

export interface Difference {
  readonly attributeName: string;
  readonly value: unknown;
  readonly otherValue: unknown;
}

export class EntityObject {
  set(values: Readonly<Record<string, unknown>>): this {
    const state = own(this);
    state.of.assignAll(state, values);
    return this;
  }

  fromObject(values: Readonly<Record<string, unknown>>): void {
    this.set(values);
  }

  save(options: SaveOptions = {}): Promise<Result> {
    return saveState(own(this), options);
  }

  drop(options: { readonly forceDropIfStampChanged?: boolean; readonly throws?: boolean } = {}): Promise<Result> {
    return dropState(own(this), options.forceDropIfStampChanged ?? false, options.throws);
  }

  validate(): Promise<Result> {
    return validateState(own(this));
  }

  async toObject(filter?: AttributeFilter, options: ObjectOptions = {}): Promise<Record<string, unknown>> {
    const state = own(this);
    const [object] = await objectsOf([state], attributeTree(state.def, filter), options);
    return object as Record<string, unknown>;
  }

  getKey(options: { readonly asString?: boolean } = {}): unknown {
    const state = own(this);
    if (!options.asString) return keyForCode(state);
    return state.key ? printKey(state.key) : null;
  }

  getStamp(): number {
    return own(this).stored?.stamp ?? 0;
  }

  getTimestamp(): Date | null {
    const { stored } = own(this);
    return stored ? new Date(stored.timestamp) : null;
  }

  isNew(): boolean {
    return !own(this).stored;
  }

  touched(): boolean {
    return own(this).touchedNames().length > 0;
  }

  touchedAttributes(): readonly string[] {
    return own(this).touchedNames();
  }

  async reload(): Promise<Result> {
    const state = own(this);
    const stored = state.stored && (await readEntity(currentCall(), state.def, state.stored.key));
    if (!stored) return failure(5);
    state.take(stored);
    return success;
  }

  clone(): EntityHandle {
    return own(this).of.copyOf(own(this)).handle;
  }

  lock(options: LockOptions = {}): Promise<Result> {
    return lockOf(own(this), options);
  }

  unlock(): Promise<Result> {
    return unlockOf(own(this));
  }

  async first(): Promise<EntityHandle | null> {
    return handleOf(await own(this).selection?.member(0));
  }

  async last(): Promise<EntityHandle | null> {
    return handleOf(await own(this).selection?.member(-1));
  }

  async next(): Promise<EntityHandle | null> {
    const { selection, position } = own(this);
    return handleOf(await selection?.member(position + 1));
  }

  async previous(): Promise<EntityHandle | null> {
    const { selection, position } = own(this);
    return position > 0 ? handleOf(await selection?.member(position - 1)) : null;
  }

  async indexOf(given?: unknown): Promise<number> {
    const { selection: from, position, key } = own(this);
    const selection = selectionStateOf(given);
    if (selection) return key ? selection.positionOf(key) : -1;
    return from ? position : -1;
  }

  getSelection(): SelectionHandle | null {
    return own(this).selection?.handle ?? null;
  }

  getDataClass(): DataClassObject {
    return own(this).of.object;
  }

  /**
   * The attributes that differ; to-many relations are not compared. Pictures and BLOBs differ by what they hold, relations
   * whose foreign key the model does not declare by the key of their entity.
   */
  diff(other: EntityObject, attributes?: readonly string[]): readonly Difference[] {
    const [a, b] = [own(this), own(other)];
    if (a.def !== b.def) throw new TypeError(`An entity of ${b.def.name} cannot be compared with one of ${a.def.name}`);
    const differences: Difference[] = [];
    for (const attribute of a.def.attributes.values()) {
      const { name } = attribute;
      const compared = comparedBy(attribute);
      if (!compared || (attributes && !attributes.includes(name))) continue;
      for (const state of [a, b]) checkReadable(state, attribute);
      const [value, otherValue] = [heldBy(a, compared), heldBy(b, compared)];
      if (!same(value, otherValue)) differences.push({ attributeName: name, value, otherValue });
    }
    return differences;
  }
}

/** The value that tells two entities apart in an attribute. */
function comparedBy(attribute: AttributeDef): StorageDef | undefined {
  if (attribute.kind === 'relatedEntity') return attribute.foreignKey.hidden ? attribute.foreignKey : undefined;
  return attribute.kind === 'storage' && !attribute.hidden ? attribute : undefined;
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return comparable(a) === comparable(b);
}

/** Pictures and BLOBs by hash or bytes, dates and objects by their JSON. */
const comparable = (value: object | null): string => {
  const content = value && 'bytes' in value ? MediaBytes.contentOf(value as MediaBytes) : undefined;
  return content ? Buffer.from(content.hash).toString('hex') : JSON.stringify(value);
};
