// Finds the attributes that the steps of a path name, for filters and orders alike.
import { fail } from '../errors.ts';
import { publicAttribute, type AttributeDef, type DataClassDef } from '../model/model.ts';

/** Finds an attribute among those that who asks may use. */
export type Sees = (dataClass: DataClassDef, name: string) => AttributeDef | undefined;

/** Code on the server sees every attribute. */
export const seesAll: Sees = (dataClass, name) => dataClass.attributes.get(name);

/**
 * The attribute of that name.
 * @param status of the error: 400 in a filter, 404 in an order
 * @throws KeystampError 1500 when who asks may not see it or it does not exist
 */
export function findAttribute(
  dataClass: DataClassDef,
  name: string,
  status: 400 | 404,
  sees: Sees = publicAttribute,
): AttributeDef {
  const attribute = sees(dataClass, name);
  if (!attribute) throw fail(1500, name.slice(0, 100), dataClass.name).as(status);
  return attribute;
}
