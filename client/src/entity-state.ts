// What an entity knows beside its values: what was read last, so that changes can be told, and how to read it again.
import type { DataStore } from './data-store.ts';
import { Reference } from './deferred.ts';
import { EntityObject } from './entity.ts';
import type { Params } from './query-string.ts';
import { readValue } from './read-answer.ts';
import type { WireEntity } from './wire.ts';

/** The class of an entity: its name, or the relation of another class that leads to it. */
export type Place = string | { readonly from: Place; readonly relation: string };

type Values = Record<string, unknown>;

export class EntityObjectState {
  readonly store: DataStore;
  readonly params: Params;
  /** It was a member of a set and is no more. */
  deleted = false;
  readonly #values: Values;
  readonly #place: Place;
  /** As read or saved last: what stands in the entity, and the JSON of objects, which can change inside. */
  readonly #known = new Map<string, { readonly value: unknown; readonly json?: string }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(values: Values, store: DataStore, place: Place, params: Params) {
    this.#values = values;
    this.store = store;
    this.#place = place;
    this.params = params;
  }

  className(): Promise<string> {
    return this.store.className(this.#place);
  }

  /** Of a new entity: what its view leaves of all attributes of the class. */
  async attributeNames(): Promise<readonly string[]> {
    const { attributes } = await this.store.classInfo(await this.className());
    const listed = this.params['$attributes'];
    const asked = typeof listed === 'string' && listed !== '*' ? listed.split(',') : undefined;
    return attributes.map(({ name }) => name).filter((name) => asked?.includes(name) ?? true);
  }

  /** One after the other: a save needs the stamp that the one before it got. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /**
   * Takes values of the server. Answers to saves leave nulls out (spec 06 § 1.3), so attributes that are known and not in
   * the answer are null.
   * @param sent the values when the save was sent: what was set since then stays
   * @param names of attributes that were not known before
   */
  fill(wire: WireEntity, sent?: Readonly<Values>, names: Iterable<string> = this.#known.keys()): void {
    const values = this.#values;
    values['__KEY'] = wire.__KEY;
    values['__STAMP'] = wire.__STAMP ?? 0;
    values['__TIMESTAMP'] = wire.__TIMESTAMP;
    this.deleted = wire.__KEY === undefined && Object.keys(wire).length === 1;
    const absent = [...names].filter((name) => !(name in wire)).map((name) => [name, null] as const);
    for (const [name, raw] of [...Object.entries(wire).filter(([name]) => !system.has(name)), ...absent]) {
      const value = readValue(this.store, raw, { from: this.#place, relation: name }, this.params);
      this.#known.set(name, typeof raw === 'object' && raw !== null ? { value, json: JSON.stringify(raw) } : { value });
      if (!sent || values[name] === sent[name]) values[name] = value;
    }
  }

  /** Attributes that still hold these values are again as they were read or saved last. */
  takeBack(given: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of given) {
      if (this.#values[name] !== value) continue;
      const known = this.#known.get(name);
      if (known) this.#values[name] = known.value;
      else delete this.#values[name];
    }
  }

  snapshot(): Readonly<Values> {
    return { ...this.#values };
  }

  changes(): Values {
    return Object.fromEntries(
      Object.entries(this.#values).filter(([name, value]) => {
        if (!isOwn(name)) return false;
        const known = this.#known.get(name);
        if (!known) return value !== undefined;
        if (value === known.value && (known.json === undefined || isLive(value))) return false;
        return isLive(value) || JSON.stringify(wireValue(value)) !== (known.json ?? JSON.stringify(known.value));
      }),
    );
  }

  wireChanges(): Values {
    return onWire(this.changes());
  }

  /** Another entity of the same class, with these values. */
  twin(wire: WireEntity): EntityObject {
    const nulls = Object.fromEntries([...this.#known.keys()].map((name) => [name, null]));
    return new EntityObject(this.store, this.#place, this.params, { ...nulls, ...wire });
  }
}

/** What stands beside the attributes. `__GlobalStamp` and the attributes of `__DeletedRecords` are attributes. */
const system = new Set([
  '__KEY',
  '__STAMP',
  '__TIMESTAMP',
  '__entityModel',
  '__DATACLASS',
  '__STATUS',
  '__ERROR',
  'uri',
]);

/** Names that begin so are the server's to set. */
const isOwn = (name: string): boolean => !name.startsWith('__') && name !== 'uri';

/** Objects that stand for something elsewhere; JSON values are compared by what they hold instead. */
const isLive = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlain(value) && !(value instanceof Date);

const isPlain = (value: object): boolean => {
  const proto: unknown = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
};

const onWire = (values: Readonly<Values>): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wireValue(value)]));

/** A value as a body holds it. */
function wireValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Reference) return { __KEY: value.__KEY };
  if (value instanceof EntityObject) return value.isNew() ? onWire(value.changes()) : { __KEY: value.__KEY };
  return value === undefined ? null : value;
}
