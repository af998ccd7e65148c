// Entities as plain objects: `toObject`, `toCollection` (spec 16 § 3).
import {
  isMedia,
  isToMany,
  relatedClass,
  stepsTo,
  type AttributeDef,
  type CalculatedDef,
  type DataClassDef,
  type RelatedEntityDef,
  type StorageDef,
  type ToManyDef,
} from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { AttributeFilter } from './api.ts';
import { type EntityState, stateOf } from './entity-state.ts';
import { heldBy, isOwn, keyForCode, refusalOf, valueForCode } from './read-attribute.ts';
import { MediaBytes, Picture } from './media-value.ts';
import { cutLike, endsOf, forPresent, relatedEntities, relatedLists } from './related-states.ts';
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
    // What may not be read is left out, but of the entity whose own code asks.
    if (refusalOf(attribute) && !states.every((state) => isOwn(state))) continue;
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
      return forPresent(ends, async (present) => (await formsOf(present, attribute.end, asked, all)) ?? []);
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

const isOpen = (tree: AttributeTree): boolean => tree.all || tree.children.size > 0;

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
    return cutLike(lists, await objectsOf(lists.flat(), tree));
  }
  return forPresent(await relatedEntities(states, relation), (present) => objectsOf(present, tree));
}
