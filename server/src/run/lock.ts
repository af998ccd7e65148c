// `$lock` (spec 06 § 7); a version that comes with it must be the current one (spec 10 § 5 row 10).
import { classOfEntity } from '../plan/entity-ref.ts';
import type { LockPlan } from '../plan/plan.ts';
import type { Key } from '../query/selection.ts';
import { lockEntity, unlockEntity, type LockResult } from '../session/locks.ts';
import type { Session } from '../session/session.ts';
import type { Executor, Transaction } from '../store/engine.ts';
import { existsStatement, heldStatement } from '../store/sql/write.ts';
import { mediaStatement, ownMedia } from '../store/sql/media.ts';
import type { Visit } from './context.ts';
import { findKey } from './entity.ts';
import type { LockOutcome } from './outcome.ts';

/** @throws KeystampError 402 too many sessions, 429 too many locks in this one */
export async function runLock(plan: LockPlan, visit: Visit): Promise<LockOutcome> {
  const { engine } = visit.services;
  const key = await findKey(plan.entity, visit);
  if (!key) return { kind: 'lock', result: 'gone' };
  // Looked at before a session is opened for nothing.
  const hindrance = await hindranceOf(plan, key, engine);
  if (hindrance) return { kind: 'lock', result: hindrance };
  return { kind: 'lock', result: plan.lock ? await lock(plan, key, visit) : await unlock(plan, key, visit) };
}

async function lock(plan: LockPlan, key: Key, visit: Visit): Promise<LockOutcome['result']> {
  const result = await take(plan, key, visit.openSession(), visit);
  if (result !== 'sessionOver') return result;
  const again = await take(plan, key, visit.renewSession(), visit);
  if (again === 'sessionOver') throw new Error('A session that was just made is not there');
  return again;
}

async function take(
  plan: LockPlan,
  key: Key,
  session: Session,
  { services: { engine, config, now } }: Visit,
): Promise<LockResult | Hindrance> {
  await session.stored;
  const asker = { sessionId: session.id, now: now(), most: config.maxLocksPerSession };
  return engine.write(
    async (tx) => (await hindranceNow(plan, key, tx)) ?? lockEntity(tx, classOfEntity(plan.entity), key, asker),
  );
}

async function unlock(plan: LockPlan, key: Key, visit: Visit): Promise<LockOutcome['result']> {
  const asker = { sessionId: visit.session?.id, now: visit.services.now() };
  return visit.services.engine.write(
    async (tx) => (await hindranceNow(plan, key, tx)) ?? unlockEntity(tx, classOfEntity(plan.entity), key, asker),
  );
}

type Hindrance = 'gone' | 'stampChanged';

/** Why the entity can be neither locked nor unlocked by this request. */
async function hindranceOf(plan: LockPlan, key: Key, executor: Executor): Promise<Hindrance | undefined> {
  if (!(await executor.row(existsStatement(classOfEntity(plan.entity), key)))) return 'gone';
  return (await versionHolds(plan, key, executor)) ? undefined : 'stampChanged';
}

/** The same, and nobody changes the entity before the transaction ends: saves under way are done, or see the lock. */
async function hindranceNow(plan: LockPlan, key: Key, tx: Transaction): Promise<Hindrance | undefined> {
  await tx.lock(heldStatement(classOfEntity(plan.entity), key));
  return hindranceOf(plan, key, tx);
}

/** The number is that of the named picture; without a name, of any picture of the entity or of the entity itself. */
async function versionHolds(
  { version, place, images, entity }: LockPlan,
  key: Key,
  executor: Executor,
): Promise<boolean> {
  if (version.kind === 'absent') return true;
  if (version.kind === 'garbage') return false;
  const dataClass = classOfEntity(entity);
  for (const asked of place ? [place] : images.map(ownMedia)) {
    const row = await executor.row(mediaStatement(dataClass, asked, key));
    if (!row) return false;
    if (row['hash'] !== null && Number(row['version']) === version.value) return true;
    if (!place && Number(row['bound']) === version.value) return true;
  }
  return false;
}
