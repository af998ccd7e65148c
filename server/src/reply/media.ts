// Bytes of pictures and BLOBs with the headers of the caching contract (spec 10 §§ 4.3, 4.6, 9; 11 § 2).
import { classOfEntity } from '../plan/entity-ref.ts';
import type { MediaPlan } from '../plan/media-plan.ts';
import type { EnvelopeOutcome, MediaFacts, MediaOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { noSniff, onceReply } from './json.ts';

const forEver = 'max-age=31536000, immutable';

function cacheControl({ row }: MediaFacts, { place, version, audience: keeper }: MediaPlan): string {
  const audience = keeper === 'public' ? 'public' : 'private';
  const { attribute } = place;
  switch (row) {
    case 'C':
      return `${audience}, ${forEver}`;
    case 'A':
      return attribute.cacheDuration > 0 && version.kind === 'absent'
        ? `${audience}, max-age=${attribute.cacheDuration}`
        : `${audience}, no-cache`;
    case 'O':
    case 'K':
      return `${audience}, no-cache`;
    case 'N':
    case 'G':
    case 'D':
      return 'no-store';
    default:
      return row satisfies never;
  }
}

/** Where the entity's attribute lives: `/rest/Employee(1)/photo`. */
function attributeUri({ entity, place, columns }: MediaPlan, keyText: string): string {
  const { mount, brackets } = columns.links;
  return `${mount}/${classOfEntity(entity).name}${brackets[0]}${keyText}${brackets[1]}/${place.name}`;
}

/** The URL under which these bytes are current (§ 9.3). */
function canonicalUrl(plan: MediaPlan, { keyText, version }: MediaFacts): string {
  const uri = attributeUri(plan, keyText);
  if (plan.delivery.kind === 'stored') return `${uri}?$binary=true&$version=${version}&$expand=${plan.place.name}`;
  const { imagePrefix, imageSuffix } = plan.columns.links;
  return `${uri}?${imagePrefix}${version}${imageSuffix(plan.place.name)}`;
}

type Headers = Readonly<Record<string, string>>;

interface Heads {
  readonly ofBytes: Headers;
  readonly notModified: Headers;
  /** `ofBytes` with the length of the bytes, once they were sent. */
  ofWhole?: Readonly<Record<string, string | number>>;
}

/** The headers of a picture with and without its bytes; the same as long as the facts are. */
const heads = new WeakMap<MediaFacts, Heads>();

function headsOf(plan: MediaPlan, facts: MediaFacts): Heads {
  let made = heads.get(facts);
  if (made) return made;
  const { row, etag, changedAt, mediatype } = facts;
  const inParts = row === 'C' || row === 'O' || row === 'A';
  const kept = inParts || row === 'K';
  const notModified = {
    'Cache-Control': cacheControl(facts, plan),
    Vary: varyOf(plan, facts),
    ...(kept && { ETag: etag }),
    ...(kept && changedAt !== undefined && { 'Last-Modified': new Date(changedAt).toUTCString() }),
    ...(row !== 'D' && row !== 'K' && { 'Content-Location': canonicalUrl(plan, facts) }),
  };
  const ofBytes = {
    ...notModified,
    'Content-Type': mediatype,
    ...noSniff,
    ...safety(plan, facts),
    ...(inParts && { 'Accept-Ranges': 'bytes' }),
  };
  made = { ofBytes, notModified };
  heads.set(facts, made);
  return made;
}

/** What else of a request the answer depends on (spec 10 § 9.9); SVG may go out compressed. */
function varyOf({ audience }: MediaPlan, { mediatype }: MediaFacts): string {
  const negotiated = mediatype === 'image/svg+xml' ? 'Accept, Accept-Encoding' : 'Accept';
  return audience === 'session' ? `${negotiated}, Cookie, Authorization, api-key` : negotiated;
}

export function replyMedia(plan: MediaPlan, { facts, bytes, range }: MediaOutcome): HttpReply {
  const made = headsOf(plan, facts);
  if (!bytes) return { status: 304, headers: made.notModified };
  if (!range) {
    made.ofWhole ??= { ...made.ofBytes, 'Content-Length': bytes.length };
    const body = bytes instanceof Uint8Array ? { body: bytes } : { stream: () => bytes.parts };
    return { status: 200, headers: made.ofWhole, ...body };
  }
  const { from, to } = range;
  const headers = { ...made.ofBytes, 'Content-Range': `bytes ${from}-${to}/${bytes.length}` };
  if (bytes instanceof Uint8Array) return { status: 206, headers, body: bytes.subarray(from, to + 1) };
  return { status: 206, headers: { ...headers, 'Content-Length': to + 1 - from }, stream: () => bytes.parts };
}

/** Stored bytes are user data on the application's origin: what could run there is boxed in (spec 10 § 4.3, 11 § 2.2). */
function safety(plan: MediaPlan, { mediatype, keyText, extension }: MediaFacts): Record<string, string> {
  const name = `${classOfEntity(plan.entity).name}-${keyText.replace(/[^\w.-]+/g, '_')}-${plan.place.name}.${extension}`;
  if (plan.delivery.kind === 'stored')
    return {
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': "sandbox; default-src 'none'",
    };
  const inline = { 'Content-Disposition': `inline; filename="${name}"` };
  return mediatype === 'image/svg+xml'
    ? { ...inline, 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox" }
    : inline;
}

/**
 * The JSON form of an image URL; both uris carry the current version, whatever was asked (spec 10 § 4.6). It is the one that
 * the entity was read with, so it belongs to the stamp beside it (§ 2.11).
 */
export function replyEnvelope({ place: { name } }: MediaPlan, { entityJson }: EnvelopeOutcome): HttpReply {
  const { __KEY, __TIMESTAMP, __STAMP, ...attributes } = JSON.parse(entityJson) as Record<string, unknown>;
  void __TIMESTAMP;
  const printed = attributes[name] as { readonly __deferred: { readonly uri: string } } | null;
  const uri = printed?.__deferred.uri;
  const picture = uri === undefined ? null : { __KEY, __STAMP, uri, __deferred: { uri, image: true } };
  return onceReply(200, JSON.stringify({ ...attributes, [name]: picture }), { Vary: 'Accept' });
}
