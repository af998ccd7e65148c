// The functions that may be called: where each one runs, and its address.
import { keyInPath, type WireCatalog, type WireMethod } from '@keystamp/client';

/** What `this` is in a function. */
export type Level = 'datastore' | 'dataclass' | 'selection' | 'entity' | 'singleton';

export interface Callable {
  readonly name: string;
  readonly level: Level;
  /** The dataclass or singleton; undefined for the datastore itself. */
  readonly owner: string | undefined;
  /** It only reads, so that GET is allowed. */
  readonly byGet: boolean;
  /** The types that it declares for its parameters; undefined where it declares none. */
  readonly parameters: readonly string[] | undefined;
  /** Names it in addresses: its path in the API, without a key. */
  readonly id: string;
}

const levels: Readonly<Record<string, Level>> = {
  dataClass: 'dataclass',
  entityCollection: 'selection',
  entitySelection: 'selection',
  dataClassSelection: 'selection',
  entity: 'entity',
};

/** In the order of the catalog: the datastore's, those of its dataclasses, those of singletons. */
export function readFunctions({ methods = [], dataClasses, singletons = [] }: WireCatalog): readonly Callable[] {
  const made = (method: WireMethod, level: Level, owner: string | undefined): Callable => ({
    name: method.name,
    level,
    owner,
    byGet: method.allowedOnHTTPGET === true,
    parameters: method.parameters,
    id: idOf(method.name, level, owner),
  });
  const all = [
    ...methods.map((method) => made(method, 'datastore', undefined)),
    ...dataClasses.flatMap(({ name, methods: own = [] }) =>
      own.map((method) => made(method, levels[method.applyTo ?? ''] ?? 'dataclass', name)),
    ),
    ...singletons.flatMap(({ name, methods: own }) => own.map((method) => made(method, 'singleton', name))),
  ];
  // Where a class and its selections have a function of one name, the path calls that of the selection of all entities.
  return all.filter(
    (fn) => fn.level !== 'dataclass' || !all.some(({ id, level }) => id === fn.id && level !== fn.level),
  );
}

function idOf(name: string, level: Level, owner: string | undefined): string {
  switch (level) {
    case 'datastore':
      return `$catalog/${name}`;
    case 'dataclass':
    case 'selection':
      return `${owner}/${name}`;
    case 'entity':
      return `${owner}()/${name}`;
    case 'singleton':
      return `$singleton/${owner}/${name}`;
    default:
      return level satisfies never;
  }
}

/**
 * Where to send a call.
 * @param mount of the model
 * @param key of the entity that a function of entities runs on, with the number of attributes it is made of
 */
export function callPath({ id, level, owner, name }: Callable, mount: string, key: string, keyParts: number): string {
  if (level === 'entity')
    return `${mount}/${encodeURIComponent(owner ?? '')}(${keyInPath(key, keyParts)})/${encodeURIComponent(name)}`;
  return `${mount}/${id.split('/').map(encoded).join('/')}`;
}

/** The words of the API keep their dollar. */
const encoded = (segment: string): string => (segment.startsWith('$') ? segment : encodeURIComponent(segment));
