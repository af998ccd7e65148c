// `$changes`: which tracked dataclasses a client follows, and from which number on.
import { fail } from '../errors.ts';
import { publicDataClass, type DataClassDef, type StorageDef } from '../model/model.ts';
import { deletedRecordsName, trackingAttribute } from '../model/tracking.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { dataClassResource } from '../session/sight.ts';
import { readableClass } from './access.ts';
import type { PlanContext } from './context.ts';
import { linksKey } from './links.ts';
import { nameList } from './name-list.ts';
import type { ChangesPlan, FollowedClass } from './changes-plan.ts';

/**
 * Without `$dataClass` all tracked classes that the asker may read.
 * @throws KeystampError 1800 unknown class; 1557 one that may not be read; 1813 a class that is not tracked, or none that is; 1806 for `since`
 */
export function planChanges(request: ApiRequest, context: PlanContext): ChangesPlan {
  const { params } = request;
  const named = nameList(params.get('dataClass'));
  const classes =
    named.length > 0 ? named.map((name) => trackedClass(name, context)) : readableClasses(context).filter(isTracked);
  if (classes.length === 0) throw fail(1813, '$changes without a tracked dataclass');
  const since = params.get('since');
  if (since !== undefined && !isPosition(since)) throw fail(1806, `since=${since} is not a whole number`);
  const deletions = readableClasses(context).find(({ name }) => name === deletedRecordsName);
  return {
    kind: 'changes',
    classes: classes.map((dataClass) =>
      follow(dataClass, [...picturesOf(dataClass, context), '__GlobalStamp'], request, context),
    ),
    ...(deletions && {
      deletions: follow(deletions, ['__Stamp', '__PrimaryKey', '__TableName'], request, context),
    }),
    ...(since !== undefined && { since: Number(since) }),
    shared: !classes.some(({ code }) => code.restrict),
    name: `${context.access.planKey}|${classes.map(({ name }) => name).join(',')}|${linksKey(request)}`,
  };
}

/** A value of the counter as clients write it. */
export const isPosition = (text: string): boolean => /^\d{1,15}$/.test(text);

function trackedClass(name: string, context: PlanContext): DataClassDef {
  const dataClass = readableClass(context, name);
  if (!isTracked(dataClass)) throw fail(1813, `$changes of the dataclass ${name}, which is not tracked,`);
  return dataClass;
}

const isTracked = ({ tracking }: DataClassDef): boolean => tracking === 'changes';

const readableClasses = ({ model, access }: PlanContext): readonly DataClassDef[] =>
  [...model.dataClasses.keys()]
    .flatMap((name) => publicDataClass(model, name) ?? [])
    .filter((dataClass) => {
      const resource = dataClassResource(dataClass);
      return !access.isSecret(resource) && access.may('read', resource);
    });

/** Those that the asker may read. */
const picturesOf = (dataClass: DataClassDef, { sight }: PlanContext): readonly string[] =>
  dataClass.images
    .map(({ name }) => sight.attribute(dataClass, name))
    .filter((attribute) => attribute && !sight.refusal(attribute, true))
    .map((attribute) => (attribute as StorageDef).name);

function follow(
  dataClass: DataClassDef,
  attributes: readonly string[],
  request: ApiRequest,
  context: PlanContext,
): FollowedClass {
  const { tracking } = dataClass;
  return {
    dataClass,
    columns: context.columns(request, dataClass, attributes),
    number: dataClass.attributes.get(
      trackingAttribute[tracking === 'deletions' ? 'deletions' : 'changes'],
    ) as StorageDef,
  };
}
