// Entities as plain objects: `toObject`, `toCollection`, `extract` (spec 16 § 3). Relations are read for all entities of
// a list at once, one statement a level.
import {
  isMedia,
  isToMany,
  relatedClass,
  stepsTo,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type RelatedEntitiesDef,
  type RelatedEntityDef,
  type RelationDef,
  type StorageDef,
  type ToManyDef,
  type Value,
} from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { AttributeFilter } from './api.ts';
import { type EntityState, stateOf } from './entity-state.ts';
import { heldBy, refusalOf, valueForCode } from './read-attribute.ts';
import { MediaBytes, Picture } from './media-value.ts';
import { selectionStateOf } from './selection-state.ts';

export interface ObjectOptions {
  readonly withPrimaryKey?: boolean;
  readonly withStamp?: boolean;
}

/** What to show of an entity: attributes by name, relations with what to show behind them. */
export interface AttributeTree {
  /** All scalar attributes, and N→1 relations by their key. */
  all: boolean;
  readonly children: Map<string, AttributeTree>;
}

const newTree = (): AttributeTree => ({ all: false, children: new Map() });

/** `'lastName, employer.name'`, `['lastName', 'employer.*']`; names that do not exist are left out. */
export function attributeTree(dataClass: DataClassDef, filter: AttributeFilter | undefined): AttributeTree {
  const paths = (typeof filter === 'string' ? filter.split(',') : [...(filter ?? [])]).map((path) => path.trim());
  const tree = newTree();
  const named = paths.filter((path) => path !== '');
  if (named.length === 0) tree.all = true;
  for (const path of named) addPath(tree, dataClass, path.split('.'));
  return tree;
}

function addPath(tree: AttributeTree, dataClass: DataClassDef, [name = '', ...rest]: readonly string[]): void {
  if (name === '*') {
    tree.all = true;
    return;
  }
  const attribute = dataClass.attributes.get(name);
  if (!attribute) return;
  let child = tree.children.get(name);
  if (!child) tree.children.set(name, (child = newTree()));
  const target = relatedClass(attribute);
  if (target && rest.length > 0) addPath(child, target, rest);
}

/** The entities as plain objects, in their order. */
export async function objectsOf(
  states: readonly EntityState[],
  tree: AttributeTree,
  { withPrimaryKey = false, withStamp = false }: ObjectOptions = {},
): Promise<Record<string, unknown>[]> {
  const [first] = states;
  if (!first) return [];
  const objects = states.map(({ key, stored }): Record<string, unknown> => ({
    ...(withPrimaryKey && { __KEY: key ? printKey(key) : null }),
    ...(withStamp && { __STAMP: stored?.stamp ?? 0 }),
  }));
  for (const attribute of first.def.attributes.values()) {
    // What may not be read is left out.
    if (refusalOf(attribute)) continue;
    const values = await formsOf(states, attribute, tree.children.get(attribute.name), tree.all);
    if (values) for (const [i, object] of objects.entries()) object[attribute.name] = values[i];
  }
  return objects;
}

/** What each entity shows of an attribute, `undefined` when it is not shown. */
async function formsOf(
  states: readonly EntityState[],
  attribute: AttributeDef,
  asked: AttributeTree | undefined,
  all: boolean,
): Promise<readonly unknown[] | undefined> {
  if (isToMany(attribute)) return asked && isOpen(asked) ? relatedObjects(states, attribute, asked) : undefined;
  if (!asked && !all) return undefined;
  switch (attribute.kind) {
    case 'storage':
      return !asked && attribute.hidden ? undefined : states.map((state) => plainValue(state, attribute));
    case 'relatedEntity':
      return asked && isOpen(asked)
        ? relatedObjects(states, attribute, asked)
        : states.map((state) => keyObject(state, attribute));
    case 'calculated':
      return calculatedForms(states, attribute, asked);
    case 'alias': {
      const ends = await endsOf(states, stepsTo(attribute));
      const found = ends.filter((state) => state !== null);
      const values = await formsOf(found, attribute.end, asked, all);
      let at = 0;
      return ends.map((state) => (state === null ? null : values?.[at++]));
    }
    default:
      return attribute satisfies never;
  }
}

/** Entities by their key, selections only where attributes of theirs are asked for. */
async function calculatedForms(
  states: readonly EntityState[],
  attribute: CalculatedDef,
  asked: AttributeTree | undefined,
): Promise<readonly unknown[] | undefined> {
  const { kind } = attribute.result;
  const open = asked && isOpen(asked);
  if (kind === 'selection' && !open) return undefined;
  const values = await Promise.all(states.map((state) => heldBy(state, attribute)));
  return Promise.all(
    values.map(async (value) => {
      const selection = selectionStateOf(value);
      if (selection) return open ? objectsOf(await selection.states(), asked) : null;
      const entity = stateOf(value);
      if (!entity) return plainOf(value);
      return open ? (await objectsOf([entity], asked))[0] : { __KEY: keyForCode(entity) };
    }),
  );
}

function keyForCode({ key, def }: EntityState): unknown {
  const parts = key?.map((part, i) => valueForCode(def.key[i] as StorageDef, part)) ?? [];
  return parts.length > 1 ? parts : (parts[0] ?? null);
}

const isOpen = (tree: AttributeTree): boolean => tree.all || tree.children.size > 0;

/** The entity at the end of N→1 steps from each, found with one statement a step. */
export async function endsOf(
  states: readonly EntityState[],
  steps: readonly RelatedEntityDef[],
): Promise<readonly (EntityState | null)[]> {
  let ends: readonly (EntityState | null)[] = states;
  for (const step of steps) {
    const next = await relatedEntities(
      ends.filter((state) => state !== null),
      step,
    );
    let at = 0;
    ends = ends.map((state) => (state === null ? null : (next[at++] ?? null)));
  }
  return ends;
}

/** A value as JSON has it. */
function plainValue(state: EntityState, attribute: StorageDef): unknown {
  const value = heldBy(state, attribute);
  if (isMedia(attribute))
    return value === null ? null : attribute.type === 'image' ? '[object Picture]' : '[object Blob]';
  return plainOf(value);
}

function plainOf(value: unknown): unknown {
  if (value instanceof MediaBytes) return value instanceof Picture ? '[object Picture]' : '[object Blob]';
  return value instanceof Date ? value.toISOString() : value;
}

function keyObject(state: EntityState, relation: RelatedEntityDef): unknown {
  const key = state.value(relation.foreignKey);
  return key === null ? null : { __KEY: valueForCode(relation.foreignKey, key) };
}

async function relatedObjects(
  states: readonly EntityState[],
  relation: RelatedEntityDef | ToManyDef,
  tree: AttributeTree,
): Promise<readonly unknown[]> {
  if (relation.kind !== 'relatedEntity') {
    const lists = await relatedLists(states, relation);
    const flat = await objectsOf(lists.flat(), tree);
    let at = 0;
    return lists.map((list) => flat.slice(at, (at += list.length)));
  }
  const entities = await relatedEntities(states, relation);
  const found = entities.filter((entity) => entity !== null);
  const objects = new Map((await objectsOf(found, tree)).map((object, i) => [found[i] as EntityState, object]));
  return entities.map((entity) => entity && (objects.get(entity) ?? null));
}

/** The related entity of each, found with one statement. */
export async function relatedEntities(
  states: readonly EntityState[],
  relation: RelatedEntityDef,
): Promise<readonly (EntityState | null)[]> {
  const [first] = states;
  if (!first) return [];
  const wanted = new Map<Value, EntityState | null>();
  for (const state of states) {
    const key = state.value(relation.foreignKey);
    if (key !== null && !state.related.get(relation)) wanted.set(key, null);
  }
  const target = first.of.store.dataClassOf(relation.target);
  const keys = [...wanted.keys()];
  const found = await target.findAll(keys.map((key) => [key]));
  for (const [i, key] of keys.entries()) wanted.set(key, found[i] ?? null);
  return states.map((state) => {
    const key = state.value(relation.foreignKey);
    return state.related.get(relation) ?? (key === null ? null : (wanted.get(key) ?? null));
  });
}

/** The related entities of each, found with one statement a step; by an alias each of them once. */
export async function relatedLists(
  states: readonly EntityState[],
  attribute: ToManyDef,
): Promise<readonly (readonly EntityState[])[]> {
  if (attribute.kind === 'relatedEntities') return pointingLists(states, attribute);
  let lists: readonly (readonly EntityState[])[] = states.map((state) => [state]);
  for (const step of attribute.steps) {
    const next = await stepFrom(lists.flat(), step);
    let at = 0;
    lists = lists.map((list) => once(next.slice(at, (at += list.length)).flat()));
  }
  return lists;
}

const stepFrom = async (
  states: readonly EntityState[],
  step: RelationDef,
): Promise<readonly (readonly EntityState[])[]> =>
  step.kind === 'relatedEntities'
    ? pointingLists(states, step)
    : (await relatedEntities(states, step)).map((state) => (state ? [state] : []));

const once = (states: readonly EntityState[]): readonly EntityState[] => [
  ...new Map(states.map((state) => [printKey(state.key ?? []), state])).values(),
];

/** The entities that point to each, in key order. */
async function pointingLists(
  states: readonly EntityState[],
  relation: RelatedEntitiesDef,
): Promise<readonly (readonly EntityState[])[]> {
  const [first] = states;
  const keys = states.map(({ key }) => key?.[0] ?? null);
  const values = keys.filter((key) => key !== null);
  if (!first || values.length === 0) return states.map(() => []);
  const { foreignKey } = relation.inverse;
  const test = { kind: 'identity', values: [...new Set(values)], negated: false } as const;
  const related = first.of.store.dataClassOf(relation.target).select({ kind: 'test', attribute: foreignKey, test });
  const byKey = Map.groupBy(await related.states(), (state) => state.value(foreignKey));
  return keys.map((key) => (key === null ? [] : (byKey.get(key) ?? [])));
}
