// The catalog adds one thing to the plan: the name of this very datastore.
import type { CatalogPlan } from '../plan/catalog-plan.ts';
import { metaTable } from '../store/sql/columns.ts';
import { sql } from '../store/sql/sql.ts';
import type { Visit } from './context.ts';
import type { CatalogOutcome } from './outcome.ts';

export async function runCatalog(plan: CatalogPlan, { services }: Visit): Promise<CatalogOutcome> {
  const row = await services.engine.row(sql`SELECT value FROM ${metaTable} WHERE name = ${'uniqueId'}`);
  return { ...plan, uniqueId: String(row?.['value']) };
}
