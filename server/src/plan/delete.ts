// Deletes: one entity, a selection, a set, a list in the body (spec 06 § 5).
import { fail } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { bodyItems, stampIn, type EntityBody } from './entity-body.ts';
import type { DeletePlan, ListedEntity } from './save-plan.ts';
import { memberOf, sourceOf } from './source.ts';
import { resolveWritable } from './access.ts';
import { entityByKey, resolveEntity, splitKey } from './target.ts';

/**
 * @param body parsed JSON of the request, `undefined` when it has none
 * @throws KeystampError 1813 for a whole class, and by GET where the dialect does not allow it (DECISIONS P9, P10);
 *   1560 without permission
 */
export function planDelete(request: DataRequest, body: unknown, context: PlanContext): DeletePlan {
  const { target, params, method } = request;
  if (method === 'GET' && context.config.dialect === '4d') throw fail(1813, '$method=delete by GET');
  const dataClass = resolveWritable(context, target.dataClass.name, 'drop');
  const base = { kind: 'delete', dataClass, atomic: params.flag('atomic') } as const;
  const { set } = target;
  const member = memberOf(request, dataClass, context);
  if (member) return { ...base, what: { kind: 'member', member } };
  const entity = set ? undefined : resolveEntity(target, dataClass, context);
  if (entity) return { ...base, what: { kind: 'entity', entity } };

  const source = sourceOf(request, dataClass, context, params.get('orderby'));
  if (!set && source.selection.predicate.kind === 'all') {
    const listed = body === undefined ? [] : bodyItems(body, context.config).items;
    if (listed.length === 0 || source.reshaped) throw fail(1813, '$method=delete on a whole dataclass');
    return { ...base, what: { kind: 'listed', entities: listed.map((item) => listedEntity(item, dataClass)) } };
  }
  return { ...base, what: { kind: 'selection', source } };
}

/** @throws KeystampError 1541 for something that is no key, 1508 for what is no stamp */
function listedEntity(item: EntityBody, dataClass: DataClassDef): ListedEntity {
  const key = item['__KEY'];
  if (typeof key !== 'string' && typeof key !== 'number') throw fail(1541, String(key ?? ''), dataClass.name);
  const stamp = stampIn(item);
  return {
    entity: entityByKey(dataClass, splitKey(String(key), dataClass.key.length)),
    ...(stamp !== undefined && { stamp }),
  };
}
