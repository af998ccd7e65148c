// The code of an author as the model holds it: functions, singletons, events.
import type { DirectoryCode, Functions, SingletonCode } from './code.ts';
import {
  attributeEvents,
  entityEvents,
  type AttributeDef,
  type DataClassDef,
  type Directory,
  type EventFunction,
  type EventsDef,
  type FunctionDef,
  type FunctionLevel,
  type FunctionMap,
  type SingletonDef,
} from './model.ts';
import { parameterDef, type IsClass, type ParameterDef } from './parameter-type.ts';

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
