// One picture or BLOB: reading its bytes, writing them, removing them (spec 10 §§ 4, 5, 7; 11 §§ 2, 5).
import type { Config } from '../config.ts';
import { fail } from '../errors.ts';
import { parseImageFormat, printImageFormat } from '../image/formats.ts';
import { parseVersion } from '../image/image-ref.ts';
import type { AttributeDef, DataClassDef, StorageDef } from '../model/model.ts';
import type { MediaPlace } from '../query/aggregate.ts';
import { allOf } from '../query/predicate.ts';
import { checkWrite, resolveClass } from './access.ts';
import type { DataTarget } from '../request/api-request.ts';
import type { DataRequest, PlanContext } from './context.ts';
import { imageSize } from './links.ts';
import { nameList } from './name-list.ts';
import { type EntityRef, classOfEntity } from './entity-ref.ts';
import type { Audience, BodyKind, MediaPlan, WriteMediaPlan } from './media-plan.ts';
import { askedPage, askedSelection, savedSelection } from './selection.ts';
import { mediaNamed, ownMedia, resolveEntity } from './target.ts';

/** The plan to deliver bytes; nothing when the request asks for JSON (spec 10 § 3.5, 11 § 2.3). */
export function planMedia(
  request: DataRequest,
  entity: EntityRef,
  place: MediaPlace,
  context: PlanContext,
): MediaPlan | undefined {
  const { params, target } = request;
  const dataClass = classOfEntity(entity);
  const shown = dataClass.attributes.get(place.name) as AttributeDef;
  const binary = params.flag('binary');
  const asked = place.attribute.type === 'image' ? params.get('imageformat') : undefined;
  if (!binary && asked === undefined) return undefined;
  const format = binary ? undefined : parseImageFormat(asked ?? '');
  return {
    kind: 'media',
    entity,
    place,
    delivery: format ? { kind: 'picture', spec: { format, ...imageSize(params) } } : { kind: 'stored' },
    impossible: !binary && !format,
    formatName: format ? printImageFormat(format) : '',
    version: parseVersion(params.get('version'), params.count('version')),
    // What code works out may be for one client alone.
    audience: !place.calculated && context.isPublic(shown) ? 'public' : audienceOf(context.config),
    ...narrowingOf(request, dataClass, context),
    // `$attributes` adds siblings to the JSON envelope (spec 10 § 5 row 6).
    columns: context.columns(request, dataClass, [...target.attributes, ...nameList(params.get('attributes'))]),
  };
}

/** Of protected pictures (spec 10 § 9.11). */
function audienceOf({ protectedImages }: Config): Audience {
  if (protectedImages === 'no-store') return 'nobody';
  return protectedImages === 'private-per-session' ? 'session' : 'private';
}

/** Parameters that can exclude the one entity (spec 10 § 5 rows 3, 5, 8). */
function narrowingOf(request: DataRequest, owner: DataClassDef, context: PlanContext): Pick<MediaPlan, 'narrowing'> {
  const { params } = request;
  const { selection } = askedSelection(request, owner, context, request.params.get('orderby'));
  const saved = savedSelection(request, owner, context);
  const { skip, top } = askedPage(request, 1, context);
  const narrows = (['filter', 'savedfilter', 'skip', 'top'] as const).some((name) => params.has(name));
  if (!narrows) return {};
  const predicate = allOf(selection.predicate, saved?.predicate ?? { kind: 'all' });
  return { narrowing: { predicate, excluded: skip >= 1 || top === 0 } };
}

/**
 * POST or PUT of bytes; nothing when the path ends in something else than one picture or BLOB of one entity.
 * @throws KeystampError 1500 and 1804 for a name that does not exist, 1558 and 1608 without permission, 1813 for `$rawPict` there
 */
export function planWriteMedia(
  request: DataRequest,
  contentType: string | undefined,
  context: PlanContext,
): WriteMediaPlan | undefined {
  const { target, params } = request;
  const dataClass = resolveClass(context, target.dataClass.name);
  const attribute = writtenMedia(target, dataClass, context);
  if (attribute) checkWrite(attribute, 'update', context);
  const entity = attribute && !target.set ? resolveEntity(target, dataClass, context) : undefined;
  if (!attribute || !entity) {
    // An unknown name is told before a body is read for it.
    context.columns(request, dataClass, target.attributes);
    // Bytes are no JSON, whatever would be said of them.
    if (params.has('rawPict')) throw fail(1813, '$rawPict');
    return undefined;
  }
  const raw = params.has('rawPict');
  const multipart = !raw && /^multipart\/form-data\b/i.test(contentType ?? '');
  const said =
    mediaTypeIn(params.get('rawPict')) ?? (raw || multipart ? undefined : contentType?.split(';')[0]?.trim());
  const body: BodyKind = {
    picture: attribute.type === 'image',
    multipart,
    ...(said !== undefined && { mediatype: said }),
  };
  return { ...writeOf(request, entity, attribute, context), body };
}

/**
 * DELETE of one picture or BLOB.
 * @throws KeystampError 1813 when the path names no such thing, 1558 and 1608 without permission
 */
export function planRemoveMedia(request: DataRequest, context: PlanContext): WriteMediaPlan {
  const { target } = request;
  const dataClass = resolveClass(context, target.dataClass.name);
  const attribute = writtenMedia(target, dataClass, context);
  if (attribute) checkWrite(attribute, 'drop', context);
  // An unknown name is told as one.
  context.columns(request, dataClass, target.attributes);
  const entity = resolveEntity(target, dataClass, context);
  if (!attribute || !entity || target.set) throw fail(1813, 'DELETE');
  return writeOf(request, entity, attribute, context);
}

/** @throws KeystampError 1516 for a picture that an alias shows */
function writtenMedia(target: DataTarget, dataClass: DataClassDef, context: PlanContext): StorageDef | undefined {
  const place = mediaNamed(target, dataClass, context);
  const own = ownMedia(place);
  if (place && !own) throw fail(1516, place.name);
  return own;
}

function writeOf(request: DataRequest, entity: EntityRef, attribute: StorageDef, context: PlanContext): WriteMediaPlan {
  if (attribute.readOnly) throw fail(1516, attribute.name);
  const columns = context.columns(request, attribute.owner, [attribute.name]);
  return { kind: 'writeMedia', entity, attribute, columns };
}

/** `$rawPict=image/png` names a type, `$rawPict=true` does not. */
export function mediaTypeIn(rawPict: string | undefined): string | undefined {
  return rawPict !== undefined && /^image\/[\w.+-]+$/i.test(rawPict) ? rawPict.toLowerCase() : undefined;
}
