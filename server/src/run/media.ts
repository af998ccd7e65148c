// One picture or BLOB: the narrow row first, then the decision of the caching contract, the bytes last (spec 10 § 9).
import { KeystampError, failHttp } from '../errors.ts';
import { formatOfMediaType, formatRow } from '../image/formats.ts';
import { cachingCase } from '../image/image-ref.ts';
import { etagOf, resolveVariant, type Variant } from '../image/variant.ts';
import { printKeyInUri } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { classOfEntity, type MediaPlan } from '../plan/plan.ts';
import { evaluateConditions, requestedRange, wantsJsonOnly } from '../request/conditions.ts';
import { readContent } from '../store/content.ts';
import type { Row } from '../store/engine.ts';
import { matchStatement, mediaStatement } from '../store/sql/media.ts';
import { entityStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import type { CachingRow, EmptyOutcome, EnvelopeOutcome, MediaOutcome } from './outcome.ts';

const empty: EmptyOutcome = { kind: 'empty' };

/** Types that a browser would run as a page of this origin (spec 11 § 2.2). */
const active = /html|svg|xml|javascript|ecmascript/i;

/** The picture was replaced between reading its row and reading its bytes. */
class ContentGone extends Error {}

const attempts = 5;

/**
 * Spec 10 § 9, decision procedure.
 * @throws KeystampError 1543, 412, 416, and those of a conversion
 */
export async function runMedia(plan: MediaPlan, visit: Visit): Promise<MediaOutcome | EmptyOutcome | EnvelopeOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptMedia(plan, visit);
    } catch (error) {
      if (!(error instanceof ContentGone)) throw error;
      if (attempt === attempts) throw failHttp(503, 'the picture is being replaced', { 'Retry-After': '1' });
      visit.services.engine.refresh();
    }
  }
}

async function attemptMedia(plan: MediaPlan, visit: Visit): Promise<MediaOutcome | EmptyOutcome | EnvelopeOutcome> {
  const { entity, attribute } = plan;
  const { engine } = visit.services;
  const key = await findKey(entity, visit.services);
  let row = key && (await engine.row(mediaStatement(classOfEntity(entity), attribute, key)));
  if (!key || !row) throw missing(entity);
  if (await excludes(plan, key, visit)) return empty;
  if (wantsJsonOnly(visit.http.headers) && plan.delivery.kind === 'picture') return envelope(plan, key, row, visit);
  if (plan.impossible || row['hash'] === null) return empty;

  let caching = cachingOf(plan, row);
  if (caching === 'N') {
    // Another process may have made that version meanwhile: the number is looked up anew before the answer (§ 9.1).
    engine.refresh();
    row = await engine.row(mediaStatement(classOfEntity(entity), attribute, key));
    if (!row) throw missing(entity);
    if (row['hash'] === null) return empty;
    caching = cachingOf(plan, row);
  }
  const variant = variantOf(plan, row);
  if (!variant) return empty;
  return deliver(row, variant, caching, key, visit);
}

function cachingOf({ version, narrowing }: MediaPlan, row: Row): CachingRow {
  return narrowing ? 'D' : cachingCase(version, Number(row['version']), Number(row['bound']));
}

async function excludes({ narrowing, entity }: MediaPlan, key: Key, { services: { engine } }: Visit): Promise<boolean> {
  if (!narrowing) return false;
  if (narrowing.excluded) return true;
  if (narrowing.predicate.kind === 'all') return false;
  return (
    (await engine.row(matchStatement(classOfEntity(entity), key, narrowing.predicate, engine.dialect))) === undefined
  );
}

interface Delivered {
  readonly mediatype: string;
  readonly etag: string;
  readonly extension: string;
  /** Absent: the stored bytes. */
  readonly variant?: Variant;
}

/** What goes out, `undefined` when the format cannot be had. */
function variantOf(plan: MediaPlan, row: Row): Delivered | undefined {
  const hash = row['hash'] as Uint8Array;
  const stored = String(row['mediatype'] ?? 'application/octet-stream');
  if (plan.delivery.kind === 'stored') {
    const format = formatOfMediaType(stored);
    return {
      mediatype: active.test(stored) ? 'application/octet-stream' : stored,
      etag: `"${Buffer.from(hash).toString('base64url').slice(0, 22)}-bin-0"`,
      extension: format ? formatRow(format).extension : 'bin',
    };
  }
  const info = {
    mediatype: stored,
    width: Number(row['width']),
    height: Number(row['height']),
    hasAlpha: row['alpha'] === 1,
    fewColours: row['few_colours'] === 1,
  };
  const variant = resolveVariant(plan.delivery.spec, info);
  if (!variant) return undefined;
  return {
    mediatype: variant.mediatype,
    etag: etagOf(hash, variant),
    extension: formatRow(variant.format).extension,
    variant,
  };
}

async function deliver(
  row: Row,
  what: Delivered,
  caching: CachingRow,
  key: Key,
  visit: Visit,
): Promise<MediaOutcome | EmptyOutcome> {
  const { headers } = visit.http;
  const changedAt = tellable(Number(row['time']), visit.services.now());
  const outcome: MediaOutcome = {
    kind: 'media',
    row: caching,
    state: 'ok',
    mediatype: what.mediatype,
    etag: what.etag,
    ...(changedAt !== undefined && { changedAt }),
    version: Number(row['version']),
    keyText: printKeyInUri(key),
    extension: what.extension,
  };
  // Rows that are never kept ignore conditions and ranges (§ 9.6).
  const kept = caching === 'C' || caching === 'O' || caching === 'A';
  if (kept) {
    const verdict = evaluateConditions(headers, what.etag, changedAt);
    if (verdict === 'notModified') return { ...outcome, state: 'notModified' };
    if (verdict === 'failed') throw failHttp(412);
  }
  const bytes = await bytesOf(row['hash'] as Uint8Array, what.variant, visit);
  if (!bytes) return empty;
  // Ranges are defined for GET alone (RFC 9110 § 14.2).
  const ranged = kept && visit.http.method !== 'HEAD';
  const range = ranged ? requestedRange(headers, what.etag, bytes.length) : undefined;
  if (range === 'unsatisfiable') throw failHttp(416, undefined, { 'Content-Range': `bytes */${bytes.length}` });
  return { ...outcome, bytes, ...(range && { range }) };
}

/** A change of this very second is not told: a second one within it would look the same (§ 9.5). */
function tellable(time: number, now: number): number | undefined {
  return Math.floor(time / 1000) < Math.floor(now / 1000) ? time : undefined;
}

/** The bytes to send, `undefined` when the stored ones cannot be converted after all. */
async function bytesOf(
  hash: Uint8Array,
  variant: Variant | undefined,
  { services }: Visit,
): Promise<Uint8Array | undefined> {
  const original = async (): Promise<Uint8Array> => {
    const bytes = await readContent(services.engine, hash);
    if (!bytes) throw new ContentGone();
    return bytes;
  };
  if (!variant) return original();
  const kept = services.variants.peek(hash, variant);
  if (kept) return kept;
  try {
    return await services.variants.get(hash, variant, original);
  } catch (error) {
    // A client's read is no place to complain about stored bytes: the format cannot be had (spec 10 § 4.4).
    if (error instanceof KeystampError && error.status < 500) return undefined;
    throw error;
  }
}

/** The JSON form (§ 4.6): always the current version, other attributes beside. */
async function envelope(
  plan: MediaPlan,
  key: Key,
  row: Row,
  { services: { engine } }: Visit,
): Promise<EnvelopeOutcome> {
  const entity = await engine.row(entityStatement(plan.columns, key, 'listed', engine.dialect));
  if (!entity) throw missing(plan.entity);
  return {
    kind: 'envelope',
    entityJson: entity['json'] as string,
    stamp: Number(row['stamp']),
    version: Number(row['version']),
    keyText: printKeyInUri(key),
    hasPicture: row['hash'] !== null,
  };
}
