// From the code beside a model to the types of calls. The server's entities, selections and dates become what the client
// makes of their JSON.
import type { Calls } from './call.ts';
import type { Entity, EntityObject } from './entity.ts';
import type { EntitySet } from './entity-set.ts';
import type { ClassName, ModelShape, Values } from './model-types.ts';
import type { Page } from './page.ts';

/** A model with its code: what `implement` returns, or what `keystamp types` wrote. */
export interface ImplementedShape {
  readonly model: ModelShape;
  readonly code: object;
}

/** The model itself, its code beside its dataclasses. */
export type ModelOf<T> = T extends { readonly model: infer M extends ModelShape; readonly code: infer K }
  ? M & { readonly code: K }
  : T extends ModelShape
    ? T
    : never;

/** What the server's types of an entity or selection tell their class by. */
interface OfClass<C> {
  getDataClass(): { readonly name: C };
}

/** What arrives of a value that a function returned. */
type Received<M extends ModelShape, T> =
  T extends OfClass<infer C extends ClassName<M>>
    ? T extends { toCollection: unknown }
      ? Page<Entity<M, C>>
      : Entity<M, C>
    : T extends Date
      ? string
      : T extends bigint
        ? number | string
        : T extends string | number | boolean | null | undefined
          ? T
          : T extends (...args: never) => unknown
            ? never
            : T extends object
              ? { [K in keyof T]: Received<M, T[K]> }
              : T extends void
                ? undefined
                : T;

/** What may be given for a parameter. */
type Given<M extends ModelShape, T> =
  T extends OfClass<infer C extends ClassName<M>>
    ? T extends { toCollection: unknown }
      ? EntitySet<M, C>
      : | EntityObject<M, C>
        | ({ readonly __DATACLASS: C; readonly __ENTITY: true; readonly __KEY?: string | number } & Values<M, C>)
    : T extends Date
      ? Date | string
      : T;

type Method<M extends ModelShape, F> = F extends { run: (...args: infer P) => infer R }
  ? (...args: { [I in keyof P]: Given<M, P[I]> }) => Promise<Received<M, Awaited<R>>>
  : never;

/** The exposed ones of a group of functions. */
type Methods<M extends ModelShape, F> = {
  readonly [N in keyof F as F[N] extends { readonly exposed: true } ? N : never]: Method<M, F[N]>;
};

/** A member of an object type, unknown when it has none of that name. */
type Member<T, N extends string> = T extends { readonly [K in N]: infer V } ? V : unknown;

/** The functions of a dataclass, its selections or its entities; any name when nothing is known of the code. */
export type CallsOf<
  M extends ModelShape,
  C extends ClassName<M>,
  Group extends 'functions' | 'selectionFunctions' | 'entityFunctions',
> = M extends { readonly code: infer K } ? Methods<M, Member<Member<Member<K, 'dataClasses'>, C>, Group>> : Calls;

/** The functions of the datastore. */
export type StoreCalls<M extends ModelShape> = M extends { readonly code: infer K }
  ? Methods<M, Member<K, 'functions'>>
  : Calls;

/** Names of the singletons. */
export type SingletonName<M extends ModelShape> = M extends { readonly code: infer K }
  ? keyof Member<K, 'singletons'> & string
  : string;

export type SingletonCalls<M extends ModelShape, N extends string> = M extends { readonly code: infer K }
  ? Methods<M, Member<Member<Member<K, 'singletons'>, N>, 'functions'>>
  : Calls;
