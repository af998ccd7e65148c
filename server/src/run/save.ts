// Saves of entities: through the write door, then the stored entity as the answer (spec 06 §§ 1 to 4).
import { fail, KeystampError } from '../errors.ts';
import type { RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import { hasSaveCode, saveEntity } from '../orm/save.ts';
import type { Saved } from '../orm/write.ts';
import { aroundSave, SaveError } from '../orm/save-error.ts';
import type { SaveItem, SavePlan } from '../plan/save-plan.ts';
import type { Key } from '../query/selection.ts';
import { consumeUpload, isOpenUpload } from '../session/uploads.ts';
import type { Change } from '../store/change.ts';
import type { Transaction } from '../store/engine.ts';
import type { Visit } from './context.ts';
import type { SavedItem, SavedOutcome } from './outcome.ts';
import { prepareItem, uploadsOf, type FoundUploads, type Prepared, type Ready } from './prepare-save.ts';
import { refreshInto, type Watch } from './refresh.ts';
import { failedItem, savedText, storedText } from './saved-item.ts';
import { keyOfMember } from './source.ts';
import { withCode, writeEach, writeUnit } from './with-code.ts';

export async function runSave(plan: SavePlan, visit: Visit): Promise<SavedOutcome> {
  if (plan.columns.calculated || plan.items.some(hasCode))
    return withCode(visit, plan.dataClass.name, () => save(plan, visit));
  return save(plan, visit);
}

/** Whether code takes part in the save of an item or of a new entity that it brings along. */
const hasCode = (item: SaveItem): boolean =>
  item.kind === 'change' && (hasSaveCode(item) || item.related.some(({ draft }) => hasCode(draft)));

async function save(plan: SavePlan, visit: Visit): Promise<SavedOutcome> {
  if (plan.member) await keyOfMember(plan.member, visit);
  const uploads: FoundUploads = new Map();
  const prepared = await Promise.all(plan.items.map((item) => prepareItem(item, uploads, visit)));
  const items = plan.atomic ? await saveAll(plan, prepared, visit) : await saveEach(plan, prepared, visit);
  return { kind: 'saved', items, answer: plan.answer, purpose: plan.purpose };
}

/** Each for itself, in their order. Entities of one request may take the same upload, a copy each (spec 11 § 4.2). */
async function saveEach(plan: SavePlan, items: readonly Prepared[], visit: Visit): Promise<readonly SavedItem[]> {
  const taken = new Set<string>();
  const ready = items.filter((item) => item.kind === 'ready');
  const { purpose } = plan;
  const units = ready.map((item) => (tx: Transaction) => saveOne(plan, item, { tx, visit, purpose, taken }));
  const settled = (await writeEach(visit, units)).values();
  const answers = items.map((item) => {
    if (item.kind === 'nothing') return item;
    if (item.kind === 'refused') return failed(plan, item.error, item.key, visit);
    const result = settled.next().value as PromiseSettledResult<SavedItem>;
    if (result.status === 'fulfilled') return result.value;
    const error: unknown = result.reason;
    if (!isOfEntity(error)) throw error;
    return failed(plan, error, item.change.key, visit);
  });
  return Promise.all(answers);
}

async function saveOne(
  plan: SavePlan,
  item: Ready,
  storing: Storing & { readonly taken: Set<string> },
): Promise<SavedItem> {
  const { tx, visit, taken } = storing;
  if (plan.purpose !== 'save')
    return refreshInto(plan, item, tx, visit, (watch) => store(item, { ...storing, ...watch }));
  const saved = await saveInto(plan, item, storing);
  for (const id of new Set(uploadsOf(item))) {
    await consumeUpload(tx, id);
    taken.add(id);
  }
  return saved;
}

/** All or nothing: every entity is tried and answered, then everything is undone if one failed (spec 06 § 2.3). */
async function saveAll(plan: SavePlan, items: readonly Prepared[], visit: Visit): Promise<readonly SavedItem[]> {
  class Undone extends Error {}
  const errors: (KeystampError | undefined)[] = [];
  try {
    return await writeUnit(visit, async (tx) => {
      const done: SavedItem[] = [];
      errors.length = 0;
      for (const item of items) {
        if (item.kind !== 'ready') {
          if (item.kind === 'refused') errors[done.length] = item.error;
          done.push({ kind: 'nothing' });
          continue;
        }
        try {
          done.push(await tx.attempt(() => saveInto(plan, item, { tx, visit, purpose: plan.purpose })));
        } catch (error) {
          if (!isOfEntity(error)) throw error;
          errors[done.length] = error;
          done.push({ kind: 'nothing' });
        }
      }
      if (errors.some(Boolean)) throw new Undone();
      const used = new Set(items.flatMap((item) => (item.kind === 'ready' ? uploadsOf(item) : [])));
      for (const id of used) await consumeUpload(tx, id);
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
  const key = item.kind === 'ready' ? item.change.key : item.kind === 'refused' ? item.key : undefined;
  if (error) return failed(plan, error, key, visit);
  const json = key && (await stored(plan, key, visit));
  return json === undefined ? { kind: 'nothing' } : { kind: 'undone', json };
}

async function saveInto(plan: SavePlan, item: Ready, storing: Storing): Promise<SavedItem> {
  const { tx, visit } = storing;
  const { key } = await store(item, storing);
  return { kind: 'saved', json: await savedText(plan.columns, item.change, key, tx, visit) };
}

/** One unit of writing. */
interface Storing extends Partial<Watch> {
  readonly tx: Transaction;
  readonly visit: Visit;
  readonly purpose: SavePlan['purpose'];
  /** The uploads that entities of this request have used up; they hold the bytes now. */
  readonly taken?: ReadonlySet<string>;
}

/** Creates the new related entities, links them, and saves. */
async function store(item: Ready, storing: Storing): Promise<Saved> {
  const { tx, visit, purpose, taken, violated } = storing;
  for (const [id, gone] of item.uploads)
    if (!taken?.has(id) && !(await isOpenUpload(tx, id))) throw around(fail(gone, id), item.change);
  const links = new Map<StorageDef, Value>();
  for (const { relation, ready } of item.related) {
    const { key } = await storeRelated(relation, ready, item.change, storing);
    links.set(relation.foreignKey, key[0] as Value);
  }
  const values = links.size === 0 ? item.change.values : new Map([...item.change.values, ...links]);
  const context = {
    ...visit.writeContext,
    ...(purpose !== 'save' && { purpose }),
    ...(violated && { violated }),
  };
  return saveEntity(tx, { ...item.change, values }, context);
}

/** A failing one fails the whole: its own lines, then 1537 and the line of the entity around it (spec 06 § 1.4). */
async function storeRelated(
  relation: RelatedEntityDef,
  ready: Ready,
  change: Change,
  storing: Storing,
): Promise<Saved> {
  const outer = (error: KeystampError): KeystampError => around(error.within(1537, relation.name), change);
  const { violated, made } = storing;
  try {
    const saved = await store(ready, { ...storing, ...(violated && { violated: (error) => violated(outer(error)) }) });
    made?.(ready.change.dataClass, saved.key);
    return saved;
  } catch (error) {
    throw error instanceof KeystampError ? outer(error) : error;
  }
}

const around = (error: KeystampError, { dataClass, key }: Change): KeystampError => aroundSave(error, dataClass, key);

/** A failed save shows the entity as it is stored, so that the client can merge (spec 06 § 2.1). */
async function failed(plan: SavePlan, error: KeystampError, key: Key | undefined, visit: Visit): Promise<SavedItem> {
  // A client that had asked what its values come to would take the stored ones for them (spec 06 § 4).
  const json = plan.purpose === 'save' && key ? await stored(plan, key, visit) : undefined;
  return failedItem(error, key, json);
}

const stored = async (plan: SavePlan, key: Key, visit: Visit): Promise<string | undefined> =>
  plan.showsStored ? storedText(plan.columns, key, visit) : undefined;

/** A fault of one entity: what the code of its class throws is one too, whatever its status. */
const isOfEntity = (error: unknown): error is KeystampError =>
  error instanceof SaveError || (error instanceof KeystampError && error.status < 500);
