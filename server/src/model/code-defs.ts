// The code of an author as the model holds it: functions, singletons, events.
import type { DirectoryCode, Functions, SingletonCode, UserClass } from './code.ts';
import type { AttributeDef, DataClassDef } from './model.ts';
import { parameterDef, type IsClass, type ParameterDef } from './parameter-type.ts';

/** Code of the author that is called with an event, or a value and an event; `this` is the entity. */
export type EventFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/** The events of an entity (spec 15 § 10). */
export const entityEvents = [
  'constructor', 'touched', 'validateSave', 'saving', 'afterSave', 'validateDrop', 'dropping', 'afterDrop',
] as const; // oxfmt-ignore
/** Those of one attribute. */
export const attributeEvents = ['touched', 'validateSave', 'saving', 'validateDrop', 'dropping'] as const;

export type EntityEvent = (typeof entityEvents)[number];
export type AttributeEvent = (typeof attributeEvents)[number];

/** What runs when an entity of a class is made, changed, saved or dropped. */
export interface EventsDef {
  readonly entity: ReadonlyMap<EntityEvent, EventFunction>;
  /** In model order. */
  readonly attributes: ReadonlyMap<AttributeDef, ReadonlyMap<AttributeEvent, EventFunction>>;
}

/** Where a function lives, in the words of the catalog's `applyTo` (spec 12 § 1). */
export type FunctionLevel = 'dataStore' | 'dataClass' | 'entityCollection' | 'entity' | 'singleton';

/** A function of the author. */
export interface FunctionDef {
  readonly name: string;
  readonly level: FunctionLevel;
  /** The dataclass or singleton it belongs to; a function of the datastore belongs to none. */
  readonly owner?: string;
  /** REST clients may call it. */
  readonly exposed: boolean;
  /** It may be called by GET. */
  readonly onHttpGet: boolean;
  /** The types that parameters of a client must have; absent: anything goes. */
  readonly parameters?: readonly ParameterDef[];
  readonly run: (this: unknown, ...args: readonly unknown[]) => unknown;
}

/** Who the users are: code of the author that is asked, or the entities of a dataclass (spec 13 § 6.6). */
export type Directory =
  | { readonly kind: 'code'; readonly logIn: (this: unknown, name: string, password: string) => unknown }
  | { readonly kind: 'dataClass'; readonly users: UserClass };

/** The functions of one object, by name. */
export type FunctionMap = ReadonlyMap<string, FunctionDef>;

export interface SingletonDef {
  readonly name: string;
  /** One for the server, or one for each session. */
  readonly scope: 'shared' | 'session';
  /** The properties of a new instance. */
  readonly state: () => object;
  readonly functions: FunctionMap;
}

/** The functions of one object. */
export function functionMap(
  functions: Functions | undefined,
  isClass: IsClass,
  level: FunctionLevel,
  owner?: string,
): FunctionMap {
  return new Map(
    Object.entries(functions ?? {}).map(([name, { exposed = false, onHttpGet, onHTTPGet, parameters, run }]) => [
      name,
      {
        name,
        level,
        ...(owner !== undefined && { owner }),
        exposed,
        onHttpGet: onHttpGet ?? onHTTPGet ?? false,
        ...(parameters && { parameters: parameters.map((each) => parameterDef(each, isClass) as ParameterDef) }),
        run: run as FunctionDef['run'],
      },
    ]),
  );
}

/** A singleton, from what its author wrote. */
export const singletonDef = (
  name: string,
  { scope, state, functions }: SingletonCode,
  isClass: IsClass,
): SingletonDef => ({
  name,
  scope,
  state: (state ?? (() => ({}))) as () => object,
  functions: functionMap(functions, isClass, 'singleton', name),
});

/** Who the users are, from what the author wrote. */
export const directoryDef = (code: DirectoryCode): Directory =>
  'login' in code
    ? { kind: 'code', logIn: code.login as Extract<Directory, { kind: 'code' }>['logIn'] }
    : { kind: 'dataClass', users: code };

/** The events that the code of the class answers to, attributes in model order. */
export function eventsDef({ code: { events }, attributes: all }: DataClassDef): EventsDef | undefined {
  if (!events) return undefined;
  const chosen = <N extends string>(names: readonly N[], code: object): ReadonlyMap<N, EventFunction> =>
    new Map(
      names.filter((name) => Object.hasOwn(code, name)).map((name) => [name, (code as Record<N, EventFunction>)[name]]),
    );
  const attributes = new Map<AttributeDef, EventsDef['attributes'] extends ReadonlyMap<unknown, infer V> ? V : never>();
  for (const attribute of all.values()) {
    const own = Object.hasOwn(events.attributes ?? {}, attribute.name)
      ? events.attributes?.[attribute.name]
      : undefined;
    if (own) attributes.set(attribute, chosen(attributeEvents, own));
  }
  return { entity: chosen(entityEvents, events), attributes };
}
