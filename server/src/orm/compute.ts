// Sums, averages and distinct values of selections (spec 16 § 4): by the database where the path stays in the class,
// here where it goes through relations or an entity counts twice.
import { fail } from '../errors.ts';
import { acceptValue } from '../model/accept-value.ts';
import { attributeTypes } from '../model/attribute-types.ts';
import { isMedia, shownStorage, stepsTo, type Json } from '../model/model.ts';
import { aggregates, type AggregateName, type ValuePlace } from '../query/aggregate.ts';
import type { Selection } from '../query/selection.ts';
import { computeStatement, distinctStatement } from '../store/sql/aggregate.ts';
import { fold } from '../store/sql/fold.ts';
import { currentCall } from './current-call.ts';
import { valueForCode } from './read-attribute.ts';
import { readCount, readRow } from './read.ts';
import { seen, valuesAt } from './path-values.ts';
import { inOrder } from './sort-key.ts';
import type { SelectionState } from './selection-state.ts';

export type Aggregate = 'sum' | 'average' | 'min' | 'max';

/** The place that a path names, `undefined` when it goes through a relation and not by an alias. */
function placeOf(selection: SelectionState, path: string): ValuePlace | undefined {
  const { def } = selection.of;
  const [name = '', ...objectPath] = path.split('.');
  const asked = seen(def, name);
  const attribute = shownStorage(asked);
  if (!attribute || selection.mayRepeat) return undefined;
  if (objectPath.length > 0 && attribute.type !== 'object') throw fail(1500, path, def.name);
  return { name: path, steps: stepsTo(asked), attribute, objectPath };
}

const selected = async (selection: SelectionState): Promise<Selection> => ({
  dataClass: selection.of.def,
  predicate: await selection.predicate(),
  order: [],
});

/**
 * One aggregate of the values at a path, nulls left out; those of no value are null, their sum 0.
 * @throws KeystampError 1500 for a path that does not exist, 1574 for values that cannot be computed with
 */
export async function aggregate(selection: SelectionState, name: Aggregate, path: string): Promise<unknown> {
  const place = placeOf(selection, path);
  if (!place) return aggregateValues(await presentValues(selection, path), name, path);
  const { attribute, objectPath } = place;
  const { families } = aggregates[name];
  if (objectPath.length === 0 && !families.some((family) => family === attributeTypes[attribute.type].family))
    throw fail(1574, path);
  const value = await computed(selection, place, name);
  return name === 'min' || name === 'max' ? valueOf(place, value) : value;
}

/** How many values at the path are not null; without a path, how many entities. */
export async function count(selection: SelectionState, path: string | undefined): Promise<number> {
  if (path === undefined)
    return selection.description ? readCount(currentCall(), selection.description) : selection.count();
  const place = placeOf(selection, path);
  if (!place || place.objectPath.length > 0) return (await presentValues(selection, path)).length;
  return Number(await computed(selection, place, 'count'));
}

/** One aggregate at a place, by the database. */
async function computed(selection: SelectionState, place: ValuePlace, name: AggregateName): Promise<Json> {
  const call = currentCall();
  const { dialect } = call.services.engine;
  const statement = computeStatement(await selected(selection), [{ place, names: [name] }], true, dialect);
  const row = await readRow(call, selection.of.def, statement);
  return JSON.parse(String(row?.['json'])) as Json;
}

export interface DistinctOptions {
  /** Each value with how often it is there. */
  readonly count?: boolean;
  /** Texts that differ by case or accents are different. */
  readonly diacritical?: boolean;
}

/** The different values, sorted, without null. */
export async function distinct(
  selection: SelectionState,
  path: string,
  { count: counted = false, diacritical = false }: DistinctOptions,
): Promise<unknown[]> {
  const place = placeOf(selection, path);
  if (place && (isMedia(place.attribute) || (place.attribute.type === 'object' && place.objectPath.length === 0)))
    throw fail(1574, path);
  if (!place || counted || diacritical) {
    const groups = Map.groupBy((await presentValues(selection, path)).flat(), (value) => identity(value, diacritical));
    return inOrder([...groups.values()], ([value]) => value).map((values) =>
      counted ? { value: values[0], count: values.length } : values[0],
    );
  }
  const { dialect } = currentCall().services.engine;
  const row = await readRow(
    currentCall(),
    selection.of.def,
    distinctStatement(await selected(selection), place, 0, Number.MAX_SAFE_INTEGER, dialect),
  );
  const bytes = row?.['entities'] as Uint8Array | null | undefined;
  const values = JSON.parse(`[${bytes ? Buffer.from(bytes).toString('utf8') : ''}]`) as Json[];
  return values.map((value) => valueOf(place, value));
}

/** The paths inside an object attribute that some entity has, sorted: `size`, `skills`, `skills[].name`, `skills.length`. */
export async function distinctPaths(selection: SelectionState, name: string): Promise<string[]> {
  const place = placeOf(selection, name);
  if (place?.attribute.type !== 'object') throw fail(1574, name);
  const paths = new Set<string>();
  for (const value of await presentValues(selection, name)) addPaths(paths, value, '');
  return [...paths].toSorted();
}

function addPaths(paths: Set<string>, value: unknown, at: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    paths.add(`${at}.length`);
    for (const item of value) addPaths(paths, item, `${at}[]`);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const path = at === '' ? name : `${at}.${name}`;
    paths.add(path);
    addPaths(paths, member, path);
  }
}

/** A printed value as code has it. */
const valueOf = ({ attribute, objectPath }: ValuePlace, value: Json): unknown =>
  objectPath.length > 0 || value === null ? value : valueForCode(attribute, acceptValue(attribute, value));

async function presentValues(selection: SelectionState, path: string): Promise<unknown[]> {
  const found = await valuesAt(await selection.states(), path.split('.'));
  return found.flat().filter((value) => value !== null && value !== undefined);
}

function aggregateValues(values: readonly unknown[], name: Aggregate, path: string): unknown {
  if (name === 'min' || name === 'max') {
    const sorted = inOrder(values, (value) => value);
    return (name === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
  }
  const numbers = values.map((value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw fail(1574, path);
    return Number(value);
  });
  const sum = numbers.reduce((total, value) => total + value, 0);
  if (name === 'sum') return sum;
  return numbers.length === 0 ? null : sum / numbers.length;
}

function identity(value: unknown, diacritical: boolean): unknown {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'string') return diacritical ? value : fold(value);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
