// A model at work: its dataclasses and singletons as code holds them, made once per model.
import type { SingletonDef } from '../model/code-defs.ts';
import type { DataClassDef, Model } from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import type { SessionStorage } from '../session/session.ts';
import { addFunctions, ClassRuntime } from './class-runtime.ts';
import { currentCall } from './current-call.ts';
import { DataStoreObject } from './data-store.ts';

/** The runtime of a model. */
export const runtimeOf = oncePer((model: Model) => new StoreRuntime(model));

export class StoreRuntime {
  readonly model: Model;
  /** What code holds. */
  readonly object: DataStoreObject;
  readonly #classes = new Map<DataClassDef, ClassRuntime>();
  readonly #shared = new Map<SingletonDef, object>();
  /** Singletons of sessions, by what a session keeps when it becomes somebody else's; they go with their session. */
  readonly #ofSessions = new WeakMap<SessionStorage, Map<SingletonDef, object>>();

  constructor(model: Model) {
    this.model = model;
    for (const def of model.dataClasses.values()) this.#classes.set(def, new ClassRuntime(def, this));
    this.object = addFunctions(new DataStoreObject(this), model.functions);
    for (const [def, runtime] of this.#classes)
      Object.defineProperty(this.object, def.name, { value: runtime.object, enumerable: true });
  }

  dataClassOf(def: DataClassDef): ClassRuntime {
    return this.#classes.get(def) as ClassRuntime;
  }

  /** The one instance, or that of the session of the running call; made on first use (spec 12 § 8). */
  singleton(def: SingletonDef): object {
    const instances = def.scope === 'shared' ? this.#shared : this.#ofSession(currentCall().openSession().storage);
    let instance = instances.get(def);
    if (!instance)
      instances.set(
        def,
        (instance = addFunctions(Object.assign(Object.create(null) as object, def.state()), def.functions)),
      );
    return instance;
  }

  #ofSession(storage: SessionStorage): Map<SingletonDef, object> {
    let instances = this.#ofSessions.get(storage);
    if (!instances) this.#ofSessions.set(storage, (instances = new Map()));
    return instances;
  }
}
