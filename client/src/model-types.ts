// From a model to the types of entities, values and attribute lists. The model is the type of a Keystamp model file
// (`createClient<typeof model>`) or of what `keystamp types` wrote; both have this shape.
import type { Picture, Reference, RelatedSet, StoredFile } from './deferred.ts';
import type { Entity, AnyEntity } from './entity.ts';
import type { Page } from './page.ts';
import type { Bytes, Upload } from './upload.ts';
import type { Json } from './wire.ts';

/** What a model must have for its types to be read. */
export interface ModelShape {
  readonly dataClasses: { readonly [name: string]: { readonly attributes: { readonly [name: string]: object } } };
}

/** The model of a client that was told none: every name is allowed, values are `any`. */
export type UntypedModel = ModelShape;

export type ClassName<M extends ModelShape> = keyof M['dataClasses'] & string;
type Attributes<M extends ModelShape, C extends ClassName<M>> = M['dataClasses'][C]['attributes'];
export type AttributeName<M extends ModelShape, C extends ClassName<M>> = keyof Attributes<M, C> & string;
type IsUntyped<M extends ModelShape> = string extends ClassName<M> ? true : false;

interface ValueTypes {
  string: string;
  text: string;
  uuid: string;
  bool: boolean;
  byte: number;
  word: number;
  long: number;
  long64: number | string;
  number: number;
  duration: number;
  /** A day is `d!m!yyyy`, an instant ISO text; see `dayOf`. */
  date: string;
  object: Json;
  image: Picture;
  blob: StoredFile;
}

/** The class a relation leads to; never for other attributes. */
type TargetOf<M extends ModelShape, A> = A extends { dataClass: infer T extends ClassName<M> } ? T : never;

/** The type an alias such as `employer.name` ends at. */
type AliasValue<M extends ModelShape, C extends ClassName<M>, Path> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends AttributeName<M, C>
    ? AliasValue<M, TargetOf<M, Attributes<M, C>[Head]>, Rest>
    : unknown
  : Path extends AttributeName<M, C>
    ? ScalarOf<M, C, Attributes<M, C>[Path]> | null
    : unknown;

type ScalarOf<M extends ModelShape, C extends ClassName<M>, A> = A extends { kind: 'alias'; path: infer P }
  ? AliasValue<M, C, P>
  : A extends
        | { type: infer T extends keyof ValueTypes; mandatory: true }
        | { type: infer T extends keyof ValueTypes; primKey: true }
    ? ValueTypes[T]
    : A extends { type: infer T extends keyof ValueTypes }
      ? ValueTypes[T] | null
      : unknown;

/** What an attribute holds when `Below` of its own attributes were asked; `never`: none, so a relation is not read. */
type AttributeValue<M extends ModelShape, C extends ClassName<M>, A, Below extends string> = A extends {
  kind: 'relatedEntity';
}
  ? ([Below] extends [never] ? Reference : Entity<M, TargetOf<M, A>, Below>) | null
  : A extends { kind: 'relatedEntities' }
    ? [Below] extends [never]
      ? RelatedSet
      : Page<Entity<M, TargetOf<M, A>, Below>>
    : ScalarOf<M, C, A>;

type Head<P> = P extends `${infer H}.${string}` ? H : P;
type Below<P, H extends string> = P extends `${H}.${infer Rest}` ? Rest : never;

/** The attributes of an entity that was read with the attribute paths `P`; `*` is all. */
export type Loaded<M extends ModelShape, C extends ClassName<M>, P extends string> =
  IsUntyped<M> extends true
    ? // oxlint-disable-next-line no-explicit-any -- without a model nothing is known
      { [name: string]: any }
    : {
        -readonly [A in '*' extends P ? AttributeName<M, C> : Head<P> & AttributeName<M, C>]: AttributeValue<
          M,
          C,
          Attributes<M, C>[A],
          Below<P, A>
        >;
      };

/** Attribute lists: names, and through relations up to three steps, with `*` for all attributes of the last class. */
export type AttributePath<M extends ModelShape, C extends ClassName<M>> =
  IsUntyped<M> extends true ? string : '*' | PathFrom<M, C, [0, 0, 0]>;

type PathFrom<M extends ModelShape, C extends ClassName<M>, Steps extends readonly unknown[]> = {
  [A in AttributeName<M, C>]:
    | A
    | (Steps extends readonly [unknown, ...infer Left]
        ? [TargetOf<M, Attributes<M, C>[A]>] extends [never]
          ? never
          : `${A}.${'*' | PathFrom<M, TargetOf<M, Attributes<M, C>[A]>, Left>}`
        : never);
}[AttributeName<M, C>];

/** Relations to read along, up to three steps. */
export type ExpandPath<M extends ModelShape, C extends ClassName<M>> =
  IsUntyped<M> extends true ? string : RelationFrom<M, C, [0, 0, 0]>;

type RelationFrom<
  M extends ModelShape,
  C extends ClassName<M>,
  Steps extends readonly unknown[],
> = Steps extends readonly [unknown, ...infer Left]
  ? {
      [A in AttributeName<M, C>]: [TargetOf<M, Attributes<M, C>[A]>] extends [never]
        ? never
        : A | `${A}.${RelationFrom<M, TargetOf<M, Attributes<M, C>[A]>, Left>}`;
    }[AttributeName<M, C>]
  : never;

/** `employer.staff` as the attribute paths it stands for: `employer.*` and `employer.staff.*`. */
type Expanded<X> = X extends `${infer H}.${infer Rest}`
  ? `${H}.*` | `${H}.${Expanded<Rest>}`
  : X extends string
    ? `${X}.*`
    : never;

/** The attribute paths that read options ask for. */
export type PathsOf<O> =
  | (O extends { readonly attributes: readonly (infer P extends string)[] } ? P : '*')
  | (O extends { readonly expand: readonly (infer X)[] } ? Expanded<X> : never);

/** Names of the picture attributes. */
export type ImageName<M extends ModelShape, C extends ClassName<M>> = NameOf<M, C, { type: 'image' }>;
/** Names of the attributes whose bytes can be written: pictures and BLOBs. */
export type MediaName<M extends ModelShape, C extends ClassName<M>> = NameOf<M, C, { type: 'image' | 'blob' }>;
/** Names of the relations to many entities. */
export type ManyName<M extends ModelShape, C extends ClassName<M>> = NameOf<M, C, { kind: 'relatedEntities' }>;
/** Names of all relations. */
export type RelationName<M extends ModelShape, C extends ClassName<M>> = NameOf<
  M,
  C,
  { kind: 'relatedEntities' | 'relatedEntity' }
>;
/** Names of attributes that hold plain values. */
export type ScalarName<M extends ModelShape, C extends ClassName<M>> =
  IsUntyped<M> extends true ? string : Exclude<AttributeName<M, C>, MediaName<M, C> | RelationName<M, C>>;

type NameOf<M extends ModelShape, C extends ClassName<M>, Kind> =
  IsUntyped<M> extends true
    ? string
    : { [A in AttributeName<M, C>]: Attributes<M, C>[A] extends Kind ? A : never }[AttributeName<M, C>];

/** The class a relation leads to. */
export type RelatedClass<M extends ModelShape, C extends ClassName<M>, A extends string> =
  IsUntyped<M> extends true ? ClassName<M> : A extends AttributeName<M, C> ? TargetOf<M, Attributes<M, C>[A]> : never;

/** The value type of a scalar attribute, without null. */
export type ScalarValue<M extends ModelShape, C extends ClassName<M>, A extends string> =
  IsUntyped<M> extends true
    ? Json
    : A extends AttributeName<M, C>
      ? NonNullable<ScalarOf<M, C, Attributes<M, C>[A]>>
      : never;

type InputValue<A> = A extends { kind: 'relatedEntity' }
  ? AnyEntity | Reference | string | number | bigint | null
  : A extends { type: 'image' | 'blob' }
    ? Bytes | Upload | null
    : A extends { type: 'date' }
      ? string | Date | null
      : A extends { type: infer T extends keyof ValueTypes }
        ? ValueTypes[T] | null
        : unknown;

/** What may be given to `create`, `set` and `save`: pictures as bytes, relations as entities or keys. */
export type Values<M extends ModelShape, C extends ClassName<M>> =
  IsUntyped<M> extends true
    ? { readonly [name: string]: unknown }
    : {
        readonly [A in Exclude<AttributeName<M, C>, ManyName<M, C>>]?: InputValue<Attributes<M, C>[A]>;
      };
