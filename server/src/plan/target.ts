// The path's names against the model: dataclass, entity, attribute.
import { fail, KeystampError } from '../errors.ts';
import { keyValue } from '../model/attribute-types.ts';
import {
  isMedia,
  shownValue,
  stepsTo,
  type AttributeDef,
  type DataClassDef,
  type StorageDef,
  type Value,
} from '../model/model.ts';
import type { MediaPlace } from '../query/aggregate.ts';
import { bindFilter } from '../query/bind.ts';
import type { FilterExpr } from '../query/filter-expr.ts';
import { noParams } from '../query/params.ts';
import { keysOf, type Predicate } from '../query/predicate.ts';
import type { Key } from '../query/selection.ts';
import { parseKeyText } from '../request/key-text.ts';
import type { DataTarget, KeysRef } from '../request/api-request.ts';
import { namedAttribute } from './access.ts';
import type { PlanContext } from './context.ts';
import type { EntityRef } from './entity-ref.ts';

/**
 * The canonical key for its text parts, `undefined` when no entity of the class can have it.
 * @throws KeystampError 1541 for a wrong number of parts
 */
export function resolveKey(dataClass: DataClassDef, parts: readonly string[]): Key | undefined {
  if (parts.length !== dataClass.key.length) throw fail(1541, parts.join('&'), dataClass.name);
  const values = dataClass.key.map((attribute, i) => keyValue(attribute, parts[i] as string));
  return values.some((value) => value === undefined) ? undefined : (values as Key);
}

/** How a key stands in a URL before it was cut into parts. */
export const keyText = (parts: readonly string[]): string => parts.join('&');

/**
 * The keys between the brackets of a path. Of a class with a composite key, brackets may hold one key as its JSON parts
 * instead: `["a",1]` (spec 01 § 2.2).
 */
export function namedKeys({ keys, brackets }: KeysRef, dataClass: DataClassDef): readonly (readonly string[])[] {
  const isOne = brackets && keys.length > 1 && keys.length === dataClass.key.length;
  return isOne && keys.every((parts) => parts.length === 1) ? [keys.flat()] : keys;
}

/** The one entity of that key. */
export function entityByKey(dataClass: DataClassDef, parts: readonly string[]): EntityRef {
  const key = resolveKey(dataClass, parts);
  const text = keyText(parts);
  return key ? { kind: 'key', dataClass, key, text } : { kind: 'missing', dataClass, text };
}

/** The one entity the path names, `undefined` when it names a class or several entities. */
export function resolveEntity(
  target: DataTarget,
  dataClass: DataClassDef,
  context: PlanContext,
): EntityRef | undefined {
  const { key } = target.dataClass;
  if (!key) return undefined;
  if (key.kind === 'keys') {
    const [only, ...others] = namedKeys(key, dataClass);
    return only && others.length === 0 ? entityByKey(dataClass, only) : undefined;
  }
  const attribute = namedAttribute(dataClass, key.attribute, context);
  if (!attribute || !shownValue(attribute)) throw fail(1500, key.attribute, dataClass.name);
  const predicate = equals(attribute, key.value, context);
  if (!predicate) return { kind: 'missing', dataClass, text: key.value };
  return { kind: 'match', selection: { dataClass, predicate, order: [] }, text: key.value };
}

/** Equality without wildcards, as `:attr(value)` asks (spec 03 § 6); nothing when no entity can have the value. */
function equals(attribute: AttributeDef, value: string, { config, sight }: PlanContext): Predicate | undefined {
  const expr: FilterExpr = {
    kind: 'compare',
    left: { kind: 'path', steps: [{ name: attribute.name }] },
    comparator: 'equal',
    right: { kind: 'quoted', text: value },
  };
  try {
    return bindFilter({ expr, mixed: false, terms: 1 }, attribute.owner, noParams, config, sight);
  } catch (error) {
    if (error instanceof KeystampError && error.entries.some((entry) => 'code' in entry && entry.code === 1280))
      return undefined;
    throw error;
  }
}

/** The entities of a list of keys; keys that cannot exist are left out. */
export function keysPredicate(dataClass: DataClassDef, keys: readonly (readonly string[])[]): Predicate {
  const found = keys
    .map((parts) => resolveKey(dataClass, parts))
    .filter((key): key is readonly Value[] => key !== undefined);
  return keysOf(dataClass, found);
}

/**
 * The keys of a text with one `__KEY` a line; lines that cannot be a key of the class are left out.
 * @throws KeystampError 1541, 1806 for a composite key that cannot be read
 */
export const keysFromText = (dataClass: DataClassDef, text: string): readonly Key[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => resolveKey(dataClass, splitKey(line, dataClass.key.length)))
    .filter((key) => key !== undefined);

/**
 * The picture or BLOB the path ends in, when it names exactly one attribute and that is one; perhaps by an alias.
 * @throws KeystampError 1557, 1607 when it may not be read
 */
export function mediaPlace(target: DataTarget, dataClass: DataClassDef, context: PlanContext): MediaPlace | undefined {
  const place = mediaNamed(target, dataClass, context);
  if (place) namedAttribute(dataClass, place.name, context);
  return place;
}

/** The same without a look at permissions. */
export function mediaNamed(
  target: DataTarget,
  dataClass: DataClassDef,
  { sight }: PlanContext,
): MediaPlace | undefined {
  const [name] = target.attributes;
  if (name === undefined || target.attributes.length !== 1) return undefined;
  const asked = sight.attribute(dataClass, name);
  const { shape: attribute, calculated } = (asked && shownValue(asked)) ?? {};
  return asked && attribute && isMedia(attribute)
    ? { name, steps: stepsTo(asked), attribute, ...(calculated && { calculated }) }
    : undefined;
}

/** The attribute itself, when the entity holds what is shown under that very name. */
export const ownMedia = (place: MediaPlace | undefined): StorageDef | undefined =>
  place && !place.calculated && place.name === place.attribute.name && place.steps.length === 0
    ? place.attribute
    : undefined;

/** `__KEY` of a composite key holds its parts joined by `&`, quoted where needed. */
export const splitKey = (key: string, parts: number): readonly string[] => (parts === 1 ? [key] : parseKeyText(key));
