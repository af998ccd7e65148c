// Reads: one entity, a selection, an entity set, a relation as a set.
import { fail } from '../errors.ts';
import { parseVersion } from '../image/image-ref.ts';
import { publicAttribute, type DataClassDef } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import { planCompute, planDistinct } from './compute.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { extendedColumns } from './extended-attributes.ts';
import { planMedia } from './media.ts';
import type { LockPlan, Plan, SelectionSource } from './plan.ts';
import { askedPage, askedSelection, askedTimeout } from './selection.ts';
import { sourceOf } from './source.ts';
import { mediaAttribute, resolveClass, resolveEntity } from './target.ts';

/**
 * @param keep the whole result becomes an entity set (`$method=entityset`)
 * @param tree the body of `$extendedAttributes`, instead of the lists of attributes
 */
export function planRead(request: DataRequest, keep: boolean, context: PlanContext, tree?: unknown): Plan {
  const { target, params } = request;
  const dataClass = resolveClass(context.model, target.dataClass.name);
  const entity = target.set ? undefined : resolveEntity(target, dataClass, context);
  if (entity) {
    const attribute = tree === undefined ? mediaAttribute(target, dataClass) : undefined;
    if (attribute) {
      if (keep) throw fail(1813, '$method=entityset');
      const media = planMedia(request, entity, attribute, context);
      if (media) return media;
    }
    return { kind: 'readEntity', entity, columns: askedColumns(request, dataClass, tree, false, context) };
  }
  const source = sourceOf(request, dataClass, context);
  if (source.combination?.operator === 'INTERSECT') return { kind: 'intersect', source };
  if (params.has('compute')) return planCompute(request, source);
  if (params.flag('distinct')) return planDistinctValues(request, source, context);
  const columns = askedColumns(request, dataClass, tree, params.flag('asArray'), context);
  return planPage(request, source, keep, columns, context);
}

/** @param array of a bare array, whose `$expand` lists attributes too */
function askedColumns(
  request: DataRequest,
  dataClass: DataClassDef,
  tree: unknown,
  array: boolean,
  context: PlanContext,
): Columns {
  return tree === undefined
    ? context.columns(request, dataClass, request.target.attributes, array)
    : extendedColumns(request, dataClass, tree, context);
}

/**
 * `$method=subentityset`: the entities of a to-many relation as a set of their own; on a stored set it only means "this
 * page, no new set" (spec 05 §§ 3.2, 5).
 * @throws KeystampError 1815
 */
export function planSubEntitySet(request: DataRequest, context: PlanContext): Plan {
  const { target, params } = request;
  if (target.set) return planRead(request, false, context);
  const dataClass = resolveClass(context.model, target.dataClass.name);
  const entity = resolveEntity(target, dataClass, context);
  const name = target.attributes[0] ?? params.get('expand')?.split(',')[0]?.trim();
  const attribute = name === undefined ? undefined : publicAttribute(dataClass, name);
  if (!entity || attribute?.kind !== 'relatedEntities' || target.attributes.length > 1) throw fail(1815);
  const { selection } = askedSelection(request, attribute.target, context, params.get('subOrderby'));
  const source: SelectionSource = { selection, relation: { entity, attribute }, reshaped: true, clean: false };
  return planPage(request, source, true, context.relatedColumns(request, attribute.target), context);
}

function planPage(
  request: DataRequest,
  source: SelectionSource,
  keep: boolean,
  columns: Columns,
  context: PlanContext,
): Plan {
  const { dataClass } = source.selection;
  const timeoutSeconds = askedTimeout(request);
  const array = request.params.flag('asArray');
  return {
    kind: 'readSelection',
    source,
    // A bare array has no page of its own size (spec 03 § 4).
    ...askedPage(request, array ? context.config.maxEntitiesPerPage : dataClass.defaultTopSize, context),
    rows: array ? { kind: 'array', columns, keys: !request.params.flag('noKey') } : { kind: 'entities', columns },
    // A bare array has no place for the uri of a set.
    keep: keep && !array,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/** `$distinct` over pictures shows one of each (spec 10 § 5 row 11), over values the values. */
function planDistinctValues(request: DataRequest, source: SelectionSource, context: PlanContext): Plan {
  const { dataClass } = source.selection;
  const attribute = mediaAttribute(request.target, dataClass);
  if (attribute?.type !== 'image') return planDistinct(request, source, context);
  return {
    kind: 'distinctMedia',
    source,
    attribute,
    columns: context.columns(request, dataClass, request.target.attributes),
    ...askedPage(request, context.config.maxEntitiesPerPage, context),
  };
}

/** `$lock=true` or `false` on one entity or one of its pictures (spec 06 § 7). */
export function planLock(request: DataRequest, context: PlanContext): LockPlan {
  const { target, params } = request;
  const dataClass = resolveClass(context.model, target.dataClass.name);
  const entity = resolveEntity(target, dataClass, context);
  if (!entity) throw fail(1813, '$lock');
  // Unknown names are told even though the answer shows none of them.
  context.columns(request, dataClass, target.attributes);
  const attribute = mediaAttribute(target, dataClass);
  const text = params.get('lock')?.toLowerCase();
  if (!['true', 'false', '1', '0'].includes(text ?? ''))
    throw fail(1806, `$lock=${text ?? ''} is neither true nor false`);
  return {
    kind: 'lock',
    entity,
    lock: params.flag('lock'),
    version: parseVersion(params.get('version'), params.count('version')),
    ...(attribute && { attribute }),
  };
}
