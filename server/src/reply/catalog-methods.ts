// Functions as the catalog describes them (spec 02 § 6): those alone that clients may call.
import type { Config } from '../config.ts';
import type { FunctionDef, FunctionMap } from '../model/code-defs.ts';
import type { DataClassDef } from '../model/model.ts';
import type { CatalogOutcome } from '../run/outcome.ts';

type Printed = Readonly<Record<string, unknown>>;

const shown = (maps: readonly FunctionMap[], { sight }: CatalogOutcome): readonly FunctionDef[] =>
  maps.flatMap((functions) => [...functions.values()].filter((fn) => sight.showsFunction(fn)));

/** The declared types of the parameters: Keystamp's own word, which other clients pass over. */
const declared = ({ parameters }: FunctionDef): { parameters?: readonly string[] } =>
  parameters ? { parameters: parameters.map(({ name }) => name) } : {};

/** `methods` of a dataclass, nothing when it has none. */
export function classMethods(
  dataClass: DataClassDef,
  outcome: CatalogOutcome,
  { dialect }: Config,
): { methods?: readonly Printed[] } {
  const { name, functions, selectionFunctions, entityFunctions } = dataClass;
  const found = shown([functions, selectionFunctions, entityFunctions], outcome);
  const methods = found.map((fn) => {
    const head = { name: fn.name, applyTo: fn.level, scope: 'public' };
    const from = dialect === 'wakanda' ? `$mainModel.${name}.methods.${fn.name}` : name;
    const allowedOnHTTPGET = fn.onHttpGet;
    const tail = dialect === 'wakanda' ? { userDefined: true, allowedOnHTTPGET } : { allowedOnHTTPGET, exposed: true };
    return { ...head, from, ...tail, ...declared(fn) };
  });
  return methods.length > 0 ? { methods } : {};
}

/** `methods` of the datastore. */
export function storeMethods(outcome: CatalogOutcome): { methods?: readonly Printed[] } {
  const methods = shown([outcome.model.functions], outcome).map((fn) => ({
    name: fn.name,
    applyTo: fn.level,
    scope: 'public',
    from: 'DataStore',
    allowedOnHTTPGET: fn.onHttpGet,
    exposed: true,
    ...declared(fn),
  }));
  return methods.length > 0 ? { methods } : {};
}

/** `singletons` (spec 02 § 2), those that have a function to call; the `wakanda` dialect does not know them. */
export function singletons(outcome: CatalogOutcome, { dialect }: Config): { singletons?: readonly Printed[] } {
  if (dialect === 'wakanda') return {};
  const found = [...outcome.model.singletons.values()].flatMap(({ name, functions }) => {
    const methods = shown([functions], outcome).map((fn) => ({
      name: fn.name,
      allowedOnHTTPGET: fn.onHttpGet,
      exposed: true,
      ...declared(fn),
    }));
    return methods.length > 0 ? [{ name, methods }] : [];
  });
  return found.length > 0 ? { singletons: found } : {};
}
