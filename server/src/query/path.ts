// Finds the attributes that the steps of a path name, for filters and orders alike.
import { fail } from '../errors.ts';
import type { AttributeDef, DataClassDef } from '../model/model.ts';
import { publicAttribute } from '../model/model.ts';

/**
 * The attribute of that name.
 * @param status of the error: 400 in a filter, 404 in an order
 * @throws KeystampError 1500 when clients may not see it or it does not exist
 */
export function findAttribute(dataClass: DataClassDef, name: string, status: 400 | 404): AttributeDef {
  const attribute = publicAttribute(dataClass, name);
  if (!attribute) throw fail(1500, name.slice(0, 100), dataClass.name).as(status);
  return attribute;
}
