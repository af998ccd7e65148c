// May these attributes be given these values? Checked where entities are written, since the answer depends on what is stored
// (spec 14 § 5).
import type { AttributeDef, StorageDef, Value } from '../model/model.ts';
import type { Access } from '../session/access.ts';
import { attributeRefusal, dataClassRefusal, type DataAction } from '../session/refusal.ts';
import { attributeResource, dataClassResource, isKey } from '../session/sight.ts';
import type { Change } from '../store/change.ts';

/**
 * A change of a stored entity.
 * @param isChanged whether an attribute gets another value than the stored one
 * @throws KeystampError 1558, 1608
 */
export function permitUpdate(access: Access, change: Change, isChanged: (attribute: StorageDef) => boolean): void {
  if (access.isOpen) return;
  const { dataClass } = change;
  if (!access.may('update', dataClassResource(dataClass))) throw dataClassRefusal('update', dataClass.name);
  permitAssigned(access, 'update', change);
  for (const [attribute, isCleared] of given(change)) {
    const action = isCleared ? 'drop' : 'update';
    for (const view of viewsOf(attribute)) {
      // What may not be read is refused even when it stays: success would tell what is stored.
      const isSeen = isKey(view) || access.may('read', attributeResource(view));
      if (isSeen && !isChanged(attribute)) continue;
      if (!isSeen || !access.may(action, attributeResource(view))) throw refusal(action, view);
    }
  }
}

/**
 * A new entity: what differs from its default must be allowed.
 * @throws KeystampError 1559, 1608
 */
export function permitCreate(access: Access, change: Change): void {
  if (access.isOpen) return;
  const { dataClass, values } = change;
  if (!access.may('create', dataClassResource(dataClass))) throw dataClassRefusal('create', dataClass.name);
  permitAssigned(access, 'create', change);
  for (const [attribute, isCleared] of given(change)) {
    const { defaultValue = null } = attribute;
    const isDefault = values.has(attribute) ? values.get(attribute) === defaultValue : isCleared;
    if (isDefault) continue;
    for (const view of viewsOf(attribute))
      if (!access.may('create', attributeResource(view))) throw refusal('create', view);
  }
}

/** @throws KeystampError 1560 */
export function permitDrop(access: Access, dataClass: Change['dataClass']): void {
  if (!access.may('drop', dataClassResource(dataClass))) throw dataClassRefusal('drop', dataClass.name);
}

const refusal = (action: DataAction, { owner, name }: AttributeDef): Error =>
  attributeRefusal(action, owner.name, name);

/** Calculated attributes that code has assigned. @throws KeystampError 1608 */
function permitAssigned(access: Access, action: 'update' | 'create', { setters }: Change): void {
  for (const attribute of setters?.assigned ?? [])
    if (!access.may(action, attributeResource(attribute))) throw refusal(action, attribute);
}

/** The attributes that get a value but for those that setters wrote, and whether it is null. */
function given({ values, media, setters }: Change): readonly (readonly [StorageDef, boolean])[] {
  const all = [
    ...[...values].map(([attribute, value]: [StorageDef, Value]) => [attribute, value === null] as const),
    ...[...media].map(([attribute, to]) => [attribute, to.kind === 'clear'] as const),
  ];
  return setters ? all.filter(([attribute]) => !setters.written.has(attribute)) : all;
}

/** A foreign key and its relation are two views of one value (spec 15 § 6.7): a change needs the permission of both. */
function viewsOf(attribute: StorageDef): readonly AttributeDef[] {
  const relations = attribute.owner.attributes
    .values()
    .filter((other) => other.kind === 'relatedEntity' && other.foreignKey === attribute);
  return [attribute, ...relations];
}
