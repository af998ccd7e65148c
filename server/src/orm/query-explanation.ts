// How a query of code was answered: `queryPlan` and `queryPath` of its selection, when its settings asked for them
// (spec 16 § 5).
import { printPath, printPlan } from '../query/explain-step.ts';
import { queryStep, type QueryStep } from '../query/query-step.ts';
import type { DataClassDef } from '../model/model.ts';
import { dataClassResource } from '../session/sight.ts';
import { currentCall } from './current-call.ts';
import type { Query } from './query.ts';
import { readCount } from './read.ts';
import { settled } from './settle.ts';

export class QueryExplanation {
  readonly #step: QueryStep;
  readonly #asked: { readonly plan: boolean; readonly path: boolean };
  #path: Promise<string> | undefined;

  private constructor(step: QueryStep, asked: { readonly plan: boolean; readonly path: boolean }) {
    this.#step = step;
    this.#asked = asked;
  }

  /** Nothing when the settings ask for neither. */
  static of({ predicate, settings }: Query, dataClass: DataClassDef): QueryExplanation | undefined {
    const asked = { plan: settings.queryPlan === true, path: settings.queryPath === true };
    return asked.plan || asked.path ? new QueryExplanation(queryStep(predicate, dataClass), asked) : undefined;
  }

  /** The steps, as JSON. */
  get plan(): string | undefined {
    return this.#asked.plan ? printPlan(this.#step) : undefined;
  }

  /** The steps with what each of them finds, as JSON; counted once, when it is first asked for. */
  async path(): Promise<string | undefined> {
    if (!this.#asked.path) return undefined;
    const call = currentCall();
    return (this.#path ??= printPath(
      this.#step,
      call.services.config.maxCountedSteps,
      async ({ dataClass, predicate }) =>
        call.access.may('read', dataClassResource(dataClass))
          ? readCount(call, await settled({ dataClass, predicate, order: [] }))
          : undefined,
    ));
  }
}
