// What the asker of a request may do and see, as planners ask for it (spec 14 § 5). Names come first, permissions second:
// what does not exist for the asker is unknown, what exists and may not be used is refused.
import { fail } from '../errors.ts';
import {
  publicAttribute,
  publicDataClass,
  relatedClass,
  type AttributeDef,
  type DataClassDef,
  type StorageDef,
} from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { Access } from '../session/access.ts';
import { attributeRefusal, checkDataClass, dataClassRefusal, type DataAction } from '../session/refusal.ts';
import { attributeResource, dataClassResource, functionResource, isKey } from '../session/sight.ts';
import type { DataRequest, PlanContext } from './context.ts';
import type { EntityBody } from './entity-body.ts';
import type { CatalogSight } from './catalog-plan.ts';

/** @throws KeystampError 1800 when it does not exist for the asker */
export function resolveClass({ model, access }: PlanContext, name: string): DataClassDef {
  const dataClass = publicDataClass(model, name);
  if (!dataClass || access.isSecret(dataClassResource(dataClass))) throw fail(1800, name);
  return dataClass;
}

/**
 * The dataclass of that name, when the actions on its entities are allowed.
 * @throws KeystampError 1800; 1557 to 1560 for the first action that is not
 */
export function permittedClass(context: PlanContext, name: string, ...actions: readonly DataAction[]): DataClassDef {
  const dataClass = resolveClass(context, name);
  for (const action of actions) checkDataClass(context.access, action, name);
  return dataClass;
}

/**
 * The dataclass, when clients may change its entities.
 * @throws KeystampError 1800; 1516 for `__DeletedRecords` (spec 17 § 8.4); 1557 to 1560
 */
export function resolveWritable(context: PlanContext, name: string, ...actions: readonly DataAction[]): DataClassDef {
  const dataClass = permittedClass(context, name, ...actions);
  if (dataClass.tracking === 'deletions') throw fail(1516, name, 'dataclass');
  return dataClass;
}

/** The dataclass of that name, when its entities may be read. */
export const readableClass = (context: PlanContext, name: string): DataClassDef =>
  permittedClass(context, name, 'read');

/**
 * The attribute of that name, `undefined` when there is none for the asker.
 * @param walks of a relation: more than a link to the related entities is asked for
 * @throws KeystampError 1557, 1607 when its values may not be read
 */
export function namedAttribute(
  dataClass: DataClassDef,
  name: string,
  { sight }: Pick<PlanContext, 'sight'>,
  walks = true,
): AttributeDef | undefined {
  const attribute = sight.attribute(dataClass, name);
  const refusal = attribute && sight.refusal(attribute, walks);
  if (refusal) throw refusal;
  return attribute;
}

/**
 * May bytes be put into the attribute of a stored entity, or removed?
 * @throws KeystampError 1558 for the class, 1608 for the attribute
 */
export function checkWrite(attribute: StorageDef, action: 'update' | 'drop', { access }: PlanContext): void {
  const { owner, name } = attribute;
  checkDataClass(access, 'update', owner.name);
  if (!access.may(action, attributeResource(attribute))) throw attributeRefusal(action, owner.name, name);
}

/** What of the model the asker may have described. */
export const catalogSight = ({ access, sight }: PlanContext): CatalogSight => ({
  showsClass: (dataClass) => access.may('describe', dataClassResource(dataClass)),
  showsAttribute: (attribute) =>
    publicAttribute(attribute.owner, attribute.name) !== undefined &&
    sight.attribute(attribute.owner, attribute.name) !== undefined &&
    (isKey(attribute) || access.may('describe', attributeResource(attribute))) &&
    describesTarget(attribute, access),
  may: (action, dataClass) => access.may(action, dataClassResource(dataClass)),
  showsFunction: (named) => named.exposed && access.may('describe', functionResource(named)),
});

/** A relation leads to a class that must be described too. */
function describesTarget(attribute: AttributeDef, access: Access): boolean {
  const target = relatedClass(attribute);
  return !target || access.may('describe', dataClassResource(target));
}

/**
 * May the asker put bytes anywhere? Uploads name no attribute yet.
 * @throws KeystampError 1558
 */
export function checkUpload({ model, access }: PlanContext): void {
  if (access.isOpen) return;
  const holders = model.dataClasses
    .values()
    .flatMap(({ storage }) => storage)
    .filter(({ type }) => type === 'image' || type === 'blob')
    .map(attributeResource);
  if (!holders.some((holder) => access.may('update', holder) || access.may('create', holder)))
    throw dataClassRefusal('update', '');
}

/**
 * May entities of the class be saved so? `either`: a key that is not stored creates the entity.
 * @throws KeystampError 1558, 1559
 */
export function checkSave({ name }: DataClassDef, kind: 'create' | 'update' | 'either', { access }: PlanContext): void {
  const may = (action: 'create' | 'update'): boolean => access.may(action, { kind: 'dataclass', name });
  if (kind === 'either' ? !may('update') && !may('create') : !may(kind))
    throw dataClassRefusal(kind === 'create' ? 'create' : 'update', name);
}

/**
 * What may not be read may not be assigned to a stored entity either, whatever the value: that it changes nothing would
 * tell what is stored. What may be read is looked at when it is known whether it changes (orm/permit.ts).
 * @throws KeystampError 1608
 */
export function checkAssigned(body: EntityBody, dataClass: DataClassDef, { access, sight }: PlanContext): void {
  if (access.isOpen) return;
  for (const [name, value] of Object.entries(body)) {
    const attribute = sight.attribute(dataClass, name);
    if (!attribute || isKey(attribute) || access.may('read', attributeResource(attribute))) continue;
    throw attributeRefusal(value === null ? 'drop' : 'update', dataClass.name, name);
  }
}

/** May a relation be set to entities of that class? Whether they exist is looked up, and thereby told. */
export function checkRelated({ name }: DataClassDef, { access }: PlanContext): void {
  checkDataClass(access, 'read', name);
}

/** What the answer of a save shows; who may create but not read gets the new key alone. */
export function savedColumns(request: DataRequest, dataClass: DataClassDef, context: PlanContext): Columns {
  const { target, params } = request;
  const isReadable = context.access.may('read', dataClassResource(dataClass));
  if (isReadable || target.attributes.length > 0 || params.has('attributes') || params.has('expand'))
    return context.columns(request, dataClass, target.attributes);
  return { ...context.columns(request, dataClass, []), items: [] };
}
