// Entities as plain objects: `toObject`, `toCollection`, `extract` (spec 16 § 3). Relations are read for all entities of
// a list at once, one statement a level.
import type {
  DataClassDef,
  RelatedEntitiesDef,
  RelatedEntityDef,
  RelationDef,
  StorageDef,
  Value,
} from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import { isMedia } from '../store/sql/columns.ts';
import type { AttributeFilter } from './api.ts';
import { isHiddenKey, readAttribute, refusalOf, valueForCode, type EntityState } from './entity-state.ts';

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
  if (attribute.kind !== 'storage' && rest.length > 0) addPath(child, attribute.target, rest);
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
    const asked = tree.children.get(attribute.name);
    // What may not be read is left out.
    if (refusalOf(attribute)) continue;
    if (attribute.kind === 'storage') {
      if (!asked && (!tree.all || isHiddenKey(attribute))) continue;
      for (const [i, state] of states.entries()) objects[i]![attribute.name] = plainValue(state, attribute);
    } else if (asked && (asked.all || asked.children.size > 0)) {
      const related = await relatedObjects(states, attribute, asked);
      for (const [i, object] of objects.entries()) object[attribute.name] = related[i];
    } else if (attribute.kind === 'relatedEntity' && (asked || tree.all)) {
      for (const [i, state] of states.entries()) objects[i]![attribute.name] = keyObject(state, attribute);
    }
  }
  return objects;
}

/** A value as JSON has it. */
function plainValue(state: EntityState, attribute: StorageDef): unknown {
  const value = readAttribute(state, attribute);
  if (isMedia(attribute))
    return value === null ? null : attribute.type === 'image' ? '[object Picture]' : '[object Blob]';
  return value instanceof Date ? value.toISOString() : value;
}

function keyObject(state: EntityState, relation: RelatedEntityDef): unknown {
  const key = state.value(relation.foreignKey);
  return key === null ? null : { __KEY: valueForCode(relation.foreignKey, key) };
}

async function relatedObjects(
  states: readonly EntityState[],
  relation: RelationDef,
  tree: AttributeTree,
): Promise<readonly unknown[]> {
  if (relation.kind === 'relatedEntities') {
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

/** The related entities of each, in key order, found with one statement. */
export async function relatedLists(
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
