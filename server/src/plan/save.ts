// Bodies → changes: names against the model, values into their canonical form (spec 06 § 1).
import { fail, KeystampError } from '../errors.ts';
import { acceptOrTell } from '../model/accept-value.ts';
import { keyValue } from '../model/attribute-types.ts';
import { violations } from '../model/constraints.ts';
import { relatedKey } from '../model/related-key.ts';
import {
  isMedia,
  writtenStorage,
  type CalculatedDef,
  type DataClassDef,
  type Json,
  type RelatedEntityDef,
  type StorageDef,
  type Value,
} from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { dataClassResource } from '../session/sight.ts';
import type { RelationTarget } from '../store/change.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { bodyItems, stampIn, type EntityBody } from './entity-body.ts';
import type { EntityRef } from './entity-ref.ts';
import type { DraftChange, SaveItem, SavePlan } from './save-plan.ts';
import { memberOf } from './source.ts';
import { checkAssigned, checkRelated, checkSave, resolveWritable, savedColumns } from './access.ts';
import { keyText, resolveEntity, resolveKey, splitKey } from './target.ts';

/**
 * @param body parsed JSON of the request
 * @throws KeystampError when the request as a whole cannot be carried out; faults of one entity become refused items
 */
export function planSave(
  request: DataRequest,
  body: unknown,
  purpose: SavePlan['purpose'],
  context: PlanContext,
): SavePlan {
  const { target, params } = request;
  const dataClass = resolveWritable(context, target.dataClass.name);
  const member = memberOf(request, dataClass, context);
  const entity = member ? member.entity : resolveEntity(target, dataClass, context);
  // Which of them the values are for, or that a new entity is meant, nobody can tell.
  if (!member && !entity && target.dataClass.key) throw fail(1813, 'A save of several keys');
  if (target.set && !member) throw fail(1813, 'A save of an entity set without the key of a member');
  const { items, single } = bodyItems(body, context.config);
  if (entity && !single && items.length > 1) throw fail(1806, 'the path names one entity and the body several');
  const isPatch = request.method === 'PATCH';
  if (isPatch && !entity && items.some(namesNone)) throw fail(1813, 'PATCH of an entity without a key');
  return {
    kind: 'save',
    dataClass,
    items: items.map((item) =>
      saveItem(item, dataClass, entity, { creates: !isPatch, isKept: purpose !== 'refresh' }, context),
    ),
    ...(member && { member }),
    answer: single ? 'one' : params.flag('asArray') ? 'array' : 'entities',
    atomic: params.flag('atomic') && purpose === 'save',
    columns: savedColumns(request, dataClass, context),
    showsStored: context.access.may('read', dataClassResource(dataClass)),
    purpose,
  };
}

/** What a save of an entity may come to. */
interface Doing {
  /** False for `PATCH`, which changes what is there (spec 06 § 6). */
  readonly creates: boolean;
  /** False when it is shown alone, under whatever stamp (spec 06 § 4). */
  readonly isKept: boolean;
}

function saveItem(
  body: EntityBody,
  dataClass: DataClassDef,
  named: EntityRef | undefined,
  { creates, isKept }: Doing,
  context: PlanContext,
): SaveItem {
  if (Object.keys(body).length === 0 && !named) return { kind: 'nothing' };
  const match = named?.kind === 'match' ? named : undefined;
  let key: Key | undefined;
  try {
    key = keyOf(body, dataClass, named);
    const isNew = key === undefined && !match;
    const createMissing = creates && !isNew && !match && body['__STAMP'] === 0;
    const stamp = isNew || !isKept ? undefined : stampIn(body);
    checkSave(dataClass, isNew ? 'create' : createMissing ? 'either' : 'update', context);
    const made = assignments(body, dataClass, isNew, context, context.config.maxExpandDepth);
    if (!isNew && !createMissing) checkAssigned(body, dataClass, context);
    return {
      kind: 'change',
      dataClass,
      ...(key && { key }),
      ...(match && { match }),
      ...(stamp !== undefined && { stamp }),
      ...made,
      createMissing,
    };
  } catch (error) {
    if (!(error instanceof KeystampError)) throw error;
    return { kind: 'refused', error: outer(error, dataClass, key, body, named), ...(key && { key }) };
  }
}

function outer(
  error: KeystampError,
  dataClass: DataClassDef,
  key: Key | undefined,
  body: EntityBody,
  named: EntityRef | undefined,
): KeystampError {
  if (key) return error.within(1517, printKey(key), dataClass.name);
  const given = body['__KEY'];
  const asked = isNone(given) ? named?.text : given;
  return asked === undefined ? error.within(1534, dataClass.name) : error.within(1517, String(asked), dataClass.name);
}

/**
 * The key of the entity to change, from the body or the path (spec 06 § 1.2); nothing for a new entity, and for one that
 * the path names by the value of an attribute.
 */
function keyOf(body: EntityBody, dataClass: DataClassDef, named: EntityRef | undefined): Key | undefined {
  const given = body['__KEY'];
  if (isNone(given)) {
    if (!named) return undefined;
    if (named.kind === 'key') return named.key;
    if (named.kind === 'match') return undefined;
    throw fail(1542, named.text, dataClass.name);
  }
  if (typeof given !== 'string' && typeof given !== 'number') throw fail(1541, JSON.stringify(given), dataClass.name);
  const parts = splitKey(String(given), dataClass.key.length);
  const key = resolveKey(dataClass, parts);
  const differs =
    named && named.kind !== 'match' && !(named.kind === 'key' && key && named.key.every((part, i) => part === key[i]));
  if (!key || differs) throw fail(1542, keyText(parts), dataClass.name);
  return key;
}

/** What clients send as the key of an entity that has none yet. */
const isNone = (key: unknown): key is undefined | null | '' => key === undefined || key === null || key === '';

/** Whether a body is that of a new entity, unless the path names one; `{}` is that of none. */
const namesNone = (body: EntityBody): boolean => Object.keys(body).length > 0 && isNone(body['__KEY']);

interface Assignments {
  readonly values: Map<StorageDef, Value>;
  readonly media: Map<StorageDef, { uploadId: string } | null>;
  readonly calculated: Map<CalculatedDef, Json>;
  readonly targets: RelationTarget[];
  readonly related: { relation: RelatedEntityDef; draft: DraftChange }[];
}

/**
 * @param isNew the body is that of an entity to be made
 * @param depth how many levels of new related entities may still follow
 */
function assignments(
  body: EntityBody,
  dataClass: DataClassDef,
  isNew: boolean,
  context: PlanContext,
  depth: number,
): Assignments {
  const made: Assignments = { values: new Map(), media: new Map(), calculated: new Map(), targets: [], related: [] };
  const relations: [RelatedEntityDef, unknown][] = [];
  const outside = new Map<StorageDef, KeystampError>();
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('__') || name === 'uri') continue;
    const attribute = context.sight.attribute(dataClass, name);
    if (!attribute) throw fail(1500, name, dataClass.name).as(400);
    if (attribute.kind === 'relatedEntity') relations.push([attribute, value]);
    if (attribute.kind === 'calculated' && attribute.set) made.calculated.set(attribute, value as Json);
    const storage = writtenStorage(attribute);
    if (storage) assign(made, outside, storage, value);
  }
  // The relation wins over its foreign key attribute when both are given (spec 06 § 1.4).
  for (const [relation, value] of relations) assignRelation(made, relation, value, context, depth);
  if (outside.size > 0) throw outsideOf(made, outside, dataClass, isNew, context.config.nullViolatesConstraints);
  return made;
}

function assign(
  made: Assignments,
  outside: Map<StorageDef, KeystampError>,
  attribute: StorageDef,
  value: unknown,
): void {
  if (isMedia(attribute)) return assignMedia(made, attribute, value);
  const accepted = acceptOrTell(attribute, value as Json);
  if (accepted instanceof KeystampError) outside.set(attribute, accepted);
  else made.values.set(attribute, accepted);
}

/**
 * Values outside the ranges of their types, and what else the given ones violate, in model order (spec 15 § 5.1); of a new
 * entity also what those violate that it begins with.
 */
function outsideOf(
  made: Assignments,
  outside: ReadonlyMap<StorageDef, KeystampError>,
  { storage, events }: DataClassDef,
  isNew: boolean,
  strict: boolean,
): KeystampError {
  const { values, media, calculated, related } = made;
  const linked = new Set(related.map(({ relation }) => relation.foreignKey));
  // Code might still give values to what was left out.
  const isWhole = isNew && !events && calculated.size === 0;
  const valueOf = (attribute: StorageDef): Value | undefined => {
    if (media.has(attribute)) return media.get(attribute) === null ? null : undefined;
    if (attribute.autosequence && isNew) return undefined;
    if (values.has(attribute)) return values.get(attribute);
    const isMade = attribute.primKey || attribute.autogenerate || linked.has(attribute);
    return isWhole && !isMade ? (attribute.defaultValue ?? null) : undefined;
  };
  const faults = storage.flatMap((attribute): readonly KeystampError[] => {
    const fault = outside.get(attribute);
    if (fault) return [fault];
    const value = valueOf(attribute);
    return value === undefined ? [] : violations(attribute, value, strict);
  });
  return new KeystampError(400, [...faults.flatMap(({ entries }) => entries), { code: 1570, args: [] }]);
}

/** Spec 11 § 4.4: `{"ID":…}` sets, null clears, any other object is what the client read before. */
function assignMedia(made: Assignments, attribute: StorageDef, value: unknown): void {
  if (value === null) made.media.set(attribute, null);
  else if (typeof value !== 'object' || Array.isArray(value)) throw fail(1508, attribute.name, attribute.type);
  else {
    const id = (value as EntityBody)['ID'];
    if (id === undefined) return;
    if (typeof id !== 'string') throw fail(attribute.type === 'image' ? 1825 : 1826, String(id));
    made.media.set(attribute, { uploadId: id });
  }
}

/**
 * Spec 06 § 1.4: a key, null, `{"__KEY":…}` (attributes beside it change nothing), the deferred form that was read, or
 * a new entity. An empty object leaves the relation as it is.
 */
function assignRelation(
  made: Assignments,
  relation: RelatedEntityDef,
  value: unknown,
  context: PlanContext,
  depth: number,
): void {
  const { foreignKey, target } = relation;
  if (value === null) {
    made.values.set(foreignKey, null);
    return;
  }
  const given = relatedKey(value);
  if (given === undefined) {
    if (typeof value !== 'object' || Array.isArray(value) || depth <= 1)
      throw fail(1508, relation.name, `a key of ${target.name}`);
    if (Object.keys(value).length > 0)
      made.related.push({ relation, draft: newEntity(value as EntityBody, relation, context, depth) });
    return;
  }
  checkRelated(target, context);
  const key = keyValue(target.key[0] as StorageDef, given);
  if (key === undefined) throw fail(1542, given, target.name);
  made.values.set(foreignKey, key);
  made.targets.push({ relation, key });
}

function newEntity(
  body: EntityBody,
  { name, target }: RelatedEntityDef,
  context: PlanContext,
  depth: number,
): DraftChange {
  try {
    checkSave(target, 'create', context);
    return {
      kind: 'change',
      dataClass: target,
      createMissing: false,
      ...assignments(body, target, true, context, depth - 1),
    };
  } catch (error) {
    throw error instanceof KeystampError ? error.within(1534, target.name).within(1537, name) : error;
  }
}
