// Saves of entities: uploads become contents, then the write door, then the stored entity as the answer (spec 06 § 1).
import { fail, KeystampError } from '../errors.ts';
import type { StorageDef } from '../model/model.ts';
import { saveEntity } from '../orm/write.ts';
import { SaveError } from '../orm/save-error.ts';
import type { DraftChange, SaveItem, SavePlan } from '../plan/plan.ts';
import type { Key } from '../query/selection.ts';
import { consumeUpload, type Upload } from '../session/uploads.ts';
import type { Change, MediaChange } from '../store/change.ts';
import { readContent } from '../store/content.ts';
import type { Row, Transaction } from '../store/engine.ts';
import { entityStatement } from '../store/sql/select.ts';
import { describe } from './content.ts';
import type { Visit } from './context.ts';
import type { SavedItem, SavedOutcome } from './outcome.ts';

/** A change with its uploads found. */
interface Ready {
  readonly change: Change;
  readonly uploads: readonly string[];
}

type Prepared = Ready | Exclude<SaveItem, DraftChange>;

export async function runSave(plan: SavePlan, visit: Visit): Promise<SavedOutcome> {
  const uploads = new Map<string, Promise<Upload | undefined>>();
  const prepared = await Promise.all(plan.items.map((item) => prepare(item, uploads, visit)));
  const items = plan.atomic
    ? await saveAll(plan, prepared, visit)
    : await Promise.all(prepared.map((item) => saveOne(plan, item, visit)));
  return { kind: 'saved', items, answer: plan.answer };
}

async function prepare(
  item: SaveItem,
  uploads: Map<string, Promise<Upload | undefined>>,
  visit: Visit,
): Promise<Prepared> {
  if (item.kind !== 'change') return item;
  try {
    const media = new Map<StorageDef, MediaChange>();
    const used: string[] = [];
    for (const [attribute, to] of item.media) {
      if (to === null) media.set(attribute, { kind: 'clear' });
      else {
        let found = uploads.get(to.uploadId);
        if (!found) uploads.set(to.uploadId, (found = visit.services.uploads.find(to.uploadId, visit.session?.id)));
        const upload = await found;
        if (!upload) throw fail(attribute.type === 'image' ? 1825 : 1826, to.uploadId);
        media.set(attribute, await fromUpload(attribute, upload, visit));
        used.push(upload.id);
      }
    }
    const { dataClass, key, stamp, values, targets } = item;
    return {
      change: { dataClass, ...(key && { key }), ...(stamp !== undefined && { stamp }), values, media, targets },
      uploads: used,
    };
  } catch (error) {
    if (!(error instanceof KeystampError) || error.status >= 500) throw error;
    const outer = item.key
      ? error.within(1517, printKey(item.key), item.dataClass.name)
      : error.within(1534, item.dataClass.name);
    return { kind: 'refused', error: outer, ...(item.key && { key: item.key }) };
  }
}

/** An image attribute takes any upload that turns out to be a picture (spec 11 § 4.3). */
async function fromUpload(
  attribute: StorageDef,
  { content, mediatype }: Upload,
  { services }: Visit,
): Promise<MediaChange> {
  if (attribute.type === 'blob' || content.picture) return { kind: 'set', content, mediatype };
  const bytes = await readContent(services.engine, content.hash);
  if (!bytes) throw fail(1825, '');
  return { kind: 'set', content: await describe(bytes, true, services), mediatype };
}

async function saveOne(plan: SavePlan, item: Prepared, visit: Visit): Promise<SavedItem> {
  if ('kind' in item) return item.kind === 'nothing' ? item : failed(plan, item.error, item.key, visit);
  try {
    return await visit.services.engine.write(async (tx) => {
      const saved = await saveInto(plan, item, tx, visit);
      for (const id of new Set(item.uploads)) await consumeUpload(tx, id);
      return saved;
    });
  } catch (error) {
    if (!(error instanceof KeystampError) || error.status >= 500) throw error;
    return failed(plan, error, item.change.key, visit);
  }
}

/** All or nothing: every entity is tried and answered, then everything is undone if one failed (spec 06 § 2.3). */
async function saveAll(plan: SavePlan, items: readonly Prepared[], visit: Visit): Promise<readonly SavedItem[]> {
  class Undone extends Error {}
  const errors: (KeystampError | undefined)[] = [];
  try {
    return await visit.services.engine.write(async (tx) => {
      const done: SavedItem[] = [];
      for (const item of items) {
        if ('kind' in item) {
          if (item.kind === 'refused') errors[done.length] = item.error;
          done.push({ kind: 'nothing' });
          continue;
        }
        try {
          done.push(await tx.attempt(() => saveInto(plan, item, tx, visit)));
        } catch (error) {
          if (!(error instanceof KeystampError) || error.status >= 500) throw error;
          errors[done.length] = error;
          done.push({ kind: 'nothing' });
        }
      }
      if (errors.some(Boolean)) throw new Undone();
      for (const id of new Set(items.flatMap((item) => ('kind' in item ? [] : item.uploads))))
        await consumeUpload(tx, id);
      return done;
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return Promise.all(items.map((item, i) => undone(plan, item, errors[i], visit)));
  }
}

/** How an entity of an undone list is answered: its fault, or what is stored of it. */
async function undone(
  plan: SavePlan,
  item: Prepared,
  error: KeystampError | undefined,
  visit: Visit,
): Promise<SavedItem> {
  const key = 'kind' in item ? (item.kind === 'refused' ? item.key : undefined) : item.change.key;
  if (error) return failed(plan, error, key, visit);
  const json = key && (await stored(plan, key, visit));
  return json === undefined ? { kind: 'nothing' } : { kind: 'saved', json };
}

async function saveInto(plan: SavePlan, { change }: Ready, tx: Transaction, visit: Visit): Promise<SavedItem> {
  const { key } = await saveEntity(tx, change, visit.writeContext);
  const row = (await tx.row(entityStatement(plan.columns, key, 'saved', visit.services.engine.dialect))) as Row;
  return { kind: 'saved', json: row['json'] as string };
}

/** A failed save shows the entity as it is stored, so that the client can merge (spec 06 § 2.1). */
async function failed(plan: SavePlan, error: KeystampError, key: Key | undefined, visit: Visit): Promise<SavedItem> {
  const json = key && (await stored(plan, key, visit));
  return {
    kind: 'failed',
    error,
    status: error instanceof SaveError ? error.saveStatus : isGone(error) ? 5 : 4,
    ...(json !== undefined && { json }),
    ...(key && { key }),
  };
}

const isGone = (error: KeystampError): boolean => error.entries.some((entry) => 'code' in entry && entry.code === 1542);

async function stored(plan: SavePlan, key: Key, { services: { engine } }: Visit): Promise<string | undefined> {
  engine.refresh();
  const row = await engine.row(entityStatement(plan.columns, key, 'saved', engine.dialect));
  return row?.['json'] as string | undefined;
}

const printKey = (key: Key): string => key.map(String).join('&');
