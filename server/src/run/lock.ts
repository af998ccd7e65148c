// `$lock` (spec 06 § 7); a version that comes with it must be the current one (spec 10 § 5 row 10).
import type { StorageDef } from '../model/model.ts';
import { classOfEntity, type LockPlan } from '../plan/plan.ts';
import type { Key } from '../query/selection.ts';
import { existsStatement } from '../store/sql/write.ts';
import { mediaStatement } from '../store/sql/media.ts';
import type { Visit } from './context.ts';
import { findKey } from './entity.ts';
import type { LockOutcome } from './outcome.ts';

export async function runLock(plan: LockPlan, visit: Visit): Promise<LockOutcome> {
  const dataClass = classOfEntity(plan.entity);
  const { engine, locks } = visit.services;
  const key = await findKey(plan.entity, visit.services);
  if (!key || !(await engine.row(existsStatement(dataClass, key)))) return { kind: 'lock', result: 'gone' };
  if (!(await versionHolds(plan, key, visit))) return { kind: 'lock', result: 'stampChanged' };
  const done = plan.lock
    ? locks.lock(dataClass, key, visit.openSession().id)
    : locks.unlock(dataClass, key, visit.session?.id);
  return { kind: 'lock', result: done ? 'done' : 'lockedByOther' };
}

/** The number is that of the named picture; without a name, of any picture of the entity or of the entity itself. */
async function versionHolds(
  { version, attribute, entity }: LockPlan,
  key: Key,
  { services: { engine } }: Visit,
): Promise<boolean> {
  if (version.kind === 'absent') return true;
  if (version.kind === 'garbage') return false;
  const dataClass = classOfEntity(entity);
  const asked: readonly StorageDef[] = attribute ? [attribute] : dataClass.images;
  for (const image of asked) {
    const row = await engine.row(mediaStatement(dataClass, image, key));
    if (!row) return false;
    if (row['hash'] !== null && Number(row['version']) === version.value) return true;
    if (!attribute && Number(row['bound']) === version.value) return true;
  }
  return false;
}
