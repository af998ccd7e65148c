/// <reference lib="esnext.disposable" preserve="true" />
// A selection that is stored on the server (spec 05 § 3): ordered members, live values.
import type { CallOptions } from './call.ts';
import type { DataStore } from './data-store.ts';
import type { Entity } from './entity.ts';
import type { CallsOf } from './function-types.ts';
import type { ClassName, ModelShape, PathsOf } from './model-types.ts';
import type { Page } from './page.ts';
import { splitArguments, type QueryArguments } from './query-arguments.ts';
import type { FilterValue, Params } from './query-string.ts';
import { Selection, type QueryOptions } from './selection.ts';
import type { RequestOptions } from './transport.ts';
import type { WireSelection } from './wire.ts';

export class EntitySet<M extends ModelShape, C extends ClassName<M>> {
  readonly id: string;
  /** Members when it was made; deleted ones keep their place. */
  readonly count: number;
  readonly dataClass: string;
  readonly #store: DataStore;
  /** What makes it again, under the same id, when the server has dropped it. */
  readonly #again: Params;

  constructor(store: DataStore, dataClass: string, wire: WireSelection, made?: Params) {
    const [, name, id] = /\/([^/]+)\/\$entityset\/([A-Za-z0-9]+)/.exec(wire.__ENTITYSET ?? '') ?? [];
    if (id === undefined) throw new TypeError('the server made no entity set');
    this.#store = store;
    this.dataClass = dataClass || (name as string);
    this.id = id;
    this.count = wire.__COUNT;
    // Values of placeholders serve the saved expressions too.
    this.#again = made
      ? { $savedfilter: made['$filter'], $savedorderby: made['$orderby'], $params: made['$params'] }
      : {};
  }

  get path(): string {
    return `${this.dataClass}/$entityset/${this.id}`;
  }

  /** Its members, or those that a filter keeps. */
  query<const O extends QueryOptions<M, C>>(options: O): Selection<M, C, PathsOf<O>>;
  query<const O extends QueryOptions<M, C>>(
    filter: string | undefined,
    ...rest: [...values: FilterValue[], options: O]
  ): Selection<M, C, PathsOf<O>>;
  query(filter?: string, ...values: FilterValue[]): Selection<M, C>;
  query(...args: QueryArguments): Selection<M, C> {
    const { filter, values, options } = splitArguments(args);
    // A filter with values of its own cannot be sent beside the one that would make the set again.
    const { $params, ...again } = this.#again;
    const own = values.length > 0 || options.params !== undefined;
    const always = own ? ($params === undefined ? again : {}) : this.#again;
    return new Selection(this.#store, { dataClass: this.dataClass, path: this.path, always }, filter, values, options);
  }

  /** A page of its members. */
  page<const O extends QueryOptions<M, C>>(options: O = {} as O): Promise<Page<Entity<M, C, PathsOf<O>>>> {
    return this.query(options).page();
  }

  /** A new set with the members that are in both. */
  and(other: EntitySet<M, C> | string, options?: RequestOptions): Promise<EntitySet<M, C>> {
    return this.#combine('AND', other, options);
  }

  /** A new set with the members of either. */
  or(other: EntitySet<M, C> | string, options?: RequestOptions): Promise<EntitySet<M, C>> {
    return this.#combine('OR', other, options);
  }

  /** A new set without the members of the other. */
  except(other: EntitySet<M, C> | string, options?: RequestOptions): Promise<EntitySet<M, C>> {
    return this.#combine('EXCEPT', other, options);
  }

  /** Whether the two share a member. */
  intersects(other: EntitySet<M, C> | string, { signal }: RequestOptions = {}): Promise<boolean> {
    return this.#store.json<boolean>(
      this.path,
      { ...this.#again, $logicOperator: 'INTERSECT', $otherCollection: idOf(other) },
      { signal },
    );
  }

  /** A new set without the members that were deleted. */
  clean({ signal }: RequestOptions = {}): Promise<EntitySet<M, C>> {
    return this.#make({ $clean: true }, signal);
  }

  /** Ends it on the server. One that is gone already is no error. */
  async release({ signal }: RequestOptions = {}): Promise<void> {
    await this.#store.json(`${this.dataClass}/$entityset/$release`, {}, { method: 'POST', json: [this.id], signal });
  }

  /** `await using set = await …entitySet()` releases it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  get call(): CallsOf<M, C, 'selectionFunctions'> {
    return this.query().call;
  }

  invoke(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return this.query().invoke(name, args, options);
  }

  #combine(
    $logicOperator: string,
    other: EntitySet<M, C> | string,
    options: RequestOptions = {},
  ): Promise<EntitySet<M, C>> {
    return this.#make({ $logicOperator, $otherCollection: idOf(other) }, options.signal);
  }

  async #make(params: Params, signal: AbortSignal | undefined): Promise<EntitySet<M, C>> {
    const wire = await this.#store.json<WireSelection>(
      this.path,
      { ...this.#again, ...params, $method: 'entityset', $top: 0 },
      { signal, opensSession: true },
    );
    return new EntitySet(this.#store, this.dataClass, wire);
  }
}

const idOf = (set: { readonly id: string } | string): string => (typeof set === 'string' ? set : set.id);
