// Entities at the other ends of relations, found for many entities at once: one statement a step, however many there are.
import type { RelatedEntitiesDef, RelatedEntityDef, RelationDef, ToManyDef, Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { EntityState } from './entity-state.ts';

/** What `work` gives for those that are there; null for the others. */
export async function forPresent<T>(
  states: readonly (EntityState | null)[],
  work: (present: readonly EntityState[]) => Promise<readonly T[]>,
): Promise<readonly (T | null)[]> {
  const found = (await work(states.filter((state) => state !== null))).values();
  return states.map((state) => (state === null ? null : (found.next().value as T)));
}

/** What was made of all members of the lists, one after the other, in lists as long as these. */
export function cutLike<T>(lists: readonly (readonly unknown[])[], flat: readonly T[]): readonly (readonly T[])[] {
  let at = 0;
  return lists.map(({ length }) => flat.slice(at, (at += length)));
}

/** The entity at the end of N→1 steps from each. */
export async function endsOf(
  states: readonly EntityState[],
  steps: readonly RelatedEntityDef[],
): Promise<readonly (EntityState | null)[]> {
  let ends: readonly (EntityState | null)[] = states;
  for (const step of steps) ends = await forPresent(ends, (present) => relatedEntities(present, step));
  return ends;
}

/** The related entity of each. */
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

/** The related entities of each; by an alias each of them once. */
export async function relatedLists(
  states: readonly EntityState[],
  attribute: ToManyDef,
): Promise<readonly (readonly EntityState[])[]> {
  if (attribute.kind === 'relatedEntities') return pointingLists(states, attribute);
  let lists: readonly (readonly EntityState[])[] = states.map((state) => [state]);
  for (const step of attribute.steps) {
    const next = await stepFrom(lists.flat(), step);
    lists = cutLike(lists, next).map((found) => once(found.flat()));
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
