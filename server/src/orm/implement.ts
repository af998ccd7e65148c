// The author's second step: code beside a model. `this` in every function is typed from the model and from the code itself.
import { markImplemented, type Code, type Functions, type Implemented } from '../model/code.ts';
import type { CalculatedCode, EventsCode, UserClass } from '../model/code.ts';
import type { ModelDefinition } from '../model/definition.ts';
import type { Json } from '../model/model.ts';
import type { DirectoryAnswer } from '../session/directory.ts';
import type { UserSession } from './session-api.ts';
import type { DataClass, DataStore, Entity, EntitySelection, Singleton } from './api.ts';
import type { Names } from './model-types.ts';

/** The code with what `this` is in each part of it. */
type CodeWithThis<M extends ModelDefinition, K> = {
  readonly directory?:
    | ({
        readonly login: (name: string, password: string) => DirectoryAnswer | Promise<DirectoryAnswer>;
      } & ThisType<DataStore<M, K>>)
    | { readonly [C in Names<M>]: UserClass<C, keyof M['dataClasses'][C]['attributes'] & string> }[Names<M>];
  readonly functions?: Functions & ThisType<DataStore<M, K>>;
  readonly dataClasses?: {
    readonly [C in Names<M>]?: {
      readonly functions?: Functions & ThisType<DataClass<M, K, C>>;
      readonly selectionFunctions?: Functions & ThisType<EntitySelection<M, K, C>>;
      readonly entityFunctions?: Functions & ThisType<Entity<M, K, C>>;
      readonly calculated?: Readonly<Record<string, CalculatedCode>> & ThisType<Entity<M, K, C>>;
      readonly events?: EventsCode & ThisType<Entity<M, K, C>>;
      /** Which entities a session may see: a selection, a filter, or a filter with the values of its placeholders. */
      readonly restrict?: (session: UserSession) => unknown;
    } & ThisType<DataClass<M, K, C>>;
  };
  readonly singletons?: K extends { singletons: infer S }
    ? { readonly [N in keyof S]: { readonly functions: Functions & ThisType<Singleton<S[N]>> } }
    : unknown;
};

/** Refuses code for dataclasses that the model does not have. */
type OnlyKnown<M extends ModelDefinition, K> = K extends { dataClasses: infer D }
  ? { readonly dataClasses: { readonly [C in Exclude<keyof D, Names<M>>]: never } }
  : unknown;

/** What code gets for each type that a function declares for a parameter. */
interface PlainTypes {
  any: unknown;
  string: string;
  number: number;
  boolean: boolean;
  object: Readonly<Record<string, Json>>;
  array: readonly Json[];
}

type Declared<M extends ModelDefinition, K, P> = P extends `${infer T}?`
  ? Declared<M, K, T> | null | undefined
  : P extends keyof PlainTypes
    ? PlainTypes[P]
    : P extends Names<M>
      ? Entity<M, K, P>
      : P extends `${infer C extends Names<M>}Selection`
        ? EntitySelection<M, K, C>
        : { readonly isNoType: P };

type AllDeclared<M extends ModelDefinition, K, P extends readonly unknown[]> = {
  readonly [I in keyof P]: Declared<M, K, P[I]>;
};

/** Refuses declared types that are not those of the parameters of `run`. */
type AsRun<M extends ModelDefinition, F> = {
  readonly [N in keyof F]: F[N] extends {
    parameters: infer P extends readonly unknown[];
    run: (...args: infer A) => void;
  }
    ? AllDeclared<M, unknown, P> extends readonly [...A, ...(readonly unknown[])]
      ? unknown
      : { readonly parameters: 'are not of the types that run has' }
    : unknown;
};

type Levels<M extends ModelDefinition, D> = {
  readonly [L in keyof D & ('functions' | 'selectionFunctions' | 'entityFunctions')]: AsRun<M, D[L]>;
};

type CheckedParameters<M extends ModelDefinition, K> = (K extends { functions: infer F }
  ? { readonly functions: AsRun<M, F> }
  : unknown) &
  (K extends { dataClasses: infer D }
    ? { readonly dataClasses: { readonly [C in keyof D]: Levels<M, D[C]> } }
    : unknown);

/**
 * A model with its functions, calculated values, events and row filters; the default export of a model file. In each
 * function `this` is the datastore, dataclass, selection, entity or singleton it is called on. Parameters are written
 * with their types; a function that calls itself, or two that call each other, write the type of their result too.
 */
export function implement<M extends ModelDefinition, K extends Code>(
  model: M,
  code: K & CodeWithThis<M, K> & OnlyKnown<M, K> & CheckedParameters<M, K>,
): Implemented<M, K> {
  return markImplemented(model, code);
}
