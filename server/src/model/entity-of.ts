// The type of an entity as JSON, made from a model.
import type { ClassNames, DefinitionOf, ModelDefinition } from './definition.ts';
import type { Json, StorageType } from './model.ts';

/** Values that are the same in code and in JSON. */
export interface PlainValueTypes {
  string: string;
  text: string;
  uuid: string;
  bool: boolean;
  byte: number;
  word: number;
  long: number;
  number: number;
  duration: number;
  object: Json;
}

interface ValueTypes extends PlainValueTypes {
  long64: number | string;
  date: string;
  image: DeferredMedia;
  blob: DeferredMedia;
}

/** A picture or BLOB as it stands in JSON: where its bytes are. */
export interface DeferredMedia {
  readonly __deferred: { readonly uri: string; readonly image?: true };
}

// oxfmt-ignore
type AttributeValue<M extends ModelDefinition, A, Owner> = A extends
  { kind: 'relatedEntity'; dataClass: infer C } | { kind: 'calculated'; type: 'entity'; dataClass: infer C }
  ? C extends ClassNames<M>
    ? EntityOf<M, C> | null
    : never
  : A extends
        { kind: 'relatedEntities'; dataClass: infer C } | { kind: 'calculated'; type: 'selection'; dataClass: infer C }
    ? C extends ClassNames<M>
      ? readonly EntityOf<M, C>[]
      : never
    : A extends
          { type: infer T extends StorageType; mandatory: true } | { type: infer T extends StorageType; primKey: true }
      ? ValueTypes[T]
      : A extends { type: infer T extends StorageType }
        ? ValueTypes[T] | null
        : A extends { kind: 'alias'; path: infer P }
          ? AliasValue<M, Owner, P>
          : never;

/** What a path shows. An entity on the way may be missing, so a value may be null. */
type AliasValue<M extends ModelDefinition, C, P> = P extends `${infer Head}.${infer Rest}`
  ? DefinitionOf<M, C, Head> extends { kind: infer Kind; dataClass: infer Target }
    ? Kind extends 'relatedEntities'
      ? readonly ItemOf<AliasValue<M, Target, Rest>>[]
      : AliasValue<M, Target, Rest> extends readonly unknown[]
        ? AliasValue<M, Target, Rest>
        : AliasValue<M, Target, Rest> | null
    : DefinitionOf<M, C, Head> extends { kind: 'alias'; path: infer Path extends string }
      ? AliasValue<M, C, `${Path}.${Rest}`>
      : never
  : AttributeValue<M, DefinitionOf<M, C, P>, C>;

type ItemOf<T> = T extends readonly (infer Item)[] ? Item : NonNullable<T>;

/** The type of an entity, from the model alone: `type Employee = EntityOf<typeof model, 'Employee'>`. */
export type EntityOf<M extends ModelDefinition, C extends ClassNames<M>> = {
  readonly [A in keyof M['dataClasses'][C]['attributes']]: AttributeValue<M, M['dataClasses'][C]['attributes'][A], C>;
} & (M['dataClasses'][C] extends { track: true } ? { readonly __GlobalStamp: number } : unknown);
