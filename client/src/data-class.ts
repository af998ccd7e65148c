// A dataclass: where entities are found, made and counted.
import { callProxy, type CallOptions } from './call.ts';
import type { DataStore } from './data-store.ts';
import { EntityObject, type Entity } from './entity.ts';
import type { CallsOf } from './function-types.ts';
import { keyText, quoted, type Key } from './key.ts';
import type { ClassName, ModelShape, PathsOf, ScalarName, Values } from './model-types.ts';
import { splitArguments, type QueryArguments } from './query-arguments.ts';
import type { FilterValue } from './query-string.ts';
import { readEntity } from './read-answer.ts';
import { Selection, viewParams, type QueryOptions, type ReadOptions } from './selection.ts';
import type { RequestOptions } from './transport.ts';
import type { WireDataClass, WireEntity } from './wire.ts';

export class DataClass<M extends ModelShape, C extends ClassName<M>> {
  readonly name: C;
  readonly #store: DataStore;

  constructor(store: DataStore, name: C) {
    this.#store = store;
    this.name = name;
  }

  /** The entities that a filter finds: `query('salary > :1', 1000, { orderBy: 'lastName', top: 20 })`. */
  query<const O extends QueryOptions<M, C>>(
    filter: string,
    ...rest: [...values: FilterValue[], options: O]
  ): Selection<M, C, PathsOf<O>>;
  query(filter: string, ...values: FilterValue[]): Selection<M, C>;
  query(...args: QueryArguments): Selection<M, C> {
    const { filter, values, options } = splitArguments(args);
    return this.#select(filter, values, options);
  }

  /** All entities. */
  all<const O extends QueryOptions<M, C>>(options: O = {} as O): Selection<M, C, PathsOf<O>> {
    return this.#select(undefined, [], options) as Selection<M, C, PathsOf<O>>;
  }

  #select(filter: string | undefined, values: readonly FilterValue[], options: object): Selection<M, C> {
    return new Selection(this.#store, { dataClass: this.name, path: this.name }, filter, values, options);
  }

  /** The entity with that key. @throws NotFoundError */
  async get<const O extends ReadOptions<M, C>>(key: Key, options: O = {} as O): Promise<Entity<M, C, PathsOf<O>>> {
    const path = await this.#store.entityPath(this.name, keyText(key));
    return this.#entity(await this.#store.json<WireEntity>(path, viewParams(options), options), options) as never;
  }

  /** The entity with that key, undefined when there is none. */
  async find<const O extends ReadOptions<M, C>>(
    key: Key,
    options: O = {} as O,
  ): Promise<Entity<M, C, PathsOf<O>> | undefined> {
    try {
      return await this.get(key, options);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The first entity, in the order of keys, with that value in an attribute. @throws NotFoundError */
  async getBy<const O extends ReadOptions<M, C>>(
    attribute: ScalarName<M, C>,
    value: string | number | boolean,
    options: O = {} as O,
  ): Promise<Entity<M, C, PathsOf<O>>> {
    const part = encodeURIComponent(quoted(String(value)));
    const path = `${this.name}:${attribute}(${part})`;
    return this.#entity(await this.#store.json<WireEntity>(path, viewParams(options), options), options) as never;
  }

  #entity(wire: WireEntity, options: object): EntityObject {
    return readEntity(this.#store, wire, this.name, viewParams(options));
  }

  /** A new entity in memory; `save` stores it. */
  create(values: Values<M, C> = {} as Values<M, C>): Entity<M, C> {
    const entity = new EntityObject(this.#store, this.name, {}, { __STAMP: 0 });
    return Object.assign(entity, values) as unknown as Entity<M, C>;
  }

  /** What the catalog tells of it. */
  info(options?: RequestOptions): Promise<WireDataClass> {
    return this.#store.classInfo(this.name, options);
  }

  /** Its functions, and those of the selection of all its entities: `ds.Employee.call.topPaid(3)`. */
  get call(): CallsOf<M, C, 'functions'> & CallsOf<M, C, 'selectionFunctions'> {
    return callProxy((name, args, options) => this.invoke(name, args, options));
  }

  /** Calls one of its functions. @throws ServerError with what it threw, NotFoundError, PermissionError */
  invoke(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    return this.#store.invoke(`${this.name}/${name}`, args, options);
  }
}

/** A missing entity, as against a missing class. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'has' in error && (error as { has(code: number): boolean }).has(1543);
