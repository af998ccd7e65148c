// Pessimistic locks: which session holds which entity (spec 06 § 7). Locks are rows of the database, so every process on
// it sees them and a restart loses none; taking and giving back are one guarded statement in the caller's transaction.
import { failHttp } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { Row, Transaction } from '../store/engine.ts';
import {
  dropLocksStatement,
  lockState,
  lockStatement,
  refusedLockStatement,
  unlockStatement,
  type LockAsker,
} from '../store/sql/lock.ts';
import { sql } from '../store/sql/sql.ts';

/** `sessionOver`: the session that asked was ended by another process; a new one may ask again. */
export type LockResult = 'done' | 'lockedByOther' | 'sessionOver';

/**
 * Takes the lock of an entity that exists; a session may take its own again.
 * @param most locks a session may hold
 * @throws KeystampError 429 when it holds as many
 */
export async function lockEntity(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  { sessionId, now, most }: { readonly sessionId: string; readonly now: number; readonly most: number },
): Promise<LockResult> {
  if ((await tx.run(lockStatement(dataClass, key, sessionId, now, most))) === 1) return 'done';
  const { alive, state } = (await tx.row(refusedLockStatement(dataClass, key, sessionId, now))) as Row;
  if (Number(alive) === 0) return 'sessionOver';
  if (state === 'other') return 'lockedByOther';
  if (state === 'own') return 'done';
  throw failHttp(429, 'locks of this session');
}

/** `done` when nobody holds the lock afterwards. */
export async function unlockEntity(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  asker: LockAsker,
): Promise<Exclude<LockResult, 'sessionOver'>> {
  if ((await tx.run(unlockStatement(dataClass, key, asker))) === 1) return 'done';
  const row = await tx.row(sql`SELECT ${lockState(dataClass, key, asker)} AS state`);
  return row?.['state'] === 'other' ? 'lockedByOther' : 'done';
}

/** Gives back everything the session holds. */
export async function releaseLocks(tx: Transaction, sessionId: string): Promise<void> {
  await tx.run(dropLocksStatement(sessionId));
}
