// The datastore as code holds it (spec 16 §§ 3 to 5): its transactions and singletons; dataclasses and functions are
// added per model.
import type { Implemented } from '../model/code.ts';
import { isImplemented } from '../model/code.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { DataStore } from './api.ts';
import { isTracking, readGlobalStamp, setGlobalStamp } from '../store/global-stamps.ts';
import { currentCall } from './current-call.ts';
import { runtimeOf, type StoreRuntime } from './store-runtime.ts';

export class DataStoreObject {
  readonly #runtime: StoreRuntime;

  constructor(runtime: StoreRuntime) {
    this.#runtime = runtime;
  }

  startTransaction(): Promise<void> {
    return currentCall().startTransaction();
  }

  validateTransaction(): Promise<void> {
    return currentCall().validateTransaction();
  }

  cancelTransaction(): Promise<void> {
    return currentCall().cancelTransaction();
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return currentCall().transaction(work);
  }

  /** The counter of changes of tracked dataclasses; 0 when no dataclass is tracked (spec 17 § 2.3). */
  async getGlobalStamp(): Promise<number> {
    return isTracking(this.#runtime.model) ? (await readGlobalStamp(currentCall().executor)).value : 0;
  }

  /** Raises the counter; false when it is higher already, unless `force` is given. @throws RangeError */
  async setGlobalStamp(value: number, force = false): Promise<boolean> {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${value} is no number of a change`);
    return currentCall().write((tx) => setGlobalStamp(tx, value, force));
  }

  getInfo(): { readonly type: string; readonly networked: boolean; readonly localID: string } {
    return { type: 'Keystamp', networked: false, localID: this.#runtime.model.name };
  }

  get singletons(): object {
    const { model } = this.#runtime;
    return Object.defineProperties(
      {},
      Object.fromEntries(
        [...model.singletons.values()].map((def) => [
          def.name,
          { get: () => this.#runtime.singleton(def), enumerable: true },
        ]),
      ),
    );
  }
}

/**
 * The datastore of a model, typed by it, for code outside of functions' `this`. It works inside of calls alone, and
 * finds the running one by itself.
 */
export function dataStoreOf<M extends ModelDefinition, K>(implemented: Implemented<M, K>): DataStore<M, K>;
export function dataStoreOf<M extends ModelDefinition>(model: M): DataStore<M, unknown>;
export function dataStoreOf(given: object): object {
  const definition = isImplemented(given) ? given.model : given;
  return new Proxy(Object.create(null) as object, {
    get(_target, name) {
      const { model } = currentCall();
      if (model.definition !== definition)
        throw new Error(`The call runs in the model ${model.name}, not in that of this datastore`);
      const { object } = runtimeOf(model);
      const value: unknown = Reflect.get(object, name);
      return typeof value === 'function' ? (value.bind(object) as unknown) : value;
    },
  });
}
