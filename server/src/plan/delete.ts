// Deletes: one entity, a selection, a set, a list in the body (spec 06 § 5).
import { fail } from '../errors.ts';
import { allOf, type Predicate } from '../query/predicate.ts';
import { parseKeyText } from '../request/key-text.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { bodyItems } from './entity-body.ts';
import type { DeletePlan } from './plan.ts';
import { askedSelection, savedSelection } from './selection.ts';
import { entityByKey, keysPredicate, resolveClass, resolveEntity } from './target.ts';

/**
 * @param body parsed JSON of the request, `undefined` when it has none
 * @throws KeystampError 1813 for a whole class, and by GET where the dialect does not allow it (DECISIONS P9, P10)
 */
export function planDelete(request: DataRequest, body: unknown, context: PlanContext): DeletePlan {
  const { target, params, method } = request;
  if (method === 'GET' && context.config.dialect === '4d') throw fail(1813, '$method=delete by GET');
  const dataClass = resolveClass(context.model, target.dataClass.name);
  const base = { kind: 'delete', dataClass, atomic: params.flag('atomic') } as const;
  const { set } = target;
  if (set?.member) return { ...base, what: { kind: 'entity', entity: entityByKey(dataClass, set.member) } };
  const entity = set ? undefined : resolveEntity(target, dataClass, context);
  if (entity) return { ...base, what: { kind: 'entity', entity } };

  const { selection, reshaped } = askedSelection(request, dataClass, context);
  const { key } = target.dataClass;
  const keys = key?.kind === 'keys' && key.keys.length > 0 ? key.keys : undefined;
  if (!set && !keys && !reshaped) {
    const listed = body === undefined ? [] : bodyItems(body, context.config).items;
    if (listed.length === 0) throw fail(1813, '$method=delete on a whole dataclass');
    return { ...base, what: { kind: 'listed', entities: listed.map((item) => listedEntity(item, dataClass)) } };
  }
  const narrowed: Predicate = allOf(keys ? keysPredicate(dataClass, keys) : { kind: 'all' }, selection.predicate);
  if (!set && narrowed.kind === 'all') throw fail(1813, '$method=delete on a whole dataclass');
  const saved = savedSelection(request, dataClass, context);
  const source = set?.id === undefined ? undefined : { id: set.id, ...(saved && { saved }) };
  const predicate: Predicate = set && !source ? { kind: 'none' } : narrowed;
  return {
    ...base,
    what: { kind: 'selection', selection: { ...selection, predicate }, ...(source && { set: source }) },
  };
}

function listedEntity(item: Readonly<Record<string, unknown>>, dataClass: Parameters<typeof entityByKey>[0]) {
  const key = item['__KEY'];
  if (typeof key !== 'string' && typeof key !== 'number') throw fail(1541, String(key ?? ''), dataClass.name);
  const stamp = item['__STAMP'];
  return {
    entity: entityByKey(dataClass, splitKey(String(key), dataClass.key.length)),
    ...(typeof stamp === 'number' && { stamp }),
  };
}

/** `__KEY` of a composite key holds its parts joined by `&`, quoted where needed. */
export const splitKey = (key: string, parts: number): readonly string[] => (parts === 1 ? [key] : parseKeyText(key));
