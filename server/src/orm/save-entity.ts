// Entities of code through the write door: saving with merging, dropping, validating; and how failures become results.
import { fail, KeystampError, printErrors } from '../errors.ts';
import type { RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import { consumeUpload, isOpenUpload } from '../session/uploads.ts';
import type { Change, MediaChange, RelationTarget } from '../store/change.ts';
import type { Row, Transaction } from '../store/engine.ts';
import { alsoSeeing } from '../store/restricted.ts';
import { entityRowStatement, storedEntity, type StoredEntity } from '../store/sql/entity-row.ts';
import type { Result } from './api.ts';
import { currentCall, type CallContext } from './call-context.ts';
import type { EntityState } from './entity-state.ts';
import { goneUpload, mediaChange } from './media-change.ts';
import { readEntity } from './read.ts';
import { SaveError, saveStatuses, type SaveStatus } from './save-error.ts';
import { deleteEntity, saveEntity } from './write.ts';

const statusTexts = { ...saveStatuses, 6: 'Auto merge failed' } as const;

export type ResultStatus = keyof typeof statusTexts;

/** Failures that code hears of by a result alone; the others are thrown too, unless it asks not to. */
const mild: ReadonlySet<number> = new Set<SaveStatus | ResultStatus>([1, 2, 3, 5, 6]);

export interface SaveOptions {
  readonly autoMerge?: boolean;
  /** False: serious errors are results too. */
  readonly throws?: boolean;
}

export const success: Result = { success: true };

export const failure = (status: ResultStatus, error?: KeystampError): Result => ({
  success: false,
  status,
  statusText: statusTexts[status],
  ...(status === 3 && { lockKindText: 'Locked by another session' }),
  ...(error && { errors: printErrors(error, currentCall().services.config.dialect) }),
});

/** @throws KeystampError serious errors, unless `throws` is false */
export async function saveState(
  state: EntityState,
  { autoMerge = false, throws = true }: SaveOptions,
): Promise<Result> {
  const call = currentCall();
  try {
    const change = await changeOf(state, call);
    if (state.stored && isEmpty(change)) return success;
    try {
      await store(state, change, call);
      return success;
    } catch (error) {
      const conflict = error instanceof SaveError && error.saveStatus === 2;
      if (!autoMerge || !conflict) throw error;
    }
    const stamp = await mergeStamp(state, change, call);
    if (stamp === undefined) return failure(6);
    await store(state, { ...change, stamp }, call);
    return { success: true, autoMerged: true };
  } catch (error) {
    return resultOf(error, throws);
  }
}

/** Would a save be accepted? It is carried out and undone. */
export async function validateState(state: EntityState): Promise<Result> {
  const call = currentCall();
  class Undone extends Error {}
  try {
    const change = await changeOf(state, call);
    await call.write(async (tx) => {
      await saveEntity(tx, change, call.writeContext);
      throw new Undone();
    });
    return success;
  } catch (error) {
    return error instanceof Undone ? success : resultOf(error, false);
  }
}

/** @param force the stamp is not checked */
export async function dropState(state: EntityState, force: boolean, throws = true): Promise<Result> {
  const { stored, def } = state;
  if (!stored) return failure(5);
  const call = currentCall();
  try {
    const stamp = force ? undefined : (state.expectedStamp ?? stored.stamp);
    await call.write((tx) => deleteEntity(tx, def, stored.key, stamp, call.writeContext));
    return success;
  } catch (error) {
    return resultOf(error, throws);
  }
}

function resultOf(error: unknown, throws: boolean): Result {
  if (!(error instanceof KeystampError) || error.status >= 500) throw error;
  const status = error instanceof SaveError ? error.saveStatus : error.status === 401 ? 1 : 4;
  if (throws && !mild.has(status)) throw error;
  return failure(status, error);
}

const isEmpty = ({ values, media }: Change): boolean => values.size === 0 && media.size === 0;

/** @throws KeystampError for a picture that is none, a related entity that is not saved */
async function changeOf(state: EntityState, call: CallContext): Promise<Change> {
  state.noticeObjects();
  const { def, stored } = state;
  const values = new Map(state.values);
  const targets: RelationTarget[] = [];
  for (const [relation, entity] of state.related) {
    if (!entity) continue;
    const { foreignKey } = relation;
    // Looked up, not assigned.
    if (entity.key && !values.has(foreignKey) && stored?.values.get(foreignKey) === entity.key[0]) continue;
    if (!entity.key) throw around(fail(1537, relation.name), state);
    values.set(foreignKey, entity.key[0] as Value);
    targets.push({ relation, key: entity.key[0] as Value });
  }
  for (const relation of state.targets) targets.push(targetOf(relation, values));
  const media = new Map<StorageDef, MediaChange>();
  for (const [attribute, input] of state.media) media.set(attribute, await mediaChange(attribute, input, call));
  const stamp = state.expectedStamp ?? stored?.stamp;
  return {
    dataClass: def,
    ...(stored && { key: stored.key }),
    ...(stamp !== undefined && { stamp }),
    values,
    media,
    targets,
  };
}

const targetOf = (relation: RelatedEntityDef, values: ReadonlyMap<StorageDef, Value>): RelationTarget => ({
  relation,
  key: values.get(relation.foreignKey) as Value,
});

const around = (error: KeystampError, { stored, def }: EntityState): KeystampError =>
  stored ? error.within(1517, printKey(stored.key), def.name) : error.within(1534, def.name);

/** Writes, and takes the row as it is stored then: key, stamp, defaults, versions of pictures. */
async function store(state: EntityState, change: Change, call: CallContext): Promise<void> {
  const uploads = uploadsOf(state);
  const stored = await call.write(async (tx) => {
    for (const [attribute, id] of uploads) if (!(await isOpenUpload(tx, id))) throw fail(goneUpload(attribute), id);
    const { key } = await saveEntity(tx, change, call.writeContext);
    for (const [, id] of uploads) await consumeUpload(tx, id);
    return readBack(tx, state, key, call);
  });
  const related = new Map(state.related);
  state.take(stored);
  for (const [relation, entity] of related) state.related.set(relation, entity);
}

async function readBack(
  tx: Transaction,
  { def }: EntityState,
  key: StoredEntity['key'],
  call: CallContext,
): Promise<StoredEntity> {
  const statement = entityRowStatement(def, key, call.services.engine.dialect);
  // A save may take an entity out of what its saver may see; it is still shown once (spec 15 § 9.4).
  return storedEntity(def, (await tx.row(alsoSeeing(statement, def, key))) as Row);
}

const uploadsOf = ({ media }: EntityState): readonly (readonly [StorageDef, string])[] =>
  [...media].flatMap(([attribute, input]) => (input && 'ID' in input ? [[attribute, input.ID] as const] : []));

/**
 * The stamp to save with when another save came between: nothing when both have changed the same attribute, or the
 * entity is gone. Pictures, BLOBs and objects are one attribute each.
 */
async function mergeStamp(
  { stored, def }: EntityState,
  change: Change,
  call: CallContext,
): Promise<number | undefined> {
  const now = stored && (await readEntity(call, def, stored.key));
  if (!stored || !now) return undefined;
  const theirs = def.storage.filter(
    (attribute) =>
      stored.values.get(attribute) !== now.values.get(attribute) ||
      !sameBytes(stored.media.get(attribute)?.hash, now.media.get(attribute)?.hash),
  );
  return theirs.some((attribute) => change.values.has(attribute) || change.media.has(attribute))
    ? undefined
    : now.stamp;
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
