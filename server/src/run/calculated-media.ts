// A picture or BLOB that code works out: made for each request, and never kept without being asked for again (spec 10 § 9,
// row K). Its conversions are kept by the hash of its bytes like all others.
import { LRUCache } from 'lru-cache';
import { fail, failHttp, KeystampError } from '../errors.ts';
import { calculatedValue } from '../orm/calculated-value.ts';
import { describeContent } from '../orm/describe-content.ts';
import type { EntityState } from '../orm/entity-state.ts';
import { endOf } from '../orm/read-attribute.ts';
import { MediaBytes } from '../orm/media-value.ts';
import { runtimeOf } from '../orm/store-runtime.ts';
import { classOfEntity } from '../plan/entity-ref.ts';
import type { MediaPlan } from '../plan/media-plan.ts';
import { printKeyInUri } from '../query/print-key.ts';
import { evaluateConditions } from '../request/conditions.ts';
import type { CalculatedDef } from '../model/model.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import { envelope, excludes, formOf, wantsEnvelope, type Original } from './media.ts';
import type { EmptyOutcome, EnvelopeOutcome, MediaOutcome } from './outcome.ts';
import { inCode } from './with-code.ts';

const empty: EmptyOutcome = { kind: 'empty' };

/** @throws KeystampError 1543, 412; 1562, 1585 for what the code of the attribute throws or gives */
export const runCalculatedMedia = (
  plan: MediaPlan,
  visit: Visit,
): Promise<MediaOutcome | EmptyOutcome | EnvelopeOutcome> => inCode(visit, plan.place.name, () => deliver(plan, visit));

async function deliver(plan: MediaPlan, visit: Visit): Promise<MediaOutcome | EmptyOutcome | EnvelopeOutcome> {
  const { entity, place, narrowing, audience } = plan;
  const key = await findKey(entity, visit);
  const state = key && (await runtimeOf(visit.services.model).dataClassOf(classOfEntity(entity)).find(key));
  if (!state) throw missing(entity);
  if (await excludes(plan, key, visit)) return empty;
  const owner = await endOf(state, place.steps);
  const made = owner && (await bytesOf(owner, place.calculated as CalculatedDef, visit));
  const version = owner?.stored?.stamp ?? 0;
  if (wantsEnvelope(plan, visit)) return envelope(plan, key, visit);
  const form = made && !plan.impossible ? formOf(plan, made.original) : undefined;
  if (!made || !form) return empty;
  const { variant, ...about } = form;
  const row = narrowing ? 'D' : audience === 'nobody' ? 'G' : 'K';
  const facts = { row, ...about, version, keyText: printKeyInUri(key) } as const;
  if (row === 'K') {
    const verdict = evaluateConditions(visit.http.headers, facts.etag, undefined);
    if (verdict === 'notModified') return { kind: 'media', facts };
    if (verdict === 'failed') throw failHttp(412);
  }
  if (!variant) return { kind: 'media', facts, bytes: made.bytes };
  const { variants } = visit.services;
  return { kind: 'media', facts, bytes: await variants.get(made.original.hash, variant, async () => made.bytes) };
}

interface Made {
  readonly bytes: Uint8Array;
  readonly original: Original;
}

/** Pictures that were looked into, by the hash of their bytes. */
const known = new LRUCache<string, Original>({ max: 1000 });

async function bytesOf(owner: EntityState, attribute: CalculatedDef, visit: Visit): Promise<Made | undefined> {
  const value = await calculatedValue(owner, attribute);
  if (value.kind !== 'media') return undefined;
  const { media, shape } = value;
  const bytes = media instanceof MediaBytes ? await media.bytes() : media;
  const content = media instanceof MediaBytes ? MediaBytes.contentOf(media) : undefined;
  if (content) return { bytes, original: content };
  if (shape.type === 'blob') {
    const { hash, mediatype } = await describeContent(bytes, false, visit.services.converter);
    return { bytes, original: { hash, mediatype: media instanceof MediaBytes ? media.mediatype : mediatype } };
  }
  return { bytes, original: await lookInto(bytes, attribute, visit) };
}

async function lookInto(bytes: Uint8Array, { name }: CalculatedDef, { services }: Visit): Promise<Original> {
  const { hash } = await describeContent(bytes, false, services.converter);
  const id = Buffer.from(hash).toString('base64');
  let original = known.get(id);
  if (original) return original;
  try {
    original = await describeContent(bytes, true, services.converter);
  } catch (error) {
    // What is no picture is the fault of the code.
    if (error instanceof KeystampError && error.status < 500) throw fail(1585, name, 'image');
    throw error;
  }
  known.set(id, original);
  return original;
}
