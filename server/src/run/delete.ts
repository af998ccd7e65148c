// Deletes (spec 06 § 5). Each entity is a unit of its own unless the request is atomic.
import { KeystampError, fail } from '../errors.ts';
import { deleteEntity, hasDropCode } from '../orm/drop.ts';
import type { DeletePlan } from '../plan/save-plan.ts';
import type { Key } from '../query/selection.ts';
import type { Transaction } from '../store/engine.ts';
import { keyOfRow } from '../store/sql/entity-row.ts';
import { keysStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import { findKey, missing } from './entity.ts';
import type { OkOutcome } from './outcome.ts';
import { describe, keyOfMember } from './source.ts';
import { withCode, writeEach, writeUnit } from './with-code.ts';

interface Doomed {
  readonly key: Key;
  readonly stamp?: number;
}

/** @throws KeystampError 1543 for a named entity that is missing, 1518 around a lock or a changed stamp */
export function runDelete(plan: DeletePlan, visit: Visit): Promise<OkOutcome> {
  return hasDropCode(plan.dataClass)
    ? withCode(visit, plan.dataClass.name, () => removeAll(plan, visit))
    : removeAll(plan, visit);
}

async function removeAll(plan: DeletePlan, visit: Visit): Promise<OkOutcome> {
  const doomed = await entitiesOf(plan, visit);
  const remove = (tx: Transaction, { key, stamp }: Doomed): Promise<void> =>
    deleteEntity(tx, plan.dataClass, key, stamp, visit.writeContext);
  if (plan.atomic)
    await writeUnit(visit, async (tx) => {
      for (const one of doomed) await remove(tx, one);
    });
  else
    checkEach(
      await writeEach(
        visit,
        doomed.map((one) => (tx: Transaction) => remove(tx, one)),
      ),
      plan,
    );
  return { kind: 'ok' };
}

/** Every entity is tried; the first failure is the answer. An entity of a selection that is gone already is no failure. */
function checkEach(settled: readonly PromiseSettledResult<void>[], plan: DeletePlan): void {
  for (const result of settled) {
    if (result.status === 'fulfilled') continue;
    const gone = result.reason instanceof KeystampError && result.reason.status === 404;
    if (!gone || plan.what.kind !== 'selection') throw result.reason;
  }
}

async function entitiesOf({ what, dataClass }: DeletePlan, visit: Visit): Promise<readonly Doomed[]> {
  switch (what.kind) {
    case 'entity': {
      const key = await findKey(what.entity, visit);
      if (!key) throw missing(what.entity);
      return [{ key }];
    }
    case 'member':
      return [{ key: await keyOfMember(what.member, visit) }];
    case 'listed':
      return Promise.all(
        what.entities.map(async ({ entity, stamp }) => {
          const key = await findKey(entity, visit);
          if (!key) throw fail(1543, entity.text, dataClass.name);
          return { key, ...(stamp !== undefined && { stamp }) };
        }),
      );
    case 'selection': {
      const selection = await describe(what.source, visit);
      const { engine } = visit.services;
      const rows = await engine.rows(keysStatement(selection, engine.dialect));
      return rows.map((row) => ({ key: keyOfRow(dataClass, row) }));
    }
    default:
      return what satisfies never;
  }
}
