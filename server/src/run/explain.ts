// `$queryplan` and `$querypath`: the steps of a filter, and what each of them finds (spec 04 § 9).
import type { Explanation } from '../plan/selection-plan.ts';
import type { QueryStep } from '../query/query-step.ts';
import { countStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import type { Explained } from './outcome.ts';
import { forDatabase } from './settled.ts';

/** A step as `__queryPlan` shows it. */
type PlanNode =
  | { readonly item: string; readonly subquery?: readonly PlanNode[] }
  | { readonly [operator: string]: readonly PlanNode[] };

/** A step as `__queryPath` shows it; `time` in milliseconds, `recordsfounds` entities of the step's class. */
interface PathNode {
  readonly description: string;
  readonly time?: number;
  readonly recordsfounds?: number;
  readonly steps?: readonly (PathNode | { readonly steps: readonly PathNode[] })[];
}

export async function explain({ step, plan, path }: Explanation, visit: Visit): Promise<Explained> {
  return {
    ...(path && { path: JSON.stringify({ steps: [await pathOf(step, new Counter(visit))] }) }),
    ...(plan && { plan: JSON.stringify(planOf(step)) }),
  };
}

function planOf(step: QueryStep): PlanNode {
  switch (step.kind) {
    case 'logic':
      return { [step.operator]: step.steps.map(planOf) };
    case 'join':
      return { item: step.text, ...(step.inner && { subquery: [planOf(step.inner)] }) };
    case 'item':
      return { item: step.text };
    default:
      return step satisfies never;
  }
}

async function pathOf(step: QueryStep, counter: Counter): Promise<PathNode> {
  const description = step.kind === 'logic' ? step.operator.toUpperCase() : step.text;
  const found = { description, ...(await counter.count(step)) };
  switch (step.kind) {
    case 'logic': {
      const steps: PathNode[] = [];
      for (const part of step.steps) steps.push(await pathOf(part, counter));
      return { ...found, steps };
    }
    case 'join':
      return step.inner ? { ...found, steps: [{ steps: [await pathOf(step.inner, counter)] }] } : found;
    case 'item':
      return found;
    default:
      return step satisfies never;
  }
}

/** Counts what steps find, one statement each, as many as the settings allow; later ones are told without a number. */
class Counter {
  readonly #visit: Visit;
  #left: number;

  constructor(visit: Visit) {
    this.#visit = visit;
    this.#left = visit.services.config.maxCountedSteps;
  }

  async count({ dataClass, predicate }: QueryStep): Promise<Pick<PathNode, 'time' | 'recordsfounds'>> {
    if (this.#left-- <= 0) return {};
    const { engine } = this.#visit.services;
    const begun = performance.now();
    const ready = await forDatabase({ dataClass, predicate, order: [] }, this.#visit);
    const row = await engine.row(countStatement(dataClass, ready.predicate, engine.dialect));
    return { time: Math.round(performance.now() - begun), recordsfounds: Number(row?.['total']) };
  }
}
