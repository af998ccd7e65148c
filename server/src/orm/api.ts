// The server API as TypeScript sees it (spec 16): every type is made from the model `M` and the code `K` beside it, so
// editors know attributes and functions without a generated file.
import type { PrintedError } from '../errors.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Attributes, AttributesOf, Names, RelatedName, RelationNames, Values } from './model-types.ts';

/** A key; the parts of a composite key as an array. */
export type Key = string | number | bigint | readonly (string | number | bigint)[];

/** Attributes to show: `'lastName, employer.name'` or `['lastName', 'employer.*']`. */
export type AttributeFilter = string | readonly string[] | null;

/** What became of a save, drop, lock or reload (spec 16 § 2). `status` and `statusText` are absent on success. */
export interface Result {
  readonly success: boolean;
  readonly status?: number;
  readonly statusText?: string;
  readonly autoMerged?: boolean;
  readonly wasReloaded?: boolean;
  readonly lockKindText?: string;
  readonly errors?: readonly PrintedError[];
}

export interface QuerySettings {
  /** Values of the placeholders `:name`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Attribute paths of the placeholders `:name` that stand in the place of an attribute. */
  readonly attributes?: Readonly<Record<string, string | AttributeObject>>;
  readonly queryPlan?: boolean;
  readonly queryPath?: boolean;
}

export type OrderItem = { readonly propertyPath: string; readonly descending?: boolean };

/** What is known of an attribute (spec 16 § 6); usable in the place of its path. */
export interface AttributeObject {
  readonly name: string;
  readonly kind: 'storage' | 'relatedEntity' | 'relatedEntities' | 'calculated' | 'alias';
  readonly type: string;
  readonly fieldType: number;
  readonly fieldNumber: number;
  readonly exposed: boolean;
  readonly mandatory: boolean;
  readonly unique: boolean;
  readonly indexed: boolean;
  readonly keywordIndexed: boolean;
  readonly autoFilled: boolean;
  readonly readOnly: boolean;
  readonly inverseName?: string;
  readonly relatedDataClass?: string;
  readonly path?: string;
}

export interface DataClassInfo {
  readonly name: string;
  readonly primaryKey: string | readonly string[];
  readonly tableNumber: number;
  readonly exposed: boolean;
}

/** The functions of a group as methods; what they return is always a promise. */
type Methods<F> = {
  readonly [N in keyof F]: F[N] extends { run: (...args: infer P) => infer R }
    ? (...args: P) => Promise<Awaited<R>>
    : never;
};

/** The group `P` of the code `T`, as methods. */
type MethodsOf<T, P extends string> = T extends { readonly [N in P]: infer F } ? Methods<F> : unknown;

type CodeOf<K, C> = K extends { dataClasses: infer D } ? (C extends keyof D ? D[C] : unknown) : unknown;

interface EntityMembers<M extends ModelDefinition, K, C extends Names<M>> {
  /** Assigns several attributes; the typed way to set a related entity. */
  set(values: Values<M, K, C>): this;
  save(options?: { readonly autoMerge?: boolean; readonly throws?: boolean }): Promise<Result>;
  drop(options?: { readonly forceDropIfStampChanged?: boolean; readonly throws?: boolean }): Promise<Result>;
  /** Would `save` be accepted? Nothing is stored. */
  validate(): Promise<Result>;
  toObject(
    filter?: AttributeFilter,
    options?: { readonly withPrimaryKey?: boolean; readonly withStamp?: boolean },
  ): Promise<Record<string, unknown>>;
  fromObject(values: Readonly<Record<string, unknown>>): void;
  getKey(): Key | null;
  getKey(options: { readonly asString: true }): string | null;
  getStamp(): number;
  /** When the entity was last saved, `null` while it is new. */
  getTimestamp(): Date | null;
  isNew(): boolean;
  touched(): boolean;
  touchedAttributes(): readonly string[];
  reload(): Promise<Result>;
  clone(): Entity<M, K, C>;
  lock(options?: { readonly reloadIfStampChanged?: boolean }): Promise<Result>;
  unlock(): Promise<Result>;
  first(): Promise<Entity<M, K, C> | null>;
  last(): Promise<Entity<M, K, C> | null>;
  next(): Promise<Entity<M, K, C> | null>;
  previous(): Promise<Entity<M, K, C> | null>;
  indexOf(selection?: EntitySelection<M, K, C>): Promise<number>;
  getSelection(): EntitySelection<M, K, C> | null;
  getDataClass(): DataClass<M, K, C>;
  diff(
    other: Entity<M, K, C>,
    attributes?: readonly string[],
  ): readonly { readonly attributeName: string; readonly value: unknown; readonly otherValue: unknown }[];
}

interface SelectionMembers<M extends ModelDefinition, K, C extends Names<M>> {
  first(): Promise<Entity<M, K, C> | null>;
  last(): Promise<Entity<M, K, C> | null>;
  length(): Promise<number>;
  /** A negative position counts from the end. */
  at(position: number): Promise<Entity<M, K, C> | undefined>;
  query(text: string, ...values: readonly unknown[]): EntitySelection<M, K, C>;
  orderBy(order: string | readonly OrderItem[]): EntitySelection<M, K, C>;
  orderByFormula(
    formula: (entity: Entity<M, K, C>) => unknown,
    order?: 'asc' | 'desc',
  ): Promise<EntitySelection<M, K, C>>;
  toCollection(
    filter?: AttributeFilter,
    options?: {
      readonly withPrimaryKey?: boolean;
      readonly withStamp?: boolean;
      readonly begin?: number;
      readonly howMany?: number;
    },
  ): Promise<Record<string, unknown>[]>;
  toArray(): Promise<Entity<M, K, C>[]>;
  [Symbol.asyncIterator](): AsyncIterator<Entity<M, K, C>>;
  add(what: Entity<M, K, C> | EntitySelection<M, K, C>): this;
  and(other: Entity<M, K, C> | EntitySelection<M, K, C>): EntitySelection<M, K, C>;
  or(other: Entity<M, K, C> | EntitySelection<M, K, C>): EntitySelection<M, K, C>;
  minus(
    other: Entity<M, K, C> | EntitySelection<M, K, C>,
    options?: { readonly keepOrder?: boolean },
  ): EntitySelection<M, K, C>;
  contains(entity: Entity<M, K, C>): Promise<boolean>;
  slice(start: number, end?: number): EntitySelection<M, K, C>;
  selected(...positions: readonly number[]): EntitySelection<M, K, C>;
  extract(path: string | AttributeObject, options?: { readonly keepNull?: boolean }): Promise<unknown[]>;
  extract(...pathsAndTargets: readonly string[]): Promise<Record<string, unknown>[]>;
  /** The entities that a relation of the members leads to, each once. */
  related<R extends RelationNames<M, C>>(relation: R): EntitySelection<M, K, RelatedName<M, C, R>>;
  distinct(
    path: string | AttributeObject,
    options?: { readonly count?: boolean; readonly diacritical?: boolean },
  ): Promise<unknown[]>;
  distinctPaths(attribute: string | AttributeObject): Promise<string[]>;
  sum(path: string | AttributeObject): Promise<number>;
  average(path: string | AttributeObject): Promise<number | null>;
  min(path: string | AttributeObject): Promise<unknown>;
  max(path: string | AttributeObject): Promise<unknown>;
  count(path?: string | AttributeObject): Promise<number>;
  /** The entities that could not be dropped. */
  drop(options?: { readonly stopDroppingOnFirstError?: boolean }): Promise<EntitySelection<M, K, C>>;
  copy(): EntitySelection<M, K, C>;
  clean(): EntitySelection<M, K, C>;
  refresh(): Promise<void>;
  /** How the query was answered, as JSON, when its settings asked for it (`queryPlan`, `queryPath`). */
  readonly queryPlan: string | undefined;
  readonly queryPath: Promise<string | undefined>;
  isOrdered(): boolean;
  isAlterable(): boolean;
  getDataClass(): DataClass<M, K, C>;
}

interface DataClassMembers<M extends ModelDefinition, K, C extends Names<M>> {
  readonly name: C;
  readonly attr: { readonly [A in keyof AttributesOf<M, C>]: AttributeObject };
  all(): EntitySelection<M, K, C>;
  get(key: Key | null | undefined): Promise<Entity<M, K, C> | null>;
  readonly new: (values?: Values<M, K, C>) => Entity<M, K, C>;
  query(text: string, ...values: readonly unknown[]): EntitySelection<M, K, C>;
  fromCollection(rows: readonly Readonly<Record<string, unknown>>[]): Promise<EntitySelection<M, K, C>>;
  newSelection(options?: { readonly ordered?: boolean }): EntitySelection<M, K, C>;
  getCount(): Promise<number>;
  getInfo(): DataClassInfo;
  getDataStore(): DataStore<M, K>;
}

interface DataStoreMembers {
  /** Begins a transaction, inside another one a nested one. */
  startTransaction(): Promise<void>;
  validateTransaction(): Promise<void>;
  cancelTransaction(): Promise<void>;
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** The counter of changes of tracked dataclasses, 0 when there are none. */
  getGlobalStamp(): Promise<number>;
  /** Raises the counter; false when it is higher already, unless `force` is given. */
  setGlobalStamp(value: number, force?: boolean): Promise<boolean>;
  getInfo(): { readonly type: string; readonly networked: boolean; readonly localID: string };
}

/** One entity of class `C`, with its attributes and functions. */
export type Entity<M extends ModelDefinition, K, C extends Names<M>> = EntityMembers<M, K, C> &
  Attributes<M, K, C> &
  MethodsOf<CodeOf<K, C>, 'entityFunctions'>;

/** Entities of class `C`; nothing is read before it is asked for. */
export type EntitySelection<M extends ModelDefinition, K, C extends Names<M>> = SelectionMembers<M, K, C> &
  MethodsOf<CodeOf<K, C>, 'selectionFunctions'>;

export type DataClass<M extends ModelDefinition, K, C extends Names<M>> = DataClassMembers<M, K, C> &
  MethodsOf<CodeOf<K, C>, 'functions'>;

export type DataStore<M extends ModelDefinition, K> = DataStoreMembers & {
  readonly [C in Names<M>]: DataClass<M, K, C>;
} & {
  /** The singletons of the model, made on first use. */
  readonly singletons: K extends { singletons: infer S } ? { readonly [N in keyof S]: Singleton<S[N]> } : unknown;
} & MethodsOf<K, 'functions'>;

/** What `state` makes, with the functions of the singleton. */
export type Singleton<S> = (S extends { state: () => infer P } ? P : unknown) & MethodsOf<S, 'functions'>;
