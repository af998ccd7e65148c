// A dataclass as code holds it (spec 16 §§ 3, 4). Functions are added per dataclass.
import { KeystampError } from '../errors.ts';
import type { AttributeObject, DataClassInfo } from './api.ts';
import { attributeObject } from './attribute-object.ts';
import { currentCall } from './current-call.ts';
import type { ClassRuntime } from './class-runtime.ts';
import type { DataStoreObject } from './data-store.ts';
import type { EntityHandle } from './entity-state.ts';
import { saveRow } from './collection-rows.ts';
import { membersOfKeys } from './members.ts';
import { QueryExplanation } from './query-explanation.ts';
import { queryOf } from './query.ts';
import { readCount } from './read.ts';
import type { Key } from '../query/selection.ts';
import type { SelectionHandle } from './selection-state.ts';

export class DataClassObject {
  readonly #runtime: ClassRuntime;
  #attributes: Readonly<Record<string, AttributeObject>> | undefined;

  constructor(runtime: ClassRuntime) {
    this.#runtime = runtime;
  }

  get name(): string {
    return this.#runtime.def.name;
  }

  get attr(): Readonly<Record<string, AttributeObject>> {
    return (this.#attributes ??= Object.freeze(
      Object.fromEntries(
        [...this.#runtime.def.attributes.values()].map((attribute) => [attribute.name, attributeObject(attribute)]),
      ),
    ));
  }

  all(): SelectionHandle {
    return this.#runtime.select().handle;
  }

  async get(key: unknown): Promise<EntityHandle | null> {
    const canonical = this.#runtime.keyOf(key);
    return (canonical && (await this.#runtime.find(canonical)))?.handle ?? null;
  }

  new(values: Readonly<Record<string, unknown>> = {}): EntityHandle {
    const state = this.#runtime.newState();
    this.#runtime.assignAll(state, values);
    return state.handle;
  }

  query(text: string, ...values: readonly unknown[]): SelectionHandle {
    const { def } = this.#runtime;
    const query = queryOf(def, text, values);
    const found = this.#runtime.select(query.predicate, query.order);
    found.explanation = QueryExplanation.of(query, def);
    return found.handle;
  }

  /**
   * Creates or updates an entity for each row; an error on one does not undo the others.
   * @throws KeystampError the first of them, when all rows have been tried
   */
  async fromCollection(rows: readonly Readonly<Record<string, unknown>>[]): Promise<SelectionHandle> {
    const keys: Key[] = [];
    const errors: KeystampError[] = [];
    for (const row of rows) {
      try {
        keys.push(await saveRow(this.#runtime, row));
      } catch (error) {
        if (!(error instanceof KeystampError) || error.status >= 500) throw error;
        errors.push(error);
      }
    }
    if (errors[0]) throw errors[0];
    const members = membersOfKeys(this.#runtime.def, keys);
    return this.#runtime.listed(members, { ordered: true, alterable: false }).handle;
  }

  newSelection(options: { readonly ordered?: boolean } = {}): SelectionHandle {
    const none = membersOfKeys(this.#runtime.def, []);
    return this.#runtime.listed(none, { ordered: options.ordered ?? false, alterable: true }).handle;
  }

  getCount(): Promise<number> {
    return readCount(currentCall(), { dataClass: this.#runtime.def, predicate: { kind: 'all' }, order: [] });
  }

  getInfo(): DataClassInfo {
    const { name, key, tableNumber, scope } = this.#runtime.def;
    const names = key.map((part) => part.name);
    const [only = ''] = names;
    return { name, primaryKey: names.length === 1 ? only : names, tableNumber, exposed: scope === 'public' };
  }

  getDataStore(): DataStoreObject {
    return this.#runtime.store.object;
  }
}
