// One entity: finding its key, reading it.
import { fail } from '../errors.ts';
import type { Key } from '../query/selection.ts';
import { type EntityRef, classOfEntity } from '../plan/entity-ref.ts';
import type { ReadEntityPlan } from '../plan/plan.ts';
import { keyOfRow } from '../store/sql/entity-row.ts';
import { entityStatement, keysStatement } from '../store/sql/select.ts';
import { sql } from '../store/sql/sql.ts';
import { withCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import type { EntityOutcome } from './outcome.ts';
import { keyOfMember } from './source.ts';
import { columnsForDatabase, forDatabase } from './settled.ts';

/**
 * The key of the entity a request names, `undefined` when there is none such.
 * @throws KeystampError 1543, 1802, 1803 for the member of a set
 */
export async function findKey(entity: EntityRef, visit: Visit): Promise<Key | undefined> {
  switch (entity.kind) {
    case 'key':
      return entity.key;
    case 'missing':
      return undefined;
    case 'member':
      return keyOfMember(entity.member, visit);
    case 'match': {
      const { engine } = visit.services;
      const selection = await forDatabase(entity.selection, visit);
      const row = await engine.row(sql`${keysStatement(selection, engine.dialect)} LIMIT 1`);
      return row && keyOfRow(selection.dataClass, row);
    }
    default:
      return entity satisfies never;
  }
}

/** The error for an entity that does not exist: 1543. */
export const missing = (entity: EntityRef): Error => fail(1543, entity.text, classOfEntity(entity).name);

export async function runReadEntity({ entity, columns: asked }: ReadEntityPlan, visit: Visit): Promise<EntityOutcome> {
  const { engine } = visit.services;
  const key = await findKey(entity, visit);
  const columns = await columnsForDatabase(asked, visit);
  const form = columns.paged || engine.dialect.prefersBytes ? 'bytes' : 'top';
  const row = key && (await engine.row(entityStatement(columns, key, form, engine.dialect)));
  if (!row) throw missing(entity);
  return { kind: 'entity', json: await withCalculated(row['json'] as string | Uint8Array, columns, visit) };
}
