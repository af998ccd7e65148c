// Entities of one class as code holds them (spec 16 §§ 3 to 7): the members of every selection. Functions are added per
// dataclass.
import { fail } from '../errors.ts';
import { all } from '../query/predicate.ts';
import type { AttributeFilter, AttributeObject, OrderItem } from './api.ts';
import { pathOf } from './attribute-object.ts';
import { aggregate, count, distinct, distinctPaths, type DistinctOptions } from './compute.ts';
import type { DataClassObject } from './data-class.ts';
import { type EntityHandle, type EntityState, stateOf } from './entity-state.ts';
import { membersOfKeys, type Members } from './members.ts';
import { attributeTree, objectsOf, type ObjectOptions } from './object-form.ts';
import { valuesAt } from './path-values.ts';
import { QueryExplanation } from './query-explanation.ts';
import { orderOf, queryOf } from './query.ts';
import { relatedSelection } from './related-selection.ts';
import { dropState } from './save-state.ts';
import { selectionStateOf, type SelectionHandle, type SelectionState } from './selection-state.ts';
import { inOrder } from './sort-key.ts';

type Path = string | AttributeObject;

const own = (selection: SelectionObject): SelectionState => selectionStateOf(selection) as SelectionState;

/** Entities made into objects at one time. */
const batch = 500;

export class SelectionObject {
  async first(): Promise<EntityHandle | null> {
    return (await own(this).member(0))?.handle ?? null;
  }

  async last(): Promise<EntityHandle | null> {
    return (await own(this).member(-1))?.handle ?? null;
  }

  length(): Promise<number> {
    return own(this).count();
  }

  async at(position: number): Promise<EntityHandle | undefined> {
    return (await own(this).member(position))?.handle;
  }

  query(text: string, ...values: readonly unknown[]): SelectionHandle {
    const state = own(this);
    const { def } = state.of;
    const query = queryOf(def, text, values);
    const found = state.narrowed(query.predicate, query.order);
    found.explanation = QueryExplanation.of(query, def);
    return found.handle;
  }

  /** The steps of the query it is the answer to, when its settings asked for them. */
  get queryPlan(): string | undefined {
    return own(this).explanation?.plan;
  }

  /** The same with what each step finds. */
  get queryPath(): Promise<string | undefined> {
    return own(this).explanation?.path() ?? Promise.resolve(undefined);
  }

  orderBy(order: string | readonly OrderItem[]): SelectionHandle {
    const state = own(this);
    return state.narrowed(all, orderOf(state.of.def, order)).handle;
  }

  /** In the order of what `formula` gives for each entity. */
  async orderByFormula(
    formula: (entity: EntityHandle) => unknown,
    order: 'asc' | 'desc' = 'asc',
  ): Promise<SelectionHandle> {
    const state = own(this);
    const ranked: { readonly position: number; readonly value: unknown }[] = [];
    for await (const { handle, position } of state.each()) ranked.push({ position, value: await formula(handle) });
    const sorted = inOrder(ranked, ({ value }) => value, order === 'desc');
    return state.picked(sorted.map(({ position }) => position)).handle;
  }

  async toCollection(
    filter?: AttributeFilter,
    options: ObjectOptions & { readonly begin?: number; readonly howMany?: number } = {},
  ): Promise<Record<string, unknown>[]> {
    const state = own(this);
    const tree = attributeTree(state.of.def, filter);
    const begin = Math.max(0, options.begin ?? 0);
    const end = Math.min(await state.count(), begin + (options.howMany ?? Infinity));
    const objects: Record<string, unknown>[] = [];
    for (let at = begin; at < end; at += batch)
      objects.push(...(await objectsOf(await state.states(at, Math.min(at + batch, end)), tree, options)));
    return objects;
  }

  async toArray(): Promise<EntityHandle[]> {
    return (await own(this).states()).map(({ handle }) => handle);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EntityHandle> {
    for await (const { handle } of own(this).each()) yield handle;
  }

  add(what: unknown): this {
    const state = own(this);
    state.add(membersOf(what, state));
    return this;
  }

  and(other: unknown): SelectionHandle {
    return own(this).and(selectionOf(other, own(this))).handle;
  }

  or(other: unknown): SelectionHandle {
    return own(this).or(selectionOf(other, own(this))).handle;
  }

  minus(other: unknown, options: { readonly keepOrder?: boolean } = {}): SelectionHandle {
    return own(this).minus(selectionOf(other, own(this)), options.keepOrder ?? false).handle;
  }

  async contains(entity: unknown): Promise<boolean> {
    const state = stateOf(entity);
    const { key } = state ?? {};
    return key !== undefined && state?.def === own(this).of.def && (await own(this).positionOf(key)) >= 0;
  }

  slice(start: number, end?: number): SelectionHandle {
    return own(this).sliced(start, end).handle;
  }

  selected(...positions: readonly number[]): SelectionHandle {
    return own(this).picked(positions).handle;
  }

  /** The values at a path; or objects of the values at several, `extract(path, name, path2, name2, …)`. */
  async extract(path: Path, ...more: readonly unknown[]): Promise<unknown[]> {
    const states = await own(this).states();
    if (typeof more[0] === 'string') return extractObjects(states, [pathOf(path), ...(more as string[])]);
    const { keepNull = false } = (more[0] ?? {}) as { readonly keepNull?: boolean };
    const values = await valuesAt(states, pathOf(path).split('.'));
    return keepNull ? [...values] : values.filter((value) => value !== null && value !== undefined);
  }

  related(relation: Path): SelectionHandle {
    return relatedSelection(own(this), pathOf(relation)).handle;
  }

  distinct(path: Path, options: DistinctOptions = {}): Promise<unknown[]> {
    return distinct(own(this), pathOf(path), options);
  }

  distinctPaths(attribute: Path): Promise<string[]> {
    return distinctPaths(own(this), pathOf(attribute));
  }

  sum(path: Path): Promise<unknown> {
    return aggregate(own(this), 'sum', pathOf(path));
  }

  average(path: Path): Promise<unknown> {
    return aggregate(own(this), 'average', pathOf(path));
  }

  min(path: Path): Promise<unknown> {
    return aggregate(own(this), 'min', pathOf(path));
  }

  max(path: Path): Promise<unknown> {
    return aggregate(own(this), 'max', pathOf(path));
  }

  count(path?: Path): Promise<number> {
    return count(own(this), path === undefined ? undefined : pathOf(path));
  }

  async drop(options: { readonly stopDroppingOnFirstError?: boolean } = {}): Promise<SelectionHandle> {
    const state = own(this);
    const left: EntityState[] = [];
    let stopped = false;
    for (const entity of await state.states()) {
      if (!stopped && (await dropState(entity, false, false)).success) continue;
      left.push(entity);
      stopped ||= options.stopDroppingOnFirstError ?? false;
    }
    return state.picked(left.map(({ position }) => position)).handle;
  }

  copy(): SelectionHandle {
    return own(this).copied().handle;
  }

  clean(): SelectionHandle {
    return own(this).cleaned().handle;
  }

  refresh(): Promise<void> {
    return own(this).refresh();
  }

  isOrdered(): boolean {
    return own(this).ordered;
  }

  isAlterable(): boolean {
    return own(this).alterable;
  }

  getDataClass(): DataClassObject {
    return own(this).of.object;
  }
}

/** @param given path, name, path, name, … */
async function extractObjects(states: readonly EntityState[], given: readonly string[]): Promise<unknown[]> {
  const objects = states.map((): Record<string, unknown> => ({}));
  for (let i = 0; i + 1 < given.length; i += 2) {
    const values = await valuesAt(states, (given[i] as string).split('.'));
    for (const [at, object] of objects.entries()) object[given[i + 1] as string] = values[at];
  }
  return objects;
}

/**
 * The members of an entity or a selection of the same class.
 * @throws KeystampError 1587 for another class, 1542 for an entity that is not saved
 */
function membersOf(given: unknown, { of }: SelectionState): () => Promise<Members> {
  const selection = selectionStateOf(given);
  const entity = stateOf(given);
  if ((selection?.of.def ?? entity?.def) !== of.def) throw fail(1587);
  if (selection) return () => selection.members();
  const key = entity?.stored?.key;
  if (!key) throw fail(1542, '', of.def.name);
  return () => Promise.resolve(membersOfKeys(of.def, [key]));
}

/** An entity or a selection of the same class, as a selection. */
function selectionOf(given: unknown, state: SelectionState): SelectionState {
  const make = membersOf(given, state);
  return selectionStateOf(given) ?? state.of.selection({ kind: 'made', make });
}
