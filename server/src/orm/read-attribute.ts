// The attributes of an entity as code reads them (spec 16 § 1).
import type { KeystampError } from '../errors.ts';
import {
  type AliasDef,
  type AttributeDef,
  type CalculatedDef,
  type Json,
  type RelatedEntityDef,
  type StorageDef,
  type Value,
  isMedia,
} from '../model/model.ts';
import { callIfAny } from './current-call.ts';
import { type EntityHandle, type EntityState, stateOf } from './entity-state.ts';
import { assignedValue, storedValue } from './media-value.ts';
import { runCalculated } from './run-calculated.ts';

/**
 * The attribute as code reads it (spec 16 § 1).
 * @throws KeystampError 1607 when the running code may not read it
 */
export function readAttribute(state: EntityState, attribute: AttributeDef): unknown {
  checkReadable(state, attribute);
  return heldBy(state, attribute);
}

/** @throws KeystampError 1607 when the running code may not read the attribute of the entity */
export function checkReadable(state: EntityState, attribute: AttributeDef): void {
  const refusal = refusalOf(attribute);
  if (refusal && !isOwn(state)) throw refusal;
}

/** Is it the entity whose calculated attribute is worked out? Its code needs no permission for the others. */
export const isOwn = (state: EntityState): boolean => callIfAny()?.own === state;

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
  const stored = state.stored?.media(attribute);
  if (!stored) return null;
  const value = storedValue(stored, picture);
  state.given.set(attribute, value);
  return value;
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

/** A canonical value as code has it: instants are dates, everything else is itself. Objects are parsed. */
export function valueForCode({ type, simpleDate }: StorageDef, value: Value): unknown {
  if (value === null) return null;
  if (type === 'date' && !simpleDate) return new Date(value as number);
  return type === 'object' ? (JSON.parse(value as string) as Json) : value;
}

/** The key of an entity as code has it, the parts of a composite one as a list; null while a new entity has none. */
export function keyForCode({ key, def }: EntityState): unknown {
  const parts = key?.map((part, i) => valueForCode(def.key[i] as StorageDef, part)) ?? [];
  return parts.length > 1 ? parts : (parts[0] ?? null);
}
