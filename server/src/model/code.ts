// What `implement` adds to a model: functions, calculated values, events and row filters. Checked in check-code.ts,
// typed in orm/implement.ts; here it is only what the loader reads.
import type { ModelDefinition } from './definition.ts';
import type { ParameterName } from './parameter-type.ts';

/** A function of the author; what `this` is depends on where it stands. Its signature is read by TypeScript alone. */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- a call signature here would make TypeScript infer results before `this` is known
export type AnyFunction = Function;

export interface FunctionCode {
  /** REST clients may call it; default false. */
  readonly exposed?: boolean;
  /** It may be called by GET, so it must only read; default false. */
  readonly onHttpGet?: boolean;
  /** The documented second spelling. */
  readonly onHTTPGet?: boolean;
  /**
   * The types of the parameters, in order: `string`, `number`, `boolean`, `object`, `array`, `any`, a dataclass for an
   * entity, `EmployeeSelection`; with `?` where it may be missing or null. Absent: clients may send anything.
   */
  readonly parameters?: readonly [] | readonly ParameterName[];
  /** Called with the parameters of the request; `this` is the datastore, dataclass, selection, entity or singleton. */
  readonly run: AnyFunction;
}

export type Functions = Readonly<Record<string, FunctionCode>>;

/** Code of one calculated attribute (spec 15 § 7). */
export interface CalculatedCode {
  readonly get?: AnyFunction;
  readonly set?: AnyFunction;
  readonly query?: AnyFunction;
  readonly orderBy?: AnyFunction;
}

/** Code that runs when an entity is made, changed, saved or dropped (spec 15 § 8). */
export interface EventsCode {
  readonly constructor?: AnyFunction;
  readonly touched?: AnyFunction;
  readonly validateSave?: AnyFunction;
  readonly saving?: AnyFunction;
  readonly afterSave?: AnyFunction;
  readonly validateDrop?: AnyFunction;
  readonly dropping?: AnyFunction;
  readonly afterDrop?: AnyFunction;
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, AnyFunction>>>>;
}

/** Code of one dataclass. */
export interface ClassCode {
  /** `this` is the dataclass. */
  readonly functions?: Functions;
  /** `this` is an entity selection. */
  readonly selectionFunctions?: Functions;
  /** `this` is an entity. */
  readonly entityFunctions?: Functions;
  readonly calculated?: Readonly<Record<string, CalculatedCode>>;
  readonly events?: EventsCode;
  /** Which entities a session may see. */
  readonly restrict?: AnyFunction;
}

/** An object of which there is one in the server (`shared`) or one in each session (spec 12 § 8). */
export interface SingletonCode {
  readonly scope: 'shared' | 'session';
  /** Makes the properties of a new instance. */
  readonly state?: AnyFunction;
  /** `this` is the instance. */
  readonly functions: Functions;
}

/** Code that knows the users (spec 13 § 6.6). */
export interface DirectoryFunction {
  /** Called with name and password; answers the user, or false for one it does not know. */
  readonly login: AnyFunction;
}

/** The dataclass whose entities are the users, and its attributes that tell of them. */
export interface UserClass<C extends string = string, A extends string = string> {
  readonly dataClass: C;
  /** What a user logs in with. */
  readonly name: A;
  /** Holds what `generatePasswordHash` made; who has none cannot log in. */
  readonly passwordHash: A;
  /** Absent: the name. */
  readonly fullName?: A;
  /** A UUID; absent: one made from the name. */
  readonly ID?: A;
  /** Roles or privileges: a text with commas between them, or an object attribute with a list. */
  readonly belongsTo?: A;
}

/** Who the users are. */
export type DirectoryCode = DirectoryFunction | UserClass;

/** All code beside a model. */
export interface Code {
  readonly directory?: DirectoryCode;
  /** Of the datastore. */
  readonly functions?: Functions;
  readonly dataClasses?: Readonly<Record<string, ClassCode>>;
  readonly singletons?: Readonly<Record<string, SingletonCode>>;
}

const brand = Symbol.for('keystamp.implemented');

/** A model with its code, as `implement` returns it. */
export interface Implemented<M extends ModelDefinition = ModelDefinition, K = Code> {
  readonly model: M;
  readonly code: K;
}

/** Marks a pair of model and code, so that a model file may export it in the place of the model. */
export const markImplemented = <M extends ModelDefinition, K>(model: M, code: K): Implemented<M, K> =>
  Object.freeze({ [brand]: true, model, code });

/** Does a model file export a model with code? */
export const isImplemented = (exported: unknown): exported is Implemented =>
  typeof exported === 'object' && exported !== null && brand in exported;
