// One picture or BLOB: the narrow row first, then the decision of the caching contract, the bytes last (spec 10 § 9).
import { failHttp } from '../errors.ts';
import { formatOfMediaType, formatRow } from '../image/formats.ts';
import { cachingCase } from '../image/image-ref.ts';
import { etagOf, resolveVariant } from '../image/variant.ts';
import { printKeyInUri } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import { classOfEntity } from '../plan/entity-ref.ts';
import type { MediaPlan } from '../plan/media-plan.ts';
import { wantsJsonOnly } from '../request/conditions.ts';
import { ContentGone, type Content } from '../store/content.ts';
import type { Row } from '../store/engine.ts';
import { matchStatement, mediaStatement } from '../store/sql/media.ts';
import { entityStatement } from '../store/sql/select.ts';
import { withCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import { atHand, deliver, isKept, type FoundMedia } from './deliver-media.ts';
import { findKey, missing } from './entity.ts';
import { forDatabase } from './settled.ts';
import type { CachingRow, EmptyOutcome, EnvelopeOutcome, MediaFacts, MediaOutcome } from './outcome.ts';

const empty: EmptyOutcome = { kind: 'empty' };

/** Types that a browser would run as a page, a script or a style of this origin (spec 11 § 2.2). */
const active = /html|svg|xml|xsl|css|(?:java|ecma|j|live)script|x-mixed-replace/i;
/** What a header can say; whoever stored the bytes may have said anything. */
const printable = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w-]+=[\w.-]+)*$/;

const isHarmless = (mediatype: string): boolean => printable.test(mediatype) && !active.test(mediatype);

const attempts = 5;

type MediaResult = MediaOutcome | EmptyOutcome | EnvelopeOutcome;

/**
 * Spec 10 § 9, decision procedure; a promise only when something must be waited for.
 * @throws KeystampError 1543, 412, 416, and those of a conversion
 */
export function runMedia(plan: MediaPlan, visit: Visit): MediaResult | Promise<MediaResult> {
  const known = knownMedia(plan, visit);
  return (known && atHand(known, visit)) ?? waitForMedia(plan, visit);
}

async function waitForMedia(plan: MediaPlan, visit: Visit): Promise<MediaResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      const media = knownMedia(plan, visit) ?? (await findMedia(plan, visit));
      return 'facts' in media ? await deliver(media, visit) : media;
    } catch (error) {
      if (!(error instanceof ContentGone)) throw error;
      if (attempt === attempts) throw failHttp(503, 'the picture is being replaced', { 'Retry-After': '1' });
      visit.services.engine.refresh();
    }
  }
}

/**
 * What the plans of URLs that come again found, and in which version of the data: as long as that is the one that reads
 * see, the row need not be read again.
 */
const found = new WeakMap<MediaPlan, { readonly dataVersion: number; readonly media: FoundMedia }>();

function knownMedia(plan: MediaPlan, visit: Visit): FoundMedia | undefined {
  const known = found.get(plan);
  if (!known || known.dataVersion !== visit.services.engine.dataVersion() || wantsEnvelope(plan, visit))
    return undefined;
  return known.media;
}

export const wantsEnvelope = ({ delivery }: MediaPlan, { http }: Visit): boolean =>
  delivery.kind === 'picture' && wantsJsonOnly(http.headers);

async function findMedia(plan: MediaPlan, visit: Visit): Promise<FoundMedia | EmptyOutcome | EnvelopeOutcome> {
  const { engine } = visit.services;
  const dataVersion = dependsOnDataAlone(plan) ? engine.dataVersion() : undefined;
  const media = await readMedia(plan, visit);
  // Row D depends on more than the data; a change of this second must be looked at again when it may be told.
  const isLasting = 'facts' in media && isKept(media.facts) && media.facts.changedAt !== undefined;
  if (isLasting && dataVersion !== undefined && dataVersion === engine.dataVersion())
    found.set(plan, { dataVersion, media });
  return media;
}

/**
 * Whether whoever asks finds the same as long as the data is the same. Row filters look at who asks, sets belong to a session
 * and end by themselves, and what an attribute's value finds may be left to code.
 */
const dependsOnDataAlone = ({ entity, place }: MediaPlan): boolean =>
  entity.kind === 'key' &&
  entity.dataClass.code.restrict === undefined &&
  place.steps.every(({ target }) => target.code.restrict === undefined);

async function readMedia(plan: MediaPlan, visit: Visit): Promise<FoundMedia | EmptyOutcome | EnvelopeOutcome> {
  const { entity, place } = plan;
  const { engine } = visit.services;
  const key = await findKey(entity, visit);
  let row = key && (await engine.row(mediaStatement(classOfEntity(entity), place, key)));
  if (!key || !row) throw missing(entity);
  if (await excludes(plan, key, visit)) return empty;
  if (wantsEnvelope(plan, visit)) return envelope(plan, key, visit);
  if (plan.impossible || row['hash'] === null) return empty;

  let caching = cachingOf(plan, row);
  if (caching === 'N') {
    // Another process may have made that version meanwhile: the number is looked up anew before the answer (§ 9.1).
    engine.refresh();
    row = await engine.row(mediaStatement(classOfEntity(entity), place, key));
    if (!row) throw missing(entity);
    if (row['hash'] === null) return empty;
    caching = cachingOf(plan, row);
  }
  const form = formOf(plan, originalOf(row));
  if (!form) return empty;
  const { variant, ...about } = form;
  const changedAt = tellable(Number(row['time']), visit.services.now());
  const facts: MediaFacts = {
    row: caching,
    ...about,
    ...(changedAt !== undefined && { changedAt }),
    version: Number(row['version']),
    keyText: printKeyInUri(key),
  };
  return { facts, hash: row['hash'] as Uint8Array, size: Number(row['size']), ...(variant && { variant }) };
}

/**
 * What an alias shows, and what `:attribute(value)` finds, may be another entity's tomorrow, with the same number, and the
 * member of a set only while there is the set: it is asked for every time.
 */
function cachingOf({ version, narrowing, audience, place, entity }: MediaPlan, row: Row): CachingRow {
  if (narrowing) return 'D';
  const caching = cachingCase(version, Number(row['version']), Number(row['bound']));
  // What nobody may keep is answered like what has no number that could be kept.
  if (audience === 'nobody' && caching !== 'N') return 'G';
  const mayMove = place.steps.length > 0 || entity.kind === 'match' || entity.kind === 'member';
  return caching === 'C' && mayMove ? 'O' : caching;
}

export async function excludes({ narrowing, entity }: MediaPlan, key: Key, visit: Visit): Promise<boolean> {
  if (!narrowing) return false;
  if (narrowing.excluded) return true;
  if (narrowing.predicate.kind === 'all') return false;
  const { engine } = visit.services;
  const dataClass = classOfEntity(entity);
  const { predicate } = await forDatabase({ dataClass, predicate: narrowing.predicate, order: [] }, visit);
  return (await engine.row(matchStatement(dataClass, key, predicate, engine.dialect))) === undefined;
}

export type Form = Pick<MediaFacts, 'mediatype' | 'etag' | 'extension'> & Pick<FoundMedia, 'variant'>;

/** The bytes as they are, before any conversion. */
export type Original = Pick<Content, 'hash' | 'mediatype'> & {
  readonly picture?: Omit<NonNullable<Content['picture']>, 'pages' | 'thumbhash'>;
};

function originalOf(row: Row): Original {
  const picture = {
    width: Number(row['width']),
    height: Number(row['height']),
    hasAlpha: row['alpha'] === 1,
    fewColours: row['few_colours'] === 1,
  };
  return {
    hash: row['hash'] as Uint8Array,
    mediatype: String(row['mediatype'] ?? 'application/octet-stream'),
    picture,
  };
}

/** What goes out, `undefined` when the format cannot be had. */
export function formOf(plan: MediaPlan, { hash, mediatype: stored, picture }: Original): Form | undefined {
  if (plan.delivery.kind === 'stored') {
    const format = formatOfMediaType(stored);
    return {
      mediatype: isHarmless(stored) ? stored : 'application/octet-stream',
      etag: `"${Buffer.from(hash).toString('base64url').slice(0, 22)}-bin-0"`,
      extension: format ? formatRow(format).extension : 'bin',
    };
  }
  const variant = resolveVariant(plan.delivery.spec, { mediatype: stored, width: 0, height: 0, ...picture });
  if (!variant) return undefined;
  return {
    mediatype: variant.mediatype,
    etag: etagOf(hash, variant),
    extension: formatRow(variant.format).extension,
    variant,
  };
}

/** A change of this very second is not told: a second one within it would look the same (§ 9.5). */
function tellable(time: number, now: number): number | undefined {
  return Math.floor(time / 1000) < Math.floor(now / 1000) ? time : undefined;
}

/** The JSON form (§ 4.6): always the current version, other attributes beside. */
export async function envelope(plan: MediaPlan, key: Key, visit: Visit): Promise<EnvelopeOutcome> {
  const { engine } = visit.services;
  const entity = await engine.row(entityStatement(plan.columns, key, 'listed', engine.dialect));
  if (!entity) throw missing(plan.entity);
  return { kind: 'envelope', entityJson: await withCalculated(entity['json'] as string, plan.columns, visit) };
}
