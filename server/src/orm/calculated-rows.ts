// Values of many entities, calculated ones among them: read a batch at a time, within a limit (spec 15 §§ 7.4, 7.5).
import { fail } from '../errors.ts';
import type { CalculatedDef, DataClassDef, Json, Value } from '../model/model.ts';
import type { ValuePlace } from '../query/aggregate.ts';
import type { Key } from '../query/selection.ts';
import { calculatedValue } from './calculated-value.ts';
import { currentCall } from './current-call.ts';
import type { EntityState } from './entity-state.ts';
import { memberCount, membersBetween, type Members } from './members.ts';
import { memberOf } from './path-values.ts';
import { endsOf } from './related-states.ts';
import { runtimeOf } from './store-runtime.ts';

/** Where a value is, whatever it was asked by. */
type Place = Omit<ValuePlace, 'name'>;

/** What was found of one entity. */
export interface CalculatedRow {
  readonly key: Key;
  /** Of the places, in their order: canonical, or a member of an object. */
  readonly values: readonly (Value | Json)[];
}

/** Entities whose values are calculated at one time. */
const batch = 500;

/**
 * The values of all members that are still there, in their order. Runs in a call.
 * @throws KeystampError 1162 when they are more than `maxCalculatedEntities`; 500: 1562, 1585
 */
export async function* calculatedRows(
  dataClass: DataClassDef,
  members: Members,
  places: readonly Place[],
): AsyncGenerator<CalculatedRow> {
  const { services, model } = currentCall();
  const count = memberCount(members);
  const most = services.config.maxCalculatedEntities;
  const name = places.find(({ calculated }) => calculated)?.calculated?.name;
  if (count > most) throw fail(1162, `${name} would be worked out for ${count} entities, more than ${most}`);
  const runtime = runtimeOf(model).dataClassOf(dataClass);
  for (let at = 0; at < count; at += batch) {
    const found = await runtime.findAll(membersBetween(dataClass, members, at, Math.min(at + batch, count)));
    const states = found.filter((state) => state !== undefined);
    const columns = await Promise.all(places.map((place) => valuesAt(states, place)));
    for (const [i, state] of states.entries())
      yield { key: state.key as Key, values: columns.map((values) => values[i] as Value | Json) };
  }
}

async function valuesAt(states: readonly EntityState[], place: Place): Promise<readonly (Value | Json)[]> {
  const ends = place.steps.length === 0 ? states : await endsOf(states, place.steps);
  return Promise.all(ends.map((end) => end && valueOf(end, place)));
}

async function valueOf(state: EntityState, { attribute, objectPath, calculated }: Place): Promise<Value | Json> {
  const value = calculated ? await calculatedIn(state, calculated) : state.value(attribute);
  if (objectPath.length === 0 || value === null) return value;
  return objectPath.reduce(memberOf, JSON.parse(value as string)) as Json;
}

async function calculatedIn(state: EntityState, attribute: CalculatedDef): Promise<Value> {
  const value = await calculatedValue(state, attribute);
  return value.kind === 'value' ? value.value : null;
}
