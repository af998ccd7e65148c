// The values at a path for many entities at once: `extract`, and computations that the database cannot do.
import type { AttributeDef, CalculatedDef, DataClassDef, ToManyDef } from '../model/model.ts';
import { findAttribute } from '../query/path.ts';
import { currentCall } from './current-call.ts';
import { type EntityState, stateOf } from './entity-state.ts';
import { heldBy } from './read-attribute.ts';
import { cutLike, endsOf, forPresent, relatedEntities, relatedLists } from './related-states.ts';
import { selectionStateOf } from './selection-state.ts';

/**
 * The attribute of that name, when the running code may read it.
 * @throws KeystampError 1500 when it does not exist, 1557 and 1607 when it may not be read
 */
export const seen = (def: DataClassDef, name: string): AttributeDef =>
  findAttribute(def, name, 400, currentCall().sight);

/**
 * The value of each entity at a path. A path that ends in a relation gives an entity or a selection; one that goes
 * through a to-many relation gives an array.
 * @throws KeystampError 1500 for a name that does not exist
 */
export async function valuesAt(states: readonly EntityState[], path: readonly string[]): Promise<readonly unknown[]> {
  const [first] = states;
  const [name = '', ...rest] = path;
  if (!first) return [];
  return valuesOf(states, seen(first.def, name), rest);
}

async function valuesOf(
  states: readonly EntityState[],
  attribute: AttributeDef,
  rest: readonly string[],
): Promise<readonly unknown[]> {
  switch (attribute.kind) {
    case 'storage':
      return states.map((state) => rest.reduce(memberOf, heldBy(state, attribute)));
    case 'relatedEntity': {
      const related = await relatedEntities(states, attribute);
      return rest.length === 0
        ? related.map((state) => state && state.handle)
        : forPresent(related, (found) => valuesAt(found, rest));
    }
    case 'relatedEntities':
      return valuesOfMany(states, attribute, rest);
    case 'calculated':
      return calculatedValues(states, attribute, rest);
    case 'alias':
      if (attribute.many) return valuesOfMany(states, attribute, rest);
      return forPresent(await endsOf(states, attribute.steps), (ends) => valuesOf(ends, attribute.end, rest));
    default:
      return attribute satisfies never;
  }
}

async function calculatedValues(
  states: readonly EntityState[],
  attribute: CalculatedDef,
  path: readonly string[],
): Promise<readonly unknown[]> {
  const values = await Promise.all(states.map((state) => heldBy(state, attribute)));
  if (path.length === 0) return values;
  return Promise.all(
    values.map(async (value) => {
      const selection = selectionStateOf(value);
      if (selection) return (await valuesAt(await selection.states(), path)).flat();
      const entity = stateOf(value);
      return entity ? (await valuesAt([entity], path))[0] : path.reduce(memberOf, value);
    }),
  );
}

async function valuesOfMany(
  states: readonly EntityState[],
  attribute: ToManyDef,
  path: readonly string[],
): Promise<readonly unknown[]> {
  if (path.length === 0) return states.map((state) => heldBy(state, attribute));
  const lists = await relatedLists(states, attribute);
  return cutLike(lists, await valuesAt(lists.flat(), path)).map((values) => values.flat());
}

/** A member of an object of its own; null where there is none. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : null;
