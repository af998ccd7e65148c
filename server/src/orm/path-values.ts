// The values at a path for many entities at once: `extract`, and computations that the database cannot do.
import type { AttributeDef, DataClassDef } from '../model/model.ts';
import { findAttribute } from '../query/path.ts';
import { currentCall } from './call-context.ts';
import type { EntityState } from './entity-state.ts';
import { readAttribute } from './entity-state.ts';
import { relatedEntities, relatedLists } from './object-form.ts';

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
  const attribute = seen(first.def, name);
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
