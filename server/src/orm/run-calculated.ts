// Runs the code of a calculated attribute: with the privileges that the roles file lends to it, and free to read the entity
// that it is for, since whoever may see the result needs no permission on what it is made of (spec 14 §§ 4.4, 6).
import type { CalculatedDef } from '../model/model.ts';
import { attributeResource } from '../session/sight.ts';
import { callIfAny } from './current-call.ts';

/** @param entity the state of the entity that the code is for; none for queries and orders */
export function runCalculated<T>(attribute: CalculatedDef, entity: object | undefined, run: () => T): T {
  const call = callIfAny();
  if (!call || call.access.isOpen) return run();
  return call.calculating(entity, call.services.roles.promotionsOf(attribute, attributeResource), run);
}
