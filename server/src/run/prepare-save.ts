// Drafts → changes that can be written: uploads are found, files that image attributes take turn out to be pictures.
import { fail, KeystampError } from '../errors.ts';
import type { RelatedEntityDef, StorageDef } from '../model/model.ts';
import { goneUpload, uploadChange } from '../orm/media-change.ts';
import { aroundSave } from '../orm/save-error.ts';
import type { EntityMatch } from '../plan/entity-ref.ts';
import type { DraftChange, SaveItem } from '../plan/save-plan.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';
import type { Upload } from '../session/uploads.ts';
import type { Change, MediaChange } from '../store/change.ts';
import type { Visit } from './context.ts';
import { findKey } from './entity.ts';

/** A change with everything it needs at hand. */
export interface Ready {
  readonly kind: 'ready';
  readonly change: Change;
  /** The uploads it takes, each with the error for one that is gone by the time of the write. */
  readonly uploads: ReadonlyMap<string, 1825 | 1826>;
  /** New entities to create first and link. */
  readonly related: readonly { readonly relation: RelatedEntityDef; readonly ready: Ready }[];
}

export type Prepared = Ready | Exclude<SaveItem, DraftChange>;

/** The uploads of one request, each looked up once. */
export type FoundUploads = Map<string, Promise<Upload | undefined>>;

/** A fault of one entity becomes a refused item, so that the others are still saved. */
export async function prepareItem(item: SaveItem, uploads: FoundUploads, visit: Visit): Promise<Prepared> {
  if (item.kind !== 'change') return item;
  try {
    return await prepareDraft(item, uploads, visit);
  } catch (error) {
    if (!(error instanceof KeystampError) || error.status >= 500) throw error;
    const { key, match, dataClass } = item;
    const around = key || !match ? aroundSave(error, dataClass, key) : error.within(1517, match.text, dataClass.name);
    return { kind: 'refused', error: around, ...(key && { key }) };
  }
}

/** @throws KeystampError 1542 when there is none such, or the body speaks of another entity */
async function keyOfMatch(match: EntityMatch, { key, dataClass }: DraftChange, visit: Visit): Promise<Key> {
  const found = await findKey(match, visit);
  if (!found || (key && printKey(key) !== printKey(found))) throw fail(1542, match.text, dataClass.name);
  return found;
}

async function prepareDraft(draft: DraftChange, uploads: FoundUploads, visit: Visit): Promise<Ready> {
  const { dataClass, match, stamp, values, calculated, targets, createMissing } = draft;
  const key = match ? await keyOfMatch(match, draft, visit) : draft.key;
  const media = new Map<StorageDef, MediaChange>();
  const used = new Map<string, 1825 | 1826>();
  for (const [attribute, to] of draft.media) {
    if (to === null) {
      media.set(attribute, { kind: 'clear' });
      continue;
    }
    const gone = goneUpload(attribute);
    let found = uploads.get(to.uploadId);
    if (!found) uploads.set(to.uploadId, (found = visit.services.uploads.find(to.uploadId, visit.session?.id)));
    const upload = await found;
    if (!upload) throw fail(gone, to.uploadId);
    media.set(attribute, await uploadChange(attribute, upload, visit.services));
    used.set(upload.id, gone);
  }
  const related = await Promise.all(
    draft.related.map(async ({ relation, draft: inner }) => ({
      relation,
      ready: await prepareDraft(inner, uploads, visit),
    })),
  );
  const change = {
    dataClass,
    ...(key && { key }),
    ...(stamp !== undefined && { stamp }),
    values,
    media,
    ...(calculated.size > 0 && { calculated }),
    targets,
    createMissing,
  };
  return { kind: 'ready', change, uploads: used, related };
}

/** The ids of all uploads that the change and its new related entities take. */
export function uploadsOf({ uploads, related }: Ready): readonly string[] {
  return [...uploads.keys(), ...related.flatMap(({ ready }) => uploadsOf(ready))];
}
