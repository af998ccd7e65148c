// The way in: `createClient<Model>({ url })` gives the datastore of a server.
import type { DataClass } from './data-class.ts';
import { DataStore, type ClientOptions } from './data-store.ts';
import type { ImplementedShape, ModelOf } from './function-types.ts';
import type { ClassName, ModelShape, UntypedModel } from './model-types.ts';

/** The datastore of a server: its classes are properties of it, and `dataClass(name)` reaches those of any name. */
export type Client<T extends ModelShape | ImplementedShape = UntypedModel> = ClientOf<ModelOf<T>>;

type ClientOf<M extends ModelShape> = DataStore<M> & {
  readonly [C in Exclude<ClassName<M>, keyof DataStore>]: DataClass<M, C>;
};

/**
 * A client of the server at `url`. `T` is the type of a model: `typeof model` of a model file, plain or implemented, or
 * what `keystamp types` wrote. Nothing is sent before something is asked.
 */
export function createClient<T extends ModelShape | ImplementedShape = UntypedModel>(
  options: ClientOptions = {},
): Client<T> {
  const store = new DataStore<ModelOf<T>>(options);
  const classes = new Map<string, unknown>();
  return new Proxy(store, {
    get(target, name) {
      if (name in target) {
        const member: unknown = Reflect.get(target, name, target);
        // Methods reach private fields through the store itself, not through the proxy.
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      }
      // A promise that resolves to a client must not take it for another promise.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      let found = classes.get(name);
      if (!found) classes.set(name, (found = target.dataClass(name as never)));
      return found;
    },
  }) as unknown as Client<T>;
}
