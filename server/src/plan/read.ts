// Reads: one entity, a selection, an entity set, distinct pictures.
import { fail } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import { allOf, none, type Predicate } from '../query/predicate.ts';
import { parseVersion } from '../image/image-ref.ts';
import type { PlanContext, DataRequest } from './context.ts';
import { planMedia } from './media.ts';
import type { LockPlan, Plan, SetSource } from './plan.ts';
import { askedPage, askedSelection, askedTimeout, savedSelection } from './selection.ts';
import { keysPredicate, mediaAttribute, resolveClass, resolveEntity } from './target.ts';

/** @param keep the whole result becomes an entity set (`$method=entityset`) */
export function planRead(request: DataRequest, keep: boolean, context: PlanContext): Plan {
  const { target, params } = request;
  const dataClass = resolveClass(context.model, target.dataClass.name);
  const entity = target.set ? undefined : resolveEntity(target, dataClass, context);
  if (entity) {
    const attribute = mediaAttribute(target, dataClass);
    if (attribute) {
      if (keep) throw fail(1813, '$method=entityset');
      const media = planMedia(request, entity, attribute, context);
      if (media) return media;
    }
    return { kind: 'readEntity', entity, columns: context.columns(request, dataClass, target.attributes) };
  }
  return params.flag('distinct')
    ? planDistinct(request, dataClass, context)
    : planSelection(request, dataClass, keep, context);
}

function planSelection(request: DataRequest, dataClass: DataClassDef, keep: boolean, context: PlanContext): Plan {
  const { selection, reshaped } = askedSelection(request, dataClass, context);
  const set = setSource(request, dataClass, context);
  const timeoutSeconds = askedTimeout(request);
  return {
    kind: 'readSelection',
    selection: { ...selection, predicate: allOf(named(request, dataClass), selection.predicate) },
    ...(set && { set }),
    reshaped,
    clean: request.params.flag('clean'),
    ...askedPage(request, dataClass.defaultTopSize, context),
    columns: context.columns(request, dataClass, request.target.attributes),
    keep,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}

/** The entities the path itself names: a list of keys, or none at all. */
function named({ target }: DataRequest, dataClass: DataClassDef): Predicate {
  if (target.set && target.set.id === undefined) return none;
  const { key } = target.dataClass;
  return key?.kind === 'keys' && key.keys.length > 0 && !target.set
    ? keysPredicate(dataClass, key.keys)
    : { kind: 'all' };
}

function setSource(request: DataRequest, dataClass: DataClassDef, context: PlanContext): SetSource | undefined {
  const id = request.target.set?.id;
  if (id === undefined) return undefined;
  const saved = savedSelection(request, dataClass, context);
  return { id, ...(saved && { saved }) };
}

/** The distinct pictures of a selection (spec 10 § 5 row 11). */
function planDistinct(request: DataRequest, dataClass: DataClassDef, context: PlanContext): Plan {
  const attribute = mediaAttribute(request.target, dataClass);
  if (attribute?.type !== 'image') throw fail(1813, '$distinct');
  const { selection } = askedSelection(request, dataClass, context);
  const set = setSource(request, dataClass, context);
  return {
    kind: 'distinctMedia',
    selection: { ...selection, predicate: allOf(named(request, dataClass), selection.predicate) },
    ...(set && { set }),
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
