// Finds the attributes that the steps of a path name, for filters and orders alike.
import { fail } from '../errors.ts';
import type { AttributeDef, DataClassDef } from '../model/model.ts';
import type { Sight } from './sight.ts';

/**
 * The attribute of that name.
 * @param status of the error: 400 in a filter, 404 in an order
 * @throws KeystampError 1500 when it does not exist for the asker, 1557 and 1607 when its values are not for the asker
 */
export function findAttribute(dataClass: DataClassDef, name: string, status: 400 | 404, sight: Sight): AttributeDef {
  const attribute = sight.attribute(dataClass, name);
  if (!attribute) throw fail(1500, name.slice(0, 100), dataClass.name).as(status);
  const refusal = sight.refusal(attribute, true);
  if (refusal) throw refusal;
  return attribute;
}
