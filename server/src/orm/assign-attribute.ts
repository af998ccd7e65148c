// The attributes of an entity as code assigns them (spec 16 § 1).
import { fail } from '../errors.ts';
import { acceptValue } from '../model/accept-value.ts';
import { keyValue } from '../model/attribute-types.ts';
import { relatedKey } from '../model/related-key.ts';
import {
  type AttributeDef,
  type CalculatedDef,
  type RelatedEntityDef,
  type StorageDef,
  type Value,
  isMedia,
  writtenStorage,
} from '../model/model.ts';
import { callIfAny } from './current-call.ts';
import { tellTouched } from './entity-events.ts';
import { type EntityState, stateOf } from './entity-state.ts';
import { jsonOf } from './json-of.ts';
import { isMediaInput } from './media-value.ts';
import { runCalculated } from './run-calculated.ts';

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
  state.setters.assigned.add(attribute);
  const event = { kind: 'set', dataClassName: state.def.name, attributeName: name, value };
  state.code.waitFor(runCalculated(attribute, state, () => set.call(state.handle, value, event)));
  tellTouched(state, attribute);
}

/** Remembers whether a setter of the entity wrote the attribute, or other code. */
function noteWriter(state: EntityState, attribute: StorageDef): void {
  const { written } = state.setters;
  if (callIfAny()?.own === state) written.add(attribute);
  else written.delete(attribute);
}

function assignValue(state: EntityState, attribute: StorageDef, value: unknown): void {
  const accepted = acceptValue(attribute, jsonOf(value ?? null));
  if (attribute.primKey && state.stored) {
    if (accepted !== state.value(attribute)) throw fail(1516, attribute.name);
    return;
  }
  noteWriter(state, attribute);
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
  noteWriter(state, attribute);
  state.media.set(attribute, value ?? null);
  tellTouched(state, attribute);
}

function assignRelated(state: EntityState, relation: RelatedEntityDef, value: unknown): void {
  const { foreignKey, target } = relation;
  noteWriter(state, foreignKey);
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
