// The values at a path for many entities at once: `extract`, and computations that the database cannot do.
import { fail } from '../errors.ts';
import type { EntityState } from './entity-state.ts';
import { readAttribute } from './entity-state.ts';
import { relatedEntities, relatedLists } from './object-form.ts';

/**
 * The value of each entity at a path. A path that ends in a relation gives an entity or a selection; one that goes
 * through a to-many relation gives an array.
 * @throws KeystampError 1500 for a name that does not exist
 */
export async function valuesAt(states: readonly EntityState[], path: readonly string[]): Promise<readonly unknown[]> {
  const [first] = states;
  const [name = '', ...rest] = path;
  if (!first) return [];
  const attribute = first.def.attributes.get(name);
  if (!attribute) throw fail(1500, name, first.def.name);
  switch (attribute.kind) {
    case 'storage':
      return states.map((state) => rest.reduce(memberOf, readAttribute(state, attribute)));
    case 'relatedEntity': {
      const related = await relatedEntities(states, attribute);
      if (rest.length === 0) return related.map((state) => state && state.handle);
      const found = related.filter((state) => state !== null);
      const values = await valuesAt(found, rest);
      let at = 0;
      return related.map((state) => (state === null ? null : values[at++]));
    }
    case 'relatedEntities': {
      if (rest.length === 0) return states.map((state) => readAttribute(state, attribute));
      const lists = await relatedLists(states, attribute);
      const values = await valuesAt(lists.flat(), rest);
      let at = 0;
      return lists.map((list) => values.slice(at, (at += list.length)).flat());
    }
    default:
      return attribute satisfies never;
  }
}

/** A member of an object; nothing where there is none. */
const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? ((value as Record<string, unknown>)[name] ?? null) : null;
