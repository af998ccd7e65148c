// The datastore of a server: its dataclasses, functions, logins and changes.
import { argumentOf, callProxy, type CallOptions } from './call.ts';
import { ChangeFeed, type ChangesOptions } from './changes.ts';
import { DataClass } from './data-class.ts';
import { Picture } from './deferred.ts';
import { EntitySet } from './entity-set.ts';
import type { Place } from './entity-state.ts';
import { errorOf, PermissionError } from './errors.ts';
import type { SingletonCalls, SingletonName, StoreCalls } from './function-types.ts';
import type { ImageOptions, SrcsetOptions } from './image-url.ts';
import { isBare, keyInPath } from './key.ts';
import type { ClassName, ModelShape } from './model-types.ts';
import { NewestPictures } from './newest-pictures.ts';
import { queryString, type Params } from './query-string.ts';
import { resultOf } from './read-answer.ts';
import { Transport, type Body, type RequestOptions, type Sent } from './transport.ts';
import { upload, type Bytes, type Upload, type UploadOptions } from './upload.ts';
import type { WireCatalog, WireDataClass, WireInfo, WireSelection, WireUser } from './wire.ts';

export interface ClientOptions {
  /** The mount of the API, such as `https://data.example/rest`; default: `/rest` of the page's own server. */
  readonly url?: string;
  readonly fetch?: typeof fetch;
  /** Of browsers: `include` sends cookies to another origin too. */
  readonly credentials?: RequestInit['credentials'];
  readonly apiKey?: string;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Tries of a read while the server is busy (503), the first included; default 4. */
  readonly tries?: number;
  /** Most seconds between two of them, whatever the server asks; default 10. */
  readonly maxWait?: number;
}

interface SentJson extends Omit<Sent, 'body' | 'type'> {
  readonly json?: unknown;
  readonly body?: Body;
  readonly type?: string;
}

// oxlint-disable-next-line no-explicit-any -- the store of any model
export class DataStore<M extends ModelShape = any> {
  /** The newest uri known of each picture. */
  readonly pictures = new NewestPictures();
  readonly #transport: Transport;
  #catalog: Promise<WireCatalog> | undefined;

  constructor({ url = '/rest', fetch: given, tries = 4, maxWait = 10, ...rest }: ClientOptions) {
    // Browsers' fetch wants to be called on the global object.
    const send = given ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
    this.#transport = new Transport({ url, fetch: send, tries, maxWait, ...rest });
  }

  /** The class of that name; for names that are members of the datastore, and names known at run time alone. */
  dataClass<C extends ClassName<M>>(name: C): DataClass<M, C> {
    return new DataClass<M, C>(this, name);
  }

  /** All classes, attributes and functions. Read once; `fresh` reads it again. */
  async catalog({ fresh, signal }: RequestOptions & { readonly fresh?: boolean } = {}): Promise<WireCatalog> {
    if (!this.#catalog || fresh) {
      const reading = this.json<WireCatalog>('$catalog/$all', {}, { signal });
      this.#catalog = reading;
      reading.catch(() => this.#catalog === reading && (this.#catalog = undefined));
    }
    return this.#catalog;
  }

  /** A picture's URL for `<img src>`, always of the current version; undefined when there is no picture. */
  image<E extends object>(entity: E, attribute: PictureKey<E>, options?: ImageOptions): string | undefined {
    const value = (entity as Record<string, unknown>)[attribute];
    return value instanceof Picture ? value.url(options) : undefined;
  }

  /** The same for `<img srcset>`. */
  srcset<E extends object>(entity: E, attribute: PictureKey<E>, options: SrcsetOptions): string | undefined {
    const value = (entity as Record<string, unknown>)[attribute];
    return value instanceof Picture ? value.srcset(options) : undefined;
  }

  /**
   * What happens to entities of tracked classes, for `for await`. Connections that break are made again and nothing is
   * missed; URLs that `image` gives follow.
   */
  changes<C extends ClassName<M>>(options: ChangesOptions<C> = {}): ChangeFeed<C> {
    return new ChangeFeed<C>(this, options);
  }

  /** Sends bytes ahead; the result is a value for picture and BLOB attributes. */
  upload(bytes: Bytes, options?: UploadOptions): Promise<Upload> {
    return upload(this, bytes, options);
  }

  /**
   * Logs in.
   * @param options.seconds how long the login lasts without use
   * @returns false when name or password are wrong
   */
  async login(
    name: string,
    password: string,
    { seconds, signal }: RequestOptions & { readonly seconds?: number } = {},
  ): Promise<boolean> {
    const json = [name, password, ...(seconds === undefined ? [] : [seconds])];
    try {
      return (
        await this.json<{ result: boolean }>(
          '$directory/login',
          {},
          { method: 'POST', json, signal, opensSession: true },
        )
      ).result;
    } catch (error) {
      if (error instanceof PermissionError && error.status === 401) return false;
      throw error;
    }
  }

  async logout({ signal }: RequestOptions = {}): Promise<void> {
    await this.json('$directory/logout', {}, { method: 'POST', signal });
  }

  /** Who is logged in; null for nobody. */
  async currentUser({ signal }: RequestOptions = {}): Promise<WireUser | null> {
    return (await this.json<{ result: WireUser | null }>('$directory/currentUser', {}, { signal })).result;
  }

  /** Whether who is logged in has that role or privilege. */
  async belongsTo(group: string, { signal }: RequestOptions = {}): Promise<boolean> {
    const json = [group];
    return (
      await this.json<{ result: boolean }>('$directory/currentUserBelongsTo', {}, { method: 'POST', json, signal })
    ).result;
  }

  /** Sessions, entity sets and caches of the server, as far as the caller may see them. */
  info({ signal }: RequestOptions = {}): Promise<WireInfo> {
    return this.json<WireInfo>('$info', {}, { signal });
  }

  /** Functions of the datastore: `ds.call.hire(…)`. */
  get call(): StoreCalls<M> {
    return callProxy((name, args) => this.invoke(`$catalog/${name}`, args));
  }

  /** Functions of a singleton: `ds.singleton('Payroll').run(5)`. */
  singleton<N extends SingletonName<M>>(name: N): SingletonCalls<M, N> {
    return callProxy((fn, args) => this.invoke(`$singleton/${name}/${fn}`, args));
  }

  /** Calls the function at a path, such as `$catalog/hire`. @throws ServerError with what it threw */
  async invoke(
    path: string,
    args: readonly unknown[] = [],
    { signal, get, params }: CallOptions = {},
  ): Promise<unknown> {
    const given = await Promise.all(args.map(argumentOf));
    const response = get
      ? await this.send(path, { ...params, $params: JSON.stringify(given) }, { signal, accept: '*/*' })
      : await this.send(path, params ?? {}, {
          method: 'POST',
          body: JSON.stringify(given),
          type: 'application/json',
          signal,
          accept: '*/*',
          opensSession: true,
        });
    return resultOf(this, response);
  }

  /** A path below the mount, or a uri of an answer, as a URL. */
  resolve(path: string): string {
    return this.#transport.resolve(path);
  }

  /** Sends a request of any kind. @throws KeystampError */
  send(path: string, params: Params = {}, sent?: Sent): Promise<Response> {
    return this.#transport.send(path + queryString(params), sent);
  }

  /** Sends a request and reads the JSON of its answer. @throws KeystampError */
  async json<T>(path: string, params: Params = {}, { json, ...sent }: SentJson = {}): Promise<T> {
    const response = await this.send(path, params, {
      ...sent,
      ...(json !== undefined && { body: JSON.stringify(json), type: 'application/json' }),
    });
    try {
      return (await response.json()) as T;
    } catch (cause) {
      // The connection broke within the answer, or it is none of this server.
      sent.signal?.throwIfAborted();
      throw errorOf({ status: 0, entries: [], method: sent.method ?? 'GET', url: response.url, cause });
    }
  }

  /** The bytes at a uri; undefined when the server has none: it answers `{}` then. */
  async readBytes(uri: string, signal?: AbortSignal): Promise<Blob | undefined> {
    const response = await this.#transport.send(uri, { accept: '*/*', signal });
    if (!response.headers.get('Content-Type')?.startsWith('application/json')) return response.blob();
    if (response.headers.has('Content-Disposition')) return response.blob();
    await response.body?.cancel();
    return undefined;
  }

  /** @throws TypeError for a class that is not in the catalog */
  async classInfo(name: string, options?: RequestOptions): Promise<WireDataClass> {
    const { dataClasses } = await this.catalog(options);
    const found = dataClasses.find((each) => each.name === name);
    if (!found) throw new TypeError(`the catalog has no class ${name}`);
    return found;
  }

  /** The name of a class that is known by the relation that leads to it. */
  async className(place: Place): Promise<string> {
    if (typeof place === 'string') return place;
    const { attributes } = await this.classInfo(await this.className(place.from));
    const relation = attributes.find(({ name }) => name === place.relation);
    if (relation?.kind === 'relatedEntity') return relation.type;
    const { dataClasses } = await this.catalog();
    return dataClasses.find(({ collectionName }) => collectionName === relation?.type)?.name ?? '';
  }

  /** `Employee(31)` for a `__KEY`. The catalog is asked only when the text leaves open how many parts it has. */
  async entityPath(dataClass: string, key: string): Promise<string> {
    const parts = isBare(key) || !key.includes('&') ? 1 : (await this.classInfo(dataClass)).key.length;
    return `${dataClass}(${keyInPath(key, parts)})`;
  }

  /** The related entities of the entity at a path, as a set. */
  async relatedSet(
    path: string,
    attribute: string,
    $subOrderby: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<EntitySet<M, ClassName<M>>> {
    const wire = await this.json<WireSelection>(
      `${path}/${attribute}`,
      { $expand: attribute, $method: 'subentityset', $subOrderby, $top: 0 },
      { signal, opensSession: true },
    );
    return new EntitySet(this, wire.__DATACLASS ?? wire.__entityModel ?? '', wire);
  }
}

/** Names of an entity's properties that hold a picture. */
type PictureKey<E> = {
  [K in keyof E & string]: Picture extends NonNullable<E[K]>
    ? NonNullable<E[K]> extends (...args: never) => unknown
      ? never
      : K
    : never;
}[keyof E & string];
