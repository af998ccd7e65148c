// What a client without permission is answered (spec 14 §§ 5.3, 5.4). Always 401, also for sessions that are logged in.
import { fail, type KeystampError } from '../errors.ts';
import type { Access, Resource } from './access.ts';

const ofDataClass = { read: 1557, update: 1558, create: 1559, drop: 1560 } as const;

export type DataAction = keyof typeof ofDataClass;

/** The error for an action on a dataclass that is not allowed. */
export const dataClassRefusal = (action: DataAction, name: string): KeystampError => fail(ofDataClass[action], name);

/** The error for an action on an attribute that is not allowed. */
export const attributeRefusal = (action: DataAction, dataClass: string, name: string): KeystampError =>
  action === 'read' ? fail(1607, name, dataClass) : fail(1608, name, dataClass, action);

/** @throws KeystampError 1557 to 1560 */
export function checkDataClass(access: Access, action: DataAction, name: string): void {
  if (!access.may(action, { kind: 'dataclass', name })) throw dataClassRefusal(action, name);
}

/** @throws KeystampError 1561 */
export function checkExecute(
  access: Access,
  resource: Resource & { readonly kind: 'method' | 'singletonMethod' },
): void {
  if (!access.may('execute', resource)) throw fail(1561, resource.name, resource.owner);
}
