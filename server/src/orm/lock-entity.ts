// Locks that functions take: held by the session of the call, or by the call itself when it has none, and given back
// with `unlock` or at the end of the call (spec 16 § 4).
import { printKey } from '../query/print-key.ts';
import { lockEntity, unlockEntity, type LockResult } from '../session/locks.ts';
import { newId } from '../session/session.ts';
import type { Transaction } from '../store/engine.ts';
import { holderStatement, lockState } from '../store/sql/lock.ts';
import { sql } from '../store/sql/sql.ts';
import { heldStatement } from '../store/sql/write.ts';
import type { Result } from './api.ts';
import type { CallContext } from './call-context.ts';
import { currentCall } from './current-call.ts';
import type { EntityState } from './entity-state.ts';
import { readEntity } from './read.ts';
import { failure, success } from './result.ts';

export interface LockOptions {
  /** When another save came between, take the entity as it is stored now. */
  readonly reloadIfStampChanged?: boolean;
}

/**
 * Locks the entity for the session of the call, or for the call.
 * @returns 3 when another session holds it, 2 when it has changed since it was read, 5 when it is gone
 * @throws KeystampError 429 for too many locks
 */
export async function lockOf(state: EntityState, { reloadIfStampChanged = false }: LockOptions): Promise<Result> {
  const { stored } = state;
  if (!stored) return failure(5);
  const call = currentCall();
  await call.session?.stored;
  const result = await call.write((tx) => take(tx, state, call));
  if (result === 'lockedByOther') return failure(3);
  if (result === 'sessionOver') throw new Error('The session of the call has ended');
  const current = await readEntity(call, state.def, stored.key);
  if (current?.stamp === stored.stamp) return success;
  if (current && reloadIfStampChanged) {
    state.take(current);
    return { success: true, wasReloaded: true };
  }
  if (result !== 'held') await unlockOf(state);
  return failure(current ? 2 : 5);
}

/** Gives the lock back. @returns 3 when another session holds it */
export async function unlockOf({ stored, def }: EntityState): Promise<Result> {
  if (!stored) return success;
  const call = currentCall();
  const { now, sessionId } = call.writeContext;
  const result = await call.write((tx) => unlockEntity(tx, def, stored.key, { sessionId, now: now() }));
  if (result === 'lockedByOther') return failure(3);
  const at = call.state.locks.findIndex(
    ({ dataClass, key }) => dataClass === def && printKey(key) === printKey(stored.key),
  );
  if (at >= 0) call.state.locks.splice(at, 1);
  return success;
}

/** The locks that are taken here are given back at the end of the call; one that the session held before is not. */
async function take(tx: Transaction, { stored, def }: EntityState, call: CallContext): Promise<LockResult | 'held'> {
  const { now: clock, config } = call.services;
  const key = stored!.key;
  // Saves under way are done, or see the lock.
  await tx.lock(heldStatement(def, key));
  const now = clock();
  let sessionId = call.session?.id;
  if (sessionId === undefined) {
    sessionId = call.state.lockHolder ??= newId();
    await tx.run(holderStatement(sessionId, now, now + (config.functionSeconds + 60) * 1000));
  }
  const before = await tx.row(sql`SELECT ${lockState(def, key, { sessionId, now })} AS state`);
  if (before?.['state'] === 'own') return 'held';
  const result = await lockEntity(tx, def, key, { sessionId, now, most: config.maxLocksPerSession });
  if (result === 'done') call.state.locks.push({ dataClass: def, key });
  return result;
}
