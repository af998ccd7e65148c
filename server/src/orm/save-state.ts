// How code saves, validates and drops entities: merging after a conflict, and failures as results.
import { fail, KeystampError } from '../errors.ts';
import type { StorageDef } from '../model/model.ts';
import { consumeUpload, isOpenUpload } from '../session/uploads.ts';
import type { Change } from '../store/change.ts';
import type { Result } from './api.ts';
import type { CallContext } from './call-context.ts';
import { currentCall } from './current-call.ts';
import type { EntityState, Written } from './entity-state.ts';
import { goneUpload } from './media-change.ts';
import { readEntity, readSaved } from './read.ts';
import { failure, success, type ResultStatus } from './result.ts';
import { SaveError, type SaveStatus } from './save-error.ts';
import { deleteEntity } from './drop.ts';
import { saveEntity } from './save.ts';
import { changeOf } from './state-change.ts';

/** Failures that code hears of by a result alone; the others are thrown too, unless it asks not to. */
const mild: ReadonlySet<number> = new Set<SaveStatus | ResultStatus>([1, 2, 3, 5, 6, 7]);

export interface SaveOptions {
  readonly autoMerge?: boolean;
  /** False: serious errors are results too. */
  readonly throws?: boolean;
}

/** @throws KeystampError serious errors, unless `throws` is false */
export async function saveState(
  state: EntityState,
  { autoMerge = false, throws = true }: SaveOptions,
): Promise<Result> {
  const call = currentCall();
  refuseWithin(state);
  try {
    const written = state.toWrite();
    const change = await changeOf(state, call);
    // Its events run even when nothing was touched (spec 15 § 10.1).
    if (state.stored && isEmpty(change) && !state.def.events) return success;
    try {
      await store(state, change, written, call);
      return success;
    } catch (error) {
      const conflict = error instanceof SaveError && error.saveStatus === 2;
      if (!autoMerge || !conflict) throw error;
    }
    const stamp = await mergeStamp(state, change, call);
    if (stamp === undefined) return failure(6);
    await store(state, { ...change, stamp }, written, call);
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
      await saveEntity(tx, change, { ...call.writeContext, state, purpose: 'validate' });
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
  refuseWithin(state);
  try {
    const stamp = force ? undefined : (state.expectedStamp ?? stored.stamp);
    for (const value of state.given.values()) await value.keep();
    await call.write((tx) => deleteEntity(tx, def, stored.key, stamp, { ...call.writeContext, state }));
    return success;
  } catch (error) {
    return resultOf(error, throws);
  }
}

/** @throws Error in the events of a save or drop: they cannot save or drop the entity themselves */
function refuseWithin({ code, def }: EntityState): void {
  if (code.isBusy) throw new Error(`An event of ${def.name} cannot save or drop the entity that it is called for`);
}

function resultOf(error: unknown, throws: boolean): Result {
  if (!(error instanceof SaveError) && !(error instanceof KeystampError && error.status < 500)) throw error;
  const status = error instanceof SaveError ? error.saveStatus : error.status === 401 ? 1 : 4;
  if (throws && !mild.has(status)) throw error;
  return failure(status, error);
}

const isEmpty = ({ values, media }: Change): boolean => values.size === 0 && media.size === 0;

/**
 * Writes, and takes the row as it is stored then: key, stamp, defaults, versions of pictures.
 * @param begun what the change was made of
 */
async function store(state: EntityState, change: Change, begun: Written, call: CallContext): Promise<void> {
  const uploads = uploadsOf(state);
  for (const [attribute, value] of state.given) if (change.media.has(attribute)) await value.keep();
  const [stored, written] = await call.write(async (tx) => {
    for (const [attribute, id] of uploads) if (!(await isOpenUpload(tx, id))) throw fail(goneUpload(attribute), id);
    const { key, written = begun } = await saveEntity(tx, change, { ...call.writeContext, state });
    for (const [, id] of uploads) await consumeUpload(tx, id);
    return [await readSaved(tx, state.def, key, call.services.engine.dialect), written] as const;
  });
  state.take(stored, written);
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
      stored.value(attribute) !== now.value(attribute) ||
      !sameBytes(stored.media(attribute)?.hash, now.media(attribute)?.hash),
  );
  return theirs.some((attribute) => change.values.has(attribute) || change.media.has(attribute))
    ? undefined
    : now.stamp;
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
