// From a model to the types of attributes in code: what is read of an entity, and what may be assigned to it.
import type { ModelDefinition } from '../model/definition.ts';
import type { PlainValueTypes } from '../model/entity-of.ts';
import type { StorageType } from '../model/model.ts';
import type { Entity, EntitySelection } from './api.ts';
import type { BlobValue, ImageValue, MediaInput } from './media-value.ts';

/** The names of the dataclasses. */
export type Names<M extends ModelDefinition> = keyof M['dataClasses'] & string;

interface ValueTypes extends PlainValueTypes {
  long64: number | bigint;
  date: Date;
  image: ImageValue;
  blob: BlobValue;
}

type StoredValue<A> = A extends { type: 'date'; simpleDate: true }
  ? string
  : A extends { type: infer T extends StorageType }
    ? ValueTypes[T]
    : never;

type Nullable<A, T> = A extends { mandatory: true } | { primKey: true } ? T : T | null;

/** The attributes of a class as the model writes them. */
export type AttributesOf<M extends ModelDefinition, C extends Names<M>> = M['dataClasses'][C]['attributes'];

type DefinitionOf<M extends ModelDefinition, C, A> =
  C extends Names<M> ? (A extends keyof AttributesOf<M, C> ? AttributesOf<M, C>[A] : never) : never;

/** What stands at the end of an alias; `far`: other entities must be read for it, `many`: any number of them. */
interface End<Owner, Definition, Far, Many> {
  readonly owner: Owner;
  readonly definition: Definition;
  readonly far: Far;
  readonly many: Many;
}

type EndOf<M extends ModelDefinition, C, P, Far = false, Many = false> = P extends `${infer Head}.${infer Rest}`
  ? DefinitionOf<M, C, Head> extends { kind: 'alias'; path: infer Q extends string }
    ? EndOf<M, C, `${Q}.${Rest}`, Far, Many>
    : DefinitionOf<M, C, Head> extends { kind: infer Kind; dataClass: infer T }
      ? EndOf<M, T, Rest, true, Kind extends 'relatedEntities' ? true : Many>
      : never
  : DefinitionOf<M, C, P> extends { kind: 'alias'; path: infer Q }
    ? EndOf<M, C, Q, Far, Many>
    : End<C, DefinitionOf<M, C, P>, Far, Many>;

type AliasValue<M extends ModelDefinition, K, E> =
  E extends End<infer Owner, infer A, infer Far, infer Many>
    ? Many extends true
      ? A extends { dataClass: infer T extends Names<M> }
        ? EntitySelection<M, K, T>
        : never
      : A extends { kind: 'relatedEntities' }
        ? AttributeValue<M, K, A, Owner>
        : Far extends true
          ? Promise<Awaited<AttributeValue<M, K, A, Owner>> | null>
          : AttributeValue<M, K, A, Owner>
    : never;

/** What code works out; asynchronous code gives a promise of it. */
type CalculatedValue<M extends ModelDefinition, K, A> = A extends {
  type: 'entity';
  dataClass: infer T extends Names<M>;
}
  ? Promise<Entity<M, K, T> | null>
  : A extends { type: 'selection'; dataClass: infer T extends Names<M> }
    ? EntitySelection<M, K, T>
    : StoredValue<A> | null | Promise<StoredValue<A> | null>;

/** An attribute as it is read. Pictures and BLOBs take bytes too; a related entity is assigned with `set`. */
type AttributeValue<M extends ModelDefinition, K, A, Owner> = A extends { kind: 'alias'; path: infer P }
  ? AliasValue<M, K, EndOf<M, Owner, P>>
  : A extends { kind: 'calculated' }
    ? CalculatedValue<M, K, A>
    : A extends { kind: 'relatedEntity'; dataClass: infer T }
      ? T extends Names<M>
        ? Promise<Entity<M, K, T> | null>
        : never
      : A extends { kind: 'relatedEntities'; dataClass: infer T }
        ? T extends Names<M>
          ? EntitySelection<M, K, T>
          : never
        : Nullable<A, StoredValue<A>>;

/** An attribute as `new`, `set` and `fromCollection` take it. */
type AttributeInput<M extends ModelDefinition, K, A, Owner> = A extends { kind: 'alias'; path: infer P }
  ? EndOf<M, Owner, P> extends End<Owner, infer Own extends { type: StorageType }, false, false>
    ? AttributeInput<M, K, Own, Owner>
    : never
  : A extends { kind: 'relatedEntity'; dataClass: infer T }
    ? T extends Names<M>
      ? Entity<M, K, T> | string | number | bigint | { readonly __KEY: string | number } | null
      : never
    : A extends { kind: 'relatedEntities' }
      ? never
      : A extends { type: 'image' | 'blob' }
        ? MediaInput | null
        : A extends { type: 'date' }
          ? Date | string | number | null
          : StoredValue<A> | null;

/** The attributes of an entity in memory. */
export type Attributes<M extends ModelDefinition, K, C extends Names<M>> = {
  -readonly [A in keyof AttributesOf<M, C>]: AttributeValue<M, K, AttributesOf<M, C>[A], C>;
};

/** Values for an entity: of storage attributes, and of relations as entities or keys. */
export type Values<M extends ModelDefinition, K, C extends Names<M>> = {
  readonly [A in keyof AttributesOf<M, C>]?: AttributeInput<M, K, AttributesOf<M, C>[A], C>;
};

/** The names of the relations of a class. */
export type RelationNames<M extends ModelDefinition, C extends Names<M>> = {
  [A in keyof AttributesOf<M, C>]: AttributesOf<M, C>[A] extends { kind: 'relatedEntity' | 'relatedEntities' }
    ? A
    : never;
}[keyof AttributesOf<M, C>];

/** The name of the class that a relation leads to. */
export type RelatedName<M extends ModelDefinition, C extends Names<M>, R extends RelationNames<M, C>> = AttributesOf<
  M,
  C
>[R] extends { dataClass: infer T extends Names<M> }
  ? T
  : never;
