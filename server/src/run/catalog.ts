// The catalog adds one thing to the plan: the name of this very datastore.
import type { CatalogPlan } from '../plan/catalog-plan.ts';
import { recalledStatement, uniqueIdName } from '../store/sql/meta.ts';
import type { Visit } from './context.ts';
import type { CatalogOutcome } from './outcome.ts';

export async function runCatalog(plan: CatalogPlan, { services }: Visit): Promise<CatalogOutcome> {
  const row = await services.engine.row(recalledStatement(uniqueIdName));
  return { ...plan, uniqueId: String(row?.['value']) };
}
