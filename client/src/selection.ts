// A described selection: a filter and an order over a class or a stored set. Nothing is sent until it is awaited or asked
// something.
import { callProxy, type CallOptions } from './call.ts';
import type { DataStore } from './data-store.ts';
import type { Entity } from './entity.ts';
import { EntitySet } from './entity-set.ts';
import type { CallsOf } from './function-types.ts';
import { RequestError } from './errors.ts';
import { imageParams, type ImageOptions } from './image-url.ts';
import { keyText, type Key } from './key.ts';
import type {
  AttributePath,
  ClassName,
  ExpandPath,
  ImageName,
  ModelShape,
  ScalarName,
  ScalarValue,
} from './model-types.ts';
import type { Page } from './page.ts';
import { paramsText, queryString, type FilterValue, type Params } from './query-string.ts';
import { readPage } from './read-answer.ts';
import { readDeferred, type Picture } from './deferred.ts';
import type { RequestOptions } from './transport.ts';
import type { WireAggregates, WireDeferred, WireSelection } from './wire.ts';

/** What of each entity is read. */
export interface ReadOptions<M extends ModelShape, C extends ClassName<M>> extends RequestOptions {
  /** Names, paths through relations, `employer.*`. Default: all attributes, relations unread. */
  readonly attributes?: readonly AttributePath<M, C>[];
  /** Relations to read along, with all their attributes. */
  readonly expand?: readonly ExpandPath<M, C>[];
  /** How pictures will be shown; every URL of the answer is then made so. `info`: type, size and preview too. */
  readonly image?: ImageOptions & { readonly info?: boolean };
}

export interface QueryOptions<M extends ModelShape, C extends ClassName<M>> extends ReadOptions<M, C> {
  /** Such as `lastName desc, firstName`. */
  readonly orderBy?: string;
  /** Values of named placeholders (`:min`), or of numbered ones. */
  readonly params?: { readonly [name: string]: FilterValue } | readonly FilterValue[];
  readonly skip?: number;
  /** Most entities of a page; the server's default is 100. */
  readonly top?: number;
  /** Tell how the filter was answered: `queryPlan` and `queryPath` of the page. */
  readonly plan?: boolean;
}

export interface PageOptions extends RequestOptions {
  readonly skip?: number;
  readonly top?: number;
}

// oxlint-disable-next-line no-explicit-any -- options for any class
type AnyOptions = QueryOptions<any, any>;

/** The parameters of what is read of each entity. */
export const viewParams = ({ attributes, expand, image }: AnyOptions): Params => ({
  $attributes: attributes && attributes.join(','),
  $expand: expand && expand.join(','),
  ...(image && { ...imageParams(image), $imageinfo: image.info || undefined }),
});

export class Selection<M extends ModelShape, C extends ClassName<M>, P extends string = '*'>
  implements PromiseLike<Page<Entity<M, C, P>>>, AsyncIterable<Entity<M, C, P>>
{
  readonly #store: DataStore;
  readonly #class: string;
  /** `Employee` or `Employee/$entityset/…`. */
  readonly #path: string;
  readonly #which: Params;
  readonly #options: AnyOptions;

  /** @param path of the class or of a stored set; `always` holds what every request to it must carry */
  constructor(
    store: DataStore,
    { dataClass, path, always }: { readonly dataClass: string; readonly path: string; readonly always?: Params },
    filter: string | undefined,
    values: readonly FilterValue[],
    options: AnyOptions,
  ) {
    this.#store = store;
    this.#class = dataClass;
    this.#path = path;
    this.#options = options;
    const given = options.params ?? (values.length > 0 ? values : undefined);
    this.#which = {
      ...always,
      $filter: filter || undefined,
      ...(given && { $params: paramsText(given) }),
      $orderby: options.orderBy || undefined,
    };
  }

  get #view(): Params {
    return { ...viewParams(this.#options), ...(this.#options.plan && { $queryplan: true, $querypath: true }) };
  }

  get #signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** The URL a page is read from, for logs and for people. */
  url({ skip = this.#options.skip, top = this.#options.top }: PageOptions = {}): string {
    return this.#store.resolve(this.#path + queryString({ ...this.#which, ...this.#view, $skip: skip, $top: top }));
  }

  /** Reads a page. @throws RequestError for a faulty filter, NotFoundError for unknown names */
  page({ skip = this.#options.skip, top = this.#options.top, signal = this.#signal }: PageOptions = {}): Promise<
    Page<Entity<M, C, P>>
  > {
    return this.#read({ $skip: skip, $top: top }, top, signal);
  }

  async #read(
    params: Params,
    top: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Page<Entity<M, C, P>>> {
    const wire = await this.#store.json<WireSelection>(
      this.#path,
      { ...this.#which, ...this.#view, ...params },
      { signal },
    );
    return readPage(this.#store, wire, this.#class, viewParams(this.#options), (skip, next) =>
      this.page({ skip, ...(top !== undefined && { top }), ...(next && { signal: next }) }),
    ) as Page<never>;
  }

  /** `await ds.Employee.query(…)` reads the first page. */
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is for
  then<A = Page<Entity<M, C, P>>, B = never>(
    fulfilled?: ((page: Page<Entity<M, C, P>>) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.page().then(fulfilled, rejected);
  }

  /** The first entity, undefined when there is none. */
  async first(options: RequestOptions = {}): Promise<Entity<M, C, P> | undefined> {
    return (await this.page({ ...options, top: 1 })).entities[0];
  }

  /**
   * All entities, page by page. Which they are is settled at the first one, by an entity set, so changes meanwhile repeat
   * and skip none; classes with composite keys have no sets, and there they may.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Entity<M, C, P>, void, undefined> {
    const { top = 100, skip: first = 0 } = this.#options;
    const set = await this.entitySet().catch((error: unknown) => {
      if (error instanceof RequestError && error.code === 1813) return undefined;
      throw error;
    });
    if (!set) {
      for (let page = await this.page({ top }); ; page = (await page.next()) ?? page) {
        yield* page;
        if (!page.hasMore) return;
      }
    }
    try {
      for (let skip = first; skip < set.count;) {
        const { entities } = await set.query(undefined, this.#viewOptions({ skip, top }));
        // The server sends fewer than it was asked for when they are more than it allows.
        if (entities.length === 0) return;
        skip += entities.length;
        yield* entities as never[];
      }
    } finally {
      await set.release().catch(() => undefined);
    }
  }

  #viewOptions(page: PageOptions): QueryOptions<M, C> {
    const { attributes, expand, image, signal } = this.#options;
    return {
      ...(attributes && { attributes }),
      ...(expand && { expand }),
      ...(image && { image }),
      ...(signal && { signal }),
      ...page,
    } as never;
  }

  /** All entities as an array. */
  async all(): Promise<Entity<M, C, P>[]> {
    const entities: Entity<M, C, P>[] = [];
    for await (const entity of this) entities.push(entity);
    return entities;
  }

  /** How many entities there are. */
  async count(options: RequestOptions = {}): Promise<number> {
    return (await this.#ask<WireSelection>({ $top: 0 }, options)).__COUNT;
  }

  /** An aggregate of one attribute; without `operation` all of them. */
  compute(attribute: ScalarName<M, C>, operation: 'count' | 'sum', options?: RequestOptions): Promise<number>;
  compute(attribute: ScalarName<M, C>, operation: 'average', options?: RequestOptions): Promise<number | null>;
  compute<A extends ScalarName<M, C>>(
    attribute: A,
    operation: 'min' | 'max',
    options?: RequestOptions,
  ): Promise<ScalarValue<M, C, A> | null>;
  compute(attribute: ScalarName<M, C>, operation?: '$all', options?: RequestOptions): Promise<WireAggregates>;
  async compute(attribute: string, operation = '$all', options: RequestOptions = {}): Promise<unknown> {
    const answer = await this.#ask({ $attributes: attribute, $compute: operation }, options);
    return operation === '$all' ? (answer as Record<string, unknown>)[attribute] : answer;
  }

  /** The distinct values of an attribute, sorted, without null; of a picture attribute its different pictures. */
  distinct<A extends ImageName<M, C>>(attribute: A, options?: RequestOptions): Promise<readonly Picture[]>;
  distinct<A extends ScalarName<M, C>>(
    attribute: A,
    options?: RequestOptions,
  ): Promise<readonly ScalarValue<M, C, A>[]>;
  async distinct(attribute: string, { signal = this.#signal }: RequestOptions = {}): Promise<readonly unknown[]> {
    const { skip: $skip, top: $top, image } = this.#options;
    const params = { ...this.#which, ...(image && imageParams(image)), $distinct: true, $skip, $top };
    const values = await this.#store.json<readonly unknown[]>(`${this.#path}/${attribute}`, params, { signal });
    return values.map((value) =>
      typeof value === 'object' && value !== null && '__deferred' in value
        ? readDeferred(this.#store, (value as WireDeferred).__deferred)
        : value,
    );
  }

  /** Where the entity with that key stands, from 0; -1 when it is not in the selection. */
  async findKey(key: Key, options: RequestOptions = {}): Promise<number> {
    return (await this.#ask<{ result: number }>({ $findKey: keyText(key) }, options)).result;
  }

  /**
   * Stores the selection on the server: who is in it, and in which order, stays as it is now.
   * @param options.timeout seconds it lives when nobody uses it; 7200 when not given
   */
  async entitySet({ timeout, signal = this.#signal }: RequestOptions & { readonly timeout?: number } = {}): Promise<
    EntitySet<M, C>
  > {
    const wire = await this.#store.json<WireSelection>(
      this.#path,
      { ...this.#which, $method: 'entityset', $timeout: timeout, $top: 0 },
      { signal, opensSession: true },
    );
    const { $filter, $orderby, $params } = this.#which;
    const plain = this.#path === this.#class;
    return new EntitySet<M, C>(
      this.#store,
      this.#class,
      wire,
      plain ? { $filter: $filter ?? '$all', $orderby, $params } : undefined,
    );
  }

  /** Deletes all of its entities. @throws RequestError for a whole class, LockedError, PermissionError */
  async delete({ signal = this.#signal, atomic }: RequestOptions & { readonly atomic?: boolean } = {}): Promise<void> {
    await this.#store.json(
      this.#path,
      { ...this.#which, $method: 'delete', $atomic: atomic || undefined },
      { method: 'POST', signal },
    );
  }

  /** Functions of the selection. */
  get call(): CallsOf<M, C, 'selectionFunctions'> {
    return callProxy((name, args, options) => this.invoke(name, args, options));
  }

  /** Calls a function of the selection. @throws ServerError with what it threw, NotFoundError, PermissionError */
  invoke(name: string, args: readonly unknown[] = [], options: CallOptions = {}): Promise<unknown> {
    const [dataClass, ...set] = this.#path.split('/');
    const path = [dataClass, name, ...set].join('/');
    const { $params, ...which } = this.#which;
    if (options.get && $params !== undefined) throw new TypeError('a call by GET cannot carry values of placeholders');
    return this.#store.invoke(path, args, {
      ...options,
      params: { ...which, $params, ...viewParams(this.#options), ...options.params },
    });
  }

  #ask<T>(params: Params, { signal = this.#signal }: RequestOptions): Promise<T> {
    return this.#store.json<T>(this.#path, { ...this.#which, ...params }, { signal });
  }
}
