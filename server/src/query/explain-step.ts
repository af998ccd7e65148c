// The steps of a filter as `__queryPlan` and `__queryPath` print them (spec 04 § 9), for requests and for code.
import type { QueryStep } from './query-step.ts';

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

/** How many entities of its class a step finds; `undefined` when that is not for the asker. */
export type CountStep = (step: QueryStep) => Promise<number | undefined>;

/** The steps, as JSON. */
export const printPlan = (step: QueryStep): string => JSON.stringify(planOf(step));

/**
 * The steps and what each of them finds, as JSON.
 * @param most how many are counted; later ones are told without a number
 */
export async function printPath(step: QueryStep, most: number, count: CountStep): Promise<string> {
  return JSON.stringify({ steps: [await pathOf(step, new Counter(most, count))] });
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

class Counter {
  #left: number;
  readonly #count: CountStep;

  constructor(most: number, count: CountStep) {
    this.#left = most;
    this.#count = count;
  }

  async count(step: QueryStep): Promise<Pick<PathNode, 'time' | 'recordsfounds'>> {
    if (this.#left-- <= 0) return {};
    const begun = performance.now();
    const recordsfounds = await this.#count(step);
    if (recordsfounds === undefined) return {};
    return { time: Math.round(performance.now() - begun), recordsfounds };
  }
}
