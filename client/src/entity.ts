// One entity: its attributes are its own properties, to read and to set; what it does are its methods.
import { callProxy } from './call.ts';
import type { DataStore } from './data-store.ts';
import { ConflictError } from './conflict.ts';
import { EntityObjectState, type Place } from './entity-state.ts';
import type { EntitySet } from './entity-set.ts';
import type { CallsOf } from './function-types.ts';
import { errorOf, StampError, type KeystampError } from './errors.ts';
import type { ClassName, Loaded, ManyName, MediaName, ModelShape, RelatedClass, Values } from './model-types.ts';
import type { Params } from './query-string.ts';
import type { Body, RequestOptions } from './transport.ts';
import { isBytes, typeOf, upload, type Bytes } from './upload.ts';
import type { WireEntity, WireStatus } from './wire.ts';

/** An entity of class `C` that was read with the attribute paths `P`. */
export type Entity<M extends ModelShape, C extends ClassName<M>, P extends string = '*'> = EntityObject<M, C> &
  Loaded<M, C, P>;

export type AnyEntity = Pick<EntityObject, '__KEY' | '__STAMP'>;

// oxlint-disable-next-line no-explicit-any -- the entity of any model
export class EntityObject<M extends ModelShape = any, C extends ClassName<M> = any> {
  /** Undefined until it is saved for the first time. */
  declare readonly __KEY: string | undefined;
  /** Grows with every save; 0: not saved. */
  declare readonly __STAMP: number;
  declare readonly __TIMESTAMP: string | undefined;
  readonly #state: EntityObjectState;

  constructor(store: DataStore, place: Place, view: Params, wire: WireEntity) {
    this.#state = new EntityObjectState(this as unknown as Record<string, unknown>, store, place, view);
    this.#state.fill(wire);
  }

  /** Whether it was never saved. */
  isNew(): boolean {
    return this.__STAMP === 0;
  }

  /** Whether it was deleted: a member of an entity set keeps its place without values. */
  isDeleted(): boolean {
    return this.__STAMP === 0 && this.__KEY === undefined && this.#state.deleted;
  }

  /** The attributes that differ from what was read or saved last, with their values. */
  changes(): Readonly<Record<string, unknown>> {
    return this.#state.changes();
  }

  /** Sets attributes; nothing is sent. Bytes for a picture or BLOB are sent by `save`. */
  set(values: Values<M, C>): this {
    return Object.assign(this, values);
  }

  /**
   * Saves what has changed, and the given values. When it fails the given ones are forgotten, what was set stays set. Saves of
   * one entity happen one after the other; what is set meanwhile stays set.
   * @throws ConflictError when it changed on the server, ValidationError, LockedError, PermissionError, NotFoundError
   */
  save(values?: Values<M, C>, { signal }: RequestOptions = {}): Promise<this> {
    const given = new Map(Object.entries(values ?? {}));
    if (values) this.set(values);
    return this.#state.inTurn(async () => {
      try {
        return await this.#save(given, signal);
      } catch (error) {
        this.#state.takeBack(given);
        throw error;
      }
    });
  }

  async #save(given: Map<string, unknown>, signal: AbortSignal | undefined): Promise<this> {
    const { store, params } = this.#state;
    const name = await this.#state.className();
    await this.#upload(signal, given);
    // From here to the sending nothing can be set in between.
    const body = this.#body();
    if (!body) return this;
    const sent = this.#state.snapshot();
    try {
      const wire = await store.json<WireEntity>(
        name,
        { $method: 'update', ...params },
        { method: 'POST', json: body, signal },
      );
      this.#state.fill(wire, sent, this.isNew() ? await this.#state.attributeNames() : undefined);
      return this;
    } catch (error) {
      throw this.#conflict(error);
    }
  }

  /** What would be saved is checked on the server; nothing is stored. @throws as save */
  async validate({ signal }: RequestOptions = {}): Promise<void> {
    await this.#upload(signal);
    const body = this.#body();
    if (!body) return;
    const { store } = this.#state;
    await store.json(await this.#state.className(), { $method: 'validate' }, { method: 'POST', json: body, signal });
  }

  /** Forgets what was set and reads the entity again. @throws NotFoundError */
  reload({ signal }: RequestOptions = {}): Promise<this> {
    return this.#state.inTurn(() => this.#reload(signal));
  }

  async #reload(signal?: AbortSignal): Promise<this> {
    const { store, params } = this.#state;
    this.#state.fill(await store.json<WireEntity>(await this.#path(), params, { signal }));
    return this;
  }

  /**
   * Deletes it.
   * @param options.force even when it changed since it was read
   * @throws StampError when it changed since it was read, LockedError, PermissionError, NotFoundError
   */
  async delete({ force, signal }: RequestOptions & { readonly force?: boolean } = {}): Promise<void> {
    const { __KEY, __STAMP } = this;
    await this.#state.store.json(
      await this.#state.className(),
      { $method: 'delete' },
      { method: 'POST', json: [{ __KEY, ...(!force && { __STAMP }) }], signal },
    );
  }

  /** Takes the entity for this session until `unlock`. @throws LockedError when another session has it, NotFoundError */
  async lock(options: RequestOptions = {}): Promise<void> {
    await this.#lock(true, options);
  }

  async unlock(options: RequestOptions = {}): Promise<void> {
    await this.#lock(false, options);
  }

  async #lock($lock: boolean, { signal }: RequestOptions): Promise<void> {
    const { store } = this.#state;
    const path = await this.#path();
    const answer = await store.json<{ result: boolean; __STATUS?: WireStatus }>(
      path,
      { $lock },
      { signal, opensSession: true },
    );
    if (answer.result) return;
    const outcome = answer.__STATUS ?? {};
    const entries = [{ message: outcome.statusText ?? 'Not locked', componentSignature: 'dbmg', errCode: 1046 }];
    const status = outcome.status === 5 ? 404 : 409;
    throw errorOf({ status, entries, outcome, method: 'GET', url: store.resolve(path) });
  }

  /** The entities at the other end of a relation, as a set of its own. */
  async related<A extends ManyName<M, C>>(
    attribute: A,
    { orderBy, signal }: RequestOptions & { readonly orderBy?: string } = {},
  ): Promise<EntitySet<M, RelatedClass<M, C, A>>> {
    return this.#state.store.relatedSet(await this.#path(), attribute, orderBy, signal) as never;
  }

  /**
   * Writes bytes straight into a picture or BLOB attribute, without a look at the stamp, and reads the entity again.
   * @throws ValidationError when a picture is none, TooLargeError, LockedError
   */
  write(
    attribute: MediaName<M, C>,
    bytes: Bytes,
    {
      type = typeOf(bytes),
      as,
      signal,
    }: RequestOptions & { readonly type?: string; readonly as?: 'picture' | 'file' } = {},
  ): Promise<this> {
    return this.#state.inTurn(async () => {
      const { store } = this.#state;
      const { attributes } = await store.classInfo(await this.#state.className());
      const picture = as ? as === 'picture' : attributes.find(({ name }) => name === attribute)?.type === 'image';
      const response = await store.send(
        `${await this.#path()}/${attribute}`,
        picture ? { $rawPict: type?.startsWith('image/') ? type : true } : { $binary: true },
        { method: 'POST', body: bytes as Body, type: type ?? 'application/octet-stream', signal },
      );
      const uri = response.headers.get('Keystamp-Image-URI');
      if (uri) store.pictures.learn(uri);
      await response.body?.cancel();
      return this.#reload(signal);
    });
  }

  /** Its functions: `employee.call.raise(500)`. */
  get call(): CallsOf<M, C, 'entityFunctions'> {
    return callProxy((name, args, options) => this.invoke(name, args, options));
  }

  /** Calls one of its functions. @throws ServerError with what the function threw, NotFoundError, PermissionError */
  async invoke(name: string, args: readonly unknown[] = [], options: RequestOptions = {}): Promise<unknown> {
    return this.#state.store.invoke(`${await this.#path()}/${name}`, args, options);
  }

  async #path(): Promise<string> {
    const { __KEY } = this;
    if (__KEY === undefined) throw new TypeError('the entity was never saved');
    return this.#state.store.entityPath(await this.#state.className(), __KEY);
  }

  /** Sends bytes that were set ahead. Those of a save that fails are kept for the next one, unless they were given to it. */
  async #upload(signal: AbortSignal | undefined, given?: Map<string, unknown>): Promise<void> {
    const own = this as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(this.#state.changes()))
      if (isBytes(value)) {
        const sent = await upload(this.#state.store, value, signal ? { signal } : {});
        // Unless something else was set meanwhile.
        if (own[name] === value) own[name] = sent;
        if (given?.get(name) === value) given.set(name, sent);
      }
  }

  /** What a save sends; undefined when there is nothing to save. */
  #body(): Record<string, unknown> | undefined {
    const changes = this.#state.wireChanges();
    if (this.isNew()) return { __ISNEW: true, ...changes };
    return Object.keys(changes).length > 0 ? { __KEY: this.__KEY, __STAMP: this.__STAMP, ...changes } : undefined;
  }

  #conflict(error: unknown): unknown {
    if (!(error instanceof StampError)) return error;
    const wire = error.cause as WireEntity;
    const mine = this.changes();
    return new ConflictError(error as KeystampError, {
      mine,
      theirs: this.#state.twin(wire) as AnyEntity,
      resolve: async (choice) => {
        const chosen = choice === 'mine' ? { ...mine, ...this.changes() } : choice;
        this.#state.fill(wire);
        if (choice === 'theirs') return this;
        return this.save(chosen as Values<M, C>);
      },
    });
  }

  /** As an argument of a function: the entity with what was set in it (spec 12 § 3.5). */
  async toArgument(): Promise<unknown> {
    const { __KEY, __STAMP } = this;
    const saved = this.isNew() ? {} : { __KEY, __STAMP };
    return { __DATACLASS: await this.#state.className(), __ENTITY: true, ...saved, ...this.#state.wireChanges() };
  }
}
