// Aggregates and distinct values of calculated attributes, as the database makes them of stored ones (store/sql/aggregate.ts).
import { printValue } from '../model/print-value.ts';
import type { Json, Value } from '../model/model.ts';
import type { AggregateName, ValuePlace } from '../query/aggregate.ts';
import type { Selection } from '../query/selection.ts';
import { currentCall } from './current-call.ts';
import { readMembers } from './read.ts';
import { compareKeys, sortKey, type SortKey } from './sort-key.ts';
import { calculatedRows } from './calculated-rows.ts';

interface Found {
  readonly value: Value | Json;
  readonly key: SortKey;
}

/** The values that are not null, in the order of the keys of their entities. */
async function valuesOf({ dataClass, predicate }: Selection, place: ValuePlace): Promise<readonly Found[]> {
  const members = await readMembers(currentCall(), { dataClass, predicate, order: [] });
  const found: Found[] = [];
  for await (const { values } of calculatedRows(dataClass, members, [place])) {
    const [value = null] = values;
    if (value !== null) found.push({ value, key: sortKey(place, value) });
  }
  return found;
}

/** Each value once, in order; texts that differ by case or accents alone are one, spelled as the first. */
function distinctOf(found: readonly Found[]): readonly Found[] {
  const sorted = found.toSorted((a, b) => compareKeys(a.key, b.key));
  return sorted.filter(({ key }, i) => i === 0 || compareKeys(key, (sorted[i - 1] as Found).key) !== 0);
}

/**
 * The distinct values at a place as JSON texts, sorted, nulls left out. Runs in a call.
 * @throws KeystampError those of `calculatedRows`
 */
export async function distinctInMemory(selection: Selection, place: ValuePlace): Promise<readonly string[]> {
  const found = await valuesOf(selection, place);
  const simple = place.objectPath.length === 0 ? found : found.filter(({ value }) => typeof value !== 'object');
  return distinctOf(simple).map(({ value }) => print(place, value));
}

/**
 * The JSON text of each aggregate over the values at a place. Inside objects numbers alone count. Runs in a call.
 * @throws KeystampError those of `calculatedRows`
 */
export async function aggregateInMemory(
  selection: Selection,
  place: ValuePlace,
  names: readonly AggregateName[],
): Promise<readonly string[]> {
  const all = await valuesOf(selection, place);
  const found = place.objectPath.length === 0 ? all : all.filter(({ value }) => typeof value === 'number');
  return names.map((name) => aggregate(name, found, place));
}

function aggregate(name: AggregateName, found: readonly Found[], place: ValuePlace): string {
  switch (name) {
    case 'count':
      return String(found.length);
    case 'countDistinct':
      return String(distinctOf(found).length);
    case 'sum':
      return JSON.stringify(sumOf(found));
    case 'sumDistinct':
      return JSON.stringify(sumOf(distinctOf(found)));
    case 'average':
      return averageOf(found);
    case 'averageDistinct':
      return averageOf(distinctOf(found));
    case 'min':
      return extreme(found, place, -1);
    case 'max':
      return extreme(found, place, 1);
    default:
      return name satisfies never;
  }
}

const sumOf = (found: readonly Found[]): number => found.reduce((sum, { value }) => sum + Number(value), 0);

const averageOf = (found: readonly Found[]): string =>
  found.length === 0 ? 'null' : JSON.stringify(sumOf(found) / found.length);

/** @param sign of what a better one compares to; the first in key order wins a tie */
function extreme(found: readonly Found[], place: ValuePlace, sign: 1 | -1): string {
  const [first, ...others] = found;
  if (!first) return 'null';
  const best = others.reduce((a, b) => (compareKeys(b.key, a.key) * sign > 0 ? b : a), first);
  return print(place, best.value);
}

const print = ({ attribute, objectPath }: ValuePlace, value: Value | Json): string =>
  objectPath.length > 0 ? JSON.stringify(value) : printValue(attribute, value as Value);
