// `$queryplan` and `$querypath`: the steps of a filter, and what each of them finds (spec 04 § 9).
import type { Explanation } from '../plan/selection-plan.ts';
import { dataClassResource } from '../session/sight.ts';
import { countStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import type { Explained } from './outcome.ts';
import { forDatabase } from './settled.ts';
import { printPath, printPlan } from '../query/explain-step.ts';
import type { QueryStep } from '../query/query-step.ts';

export async function explain({ step, plan, path }: Explanation, visit: Visit): Promise<Explained> {
  const { engine, config } = visit.services;
  const count = async ({ dataClass, predicate }: QueryStep): Promise<number | undefined> => {
    // An alias may lead through classes that the asker may not read.
    if (!visit.access.may('read', dataClassResource(dataClass))) return undefined;
    const ready = await forDatabase({ dataClass, predicate, order: [] }, visit);
    return Number((await engine.row(countStatement(dataClass, ready.predicate, engine.dialect)))?.['total']);
  };
  return {
    ...(path && { path: await printPath(step, config.maxCountedSteps, count) }),
    ...(plan && { plan: printPlan(step) }),
  };
}
