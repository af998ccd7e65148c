// Reads: one entity, a selection, an entity set, a relation as a set.
import { fail } from '../errors.ts';
import { parseVersion } from '../image/image-ref.ts';
import { isToMany, type DataClassDef } from '../model/model.ts';
import type { Columns, Rows } from '../query/columns.ts';
import { lookerFields } from '../query/looker.ts';
import { queryStep } from '../query/query-step.ts';
import type { Params } from '../request/api-request.ts';
import { excerpt } from '../request/malformed.ts';
import { namedAttribute, permittedClass, readableClass } from './access.ts';
import { planCompute, planDistinct } from './compute.ts';
import type { DataRequest, PlanContext } from './context.ts';
import type { EntityRef } from './entity-ref.ts';
import { extendedColumns } from './extended-attributes.ts';
import { linksOf } from './links.ts';
import { planMedia } from './media.ts';
import { nestOrder } from './nested-order.ts';
import type { LockPlan, Plan } from './plan.ts';
import type { Explanation, FindKeyPlan, SelectionSource } from './selection-plan.ts';
import { askedPage, askedSelection, askedTimeout } from './selection.ts';
import { memberOf, sourceOf } from './source.ts';
import { mediaPlace, resolveEntity, resolveKey, splitKey } from './target.ts';

/**
 * @param keep the whole result becomes an entity set (`$method=entityset`)
 * @param tree the body of `$extendedAttributes`, instead of the lists of attributes
 */
export function planRead(request: DataRequest, keep: boolean, context: PlanContext, tree?: unknown): Plan {
  const { target, params } = request;
  const looker = isLooker(params);
  const orderby = params.get('orderby');
  const dataClass = readableClass(context, target.dataClass.name);
  const entity = target.set ? memberIn(request, dataClass, context) : resolveEntity(target, dataClass, context);
  if (entity) {
    const place = tree === undefined ? mediaPlace(target, dataClass, context) : undefined;
    if (place) {
      if (keep) throw fail(1813, '$method=entityset');
      const media = planMedia(request, entity, place, context);
      if (media) return media;
    }
    const columns = askedColumns(request, dataClass, tree, false, context);
    // Of one entity only what it holds can be in an order.
    return { kind: 'readEntity', entity, columns: nestOrder(orderby, columns, context).columns };
  }
  const computes = params.has('compute') || params.flag('distinct');
  if (computes && !params.has('findKey')) return planValues(request, dataClass, context);
  const columns = askedColumns(request, dataClass, tree, params.flag('asArray') && !looker, context);
  const order = nestOrder(orderby, columns, context);
  const source = sourceOf(request, dataClass, context, order.own);
  if (source.combination?.operator === 'INTERSECT') return { kind: 'intersect', source };
  if (params.has('findKey')) return planFindKey(request, source);
  return planPage(request, source, keep, order.columns, context);
}

function memberIn(request: DataRequest, dataClass: DataClassDef, context: PlanContext): EntityRef | undefined {
  const member = memberOf(request, dataClass, context);
  return member && { kind: 'member', dataClass, member, text: member.entity.text };
}

/** `$compute` and `$distinct`: the path and `$attributes` name values to compute with, not columns. */
function planValues(request: DataRequest, dataClass: DataClassDef, context: PlanContext): Plan {
  const { params } = request;
  const source = sourceOf(request, dataClass, context, params.get('orderby'));
  if (source.combination?.operator === 'INTERSECT') return { kind: 'intersect', source };
  return params.has('compute') ? planCompute(request, source, context) : planDistinctValues(request, source, context);
}

/** `$findKey`: where the entity of a key stands in the selection (spec 05 § 8). */
function planFindKey({ params }: DataRequest, source: SelectionSource): FindKeyPlan {
  const { dataClass } = source.selection;
  const key = resolveKey(dataClass, splitKey(params.get('findKey') ?? '', dataClass.key.length));
  return { kind: 'findKey', source, ...(key && { key }) };
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
  const dataClass = readableClass(context, target.dataClass.name);
  const entity = resolveEntity(target, dataClass, context);
  const name = target.attributes[0] ?? params.get('expand')?.split(',')[0]?.trim();
  const attribute = name === undefined ? undefined : namedAttribute(dataClass, name, context);
  if (!entity || !attribute || !isToMany(attribute) || target.attributes.length > 1) throw fail(1815);
  const { selection } = askedSelection(
    request,
    attribute.target,
    context,
    params.get('subOrderby') ?? params.get('orderby'),
  );
  const source: SelectionSource = { selection, relation: { entity, attribute }, reshaped: true, clean: false };
  return planPage(request, source, true, context.relatedColumns(request, attribute), context);
}

function planPage(
  request: DataRequest,
  source: SelectionSource,
  keep: boolean,
  columns: Columns,
  context: PlanContext,
): Plan {
  const { config } = context;
  const { dataClass } = source.selection;
  const timeoutSeconds = askedTimeout(request);
  const rows = askedRows(request, columns);
  // A bare array has no page of its own size (spec 03 § 4).
  const page = askedPage(
    request,
    rows.kind === 'array' ? config.maxEntitiesPerPage : dataClass.defaultTopSize,
    context,
  );
  const explanation = rows.kind === 'entities' ? askedExplanation(request, dataClass, context) : undefined;
  return {
    kind: 'readSelection',
    // A deleted member of a set has no row of values.
    source: rows.kind === 'looker' ? { ...source, clean: true } : source,
    ...page,
    rows,
    // Only an envelope has a place for the uri of a set.
    keep: keep && rows.kind === 'entities',
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(explanation && { explanation }),
  };
}

/** `$queryplan` and `$querypath`: nothing is told without a `$filter` (spec 04 § 9). */
function askedExplanation(
  request: DataRequest,
  dataClass: DataClassDef,
  context: PlanContext,
): Explanation | undefined {
  const [plan, path] = [request.params.flag('queryplan'), request.params.flag('querypath')];
  if (!plan && !path) return undefined;
  const { predicate } = askedSelection(request, dataClass, context, undefined).selection;
  return predicate.kind === 'all' ? undefined : { step: queryStep(predicate, dataClass), plan, path };
}

/** `$format` and `$asArray` (spec 03 §§ 4, 5). */
function askedRows({ params }: DataRequest, columns: Columns): Rows {
  if (isLooker(params)) return { kind: 'looker', fields: lookerFields(columns), columns };
  return params.flag('asArray')
    ? { kind: 'array', columns, keys: !params.flag('noKey') }
    : { kind: 'entities', columns };
}

/** @throws KeystampError 1801 */
function isLooker(params: Params): boolean {
  const format = params.get('format')?.trim().toLowerCase() ?? '';
  if (format !== '' && format !== 'json' && format !== 'looker') throw fail(1801, excerpt(format));
  return format === 'looker';
}

/** `$distinct` over pictures shows one of each (spec 10 § 5 row 11), over values the values. */
function planDistinctValues(request: DataRequest, source: SelectionSource, context: PlanContext): Plan {
  const { dataClass } = source.selection;
  const place = mediaPlace(request.target, dataClass, context);
  if (place?.attribute.type !== 'image' || place.calculated) return planDistinct(request, source, context);
  return {
    kind: 'distinctMedia',
    source,
    place,
    links: linksOf(request, context.config),
    ...askedPage(request, context.config.maxEntitiesPerPage, context),
  };
}

/** `$lock=true` or `false` on one entity or one of its pictures (spec 06 § 7). */
export function planLock(request: DataRequest, context: PlanContext): LockPlan {
  const { target, params } = request;
  const dataClass = permittedClass(context, target.dataClass.name, 'read', 'update');
  const entity = resolveEntity(target, dataClass, context);
  if (!entity) throw fail(1813, '$lock');
  // Unknown names are told even though the answer shows none of them.
  context.columns(request, dataClass, target.attributes);
  const place = mediaPlace(target, dataClass, context);
  const text = params.get('lock')?.toLowerCase();
  if (!['true', 'false', '1', '0'].includes(text ?? ''))
    throw fail(1806, `$lock=${text ?? ''} is neither true nor false`);
  return {
    kind: 'lock',
    entity,
    lock: params.flag('lock'),
    version: parseVersion(params.get('version'), params.count('version')),
    // The version of a hidden picture would tell whether there is one.
    images: dataClass.images.filter((image) => !context.sight.refusal(image, false)),
    ...(place && !place.calculated && { place }),
  };
}
