// The catalog of a server (spec 02) → the definition of a model, and what the catalog could not tell.
import type { AttributeDefinition, DataClassDefinition, ModelDefinition } from '../model/definition.ts';
import type { StorageType } from '../model/model.ts';
import { deletedRecordsName, globalStampName } from '../model/tracking.ts';

interface CatalogAttribute {
  readonly name: string;
  readonly kind: string;
  readonly type: string;
  readonly path?: string;
  readonly foreignKey?: string;
  readonly inverseName?: string;
  readonly simpleDate?: boolean;
  readonly identifying?: boolean;
  readonly indexed?: boolean;
  readonly unique?: boolean;
  readonly not_null?: boolean;
  readonly never_null?: boolean;
  readonly autosequence?: boolean;
  readonly readOnly?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
}

interface CatalogClass {
  readonly name: string;
  readonly collectionName?: string;
  readonly defaultTopSize?: number;
  readonly attributes?: readonly CatalogAttribute[];
  readonly methods?: readonly { readonly name: string; readonly applyTo?: string }[];
  readonly key?: readonly { readonly name: string }[];
}

export interface Catalog {
  readonly __NAME?: string;
  readonly dataClasses?: readonly CatalogClass[];
  readonly methods?: readonly { readonly name: string }[];
}

export interface ReadModel {
  readonly definition: ModelDefinition;
  /** What could not be taken over, a line each. */
  readonly losses: readonly string[];
}

/** Words of catalogs for storage types, in 4D's, Qodly's and Wakanda's spelling (spec 02 § 5). */
const types: Readonly<Record<string, StorageType>> = {
  bool: 'bool',
  string: 'string',
  uuid: 'uuid',
  number: 'number',
  float: 'number',
  long: 'long',
  long64: 'long64',
  word: 'word',
  byte: 'byte',
  date: 'date',
  duration: 'duration',
  image: 'image',
  blob: 'blob',
  object: 'object',
};

/** Types that an index can be made on. */
const indexable: ReadonlySet<StorageType> = new Set<StorageType>([
  'string', 'uuid', 'bool', 'byte', 'word', 'long', 'long64', 'number', 'duration', 'date',
]); // oxfmt-ignore

/** @throws Error when the catalog has no dataclass with a key */
export function readCatalog(catalog: Catalog): ReadModel {
  const losses: string[] = [];
  const classes = (catalog.dataClasses ?? []).filter(({ name }) => name !== deletedRecordsName);
  const kept = classes.filter(({ name, key }) => {
    if (key && key.length > 0) return true;
    losses.push(`${name}: has no key in the catalog and is left out`);
    return false;
  });
  if (kept.length === 0) throw new Error('The catalog of the server lists no dataclass');
  for (const { name } of catalog.methods ?? []) losses.push(functionLoss(`${name}()`));
  const dataClasses = Object.fromEntries(kept.map((one) => [one.name, readClass(one, kept, losses)]));
  const name = catalog.__NAME;
  return { definition: { ...(name !== undefined && { name }), dataClasses }, losses };
}

const functionLoss = (what: string): string => `${what}: the code of a function is not in the catalog`;

function readClass(one: CatalogClass, all: readonly CatalogClass[], losses: string[]): DataClassDefinition {
  const { name, attributes = [], key = [], collectionName, defaultTopSize, methods = [] } = one;
  const keys = new Set(key.map((part) => part.name));
  const made: Record<string, AttributeDefinition> = {};
  for (const attribute of attributes) {
    if (attribute.name === globalStampName) continue;
    if (Object.hasOwn(made, attribute.name)) {
      losses.push(
        `${name}.${attribute.name}: the catalog lists two attributes of this name; the second one is left out`,
      );
      continue;
    }
    const read = readAttribute(attribute, keys, one, all);
    if (typeof read === 'string') losses.push(`${name}.${attribute.name}: ${read}`);
    else made[attribute.name] = read;
  }
  for (const method of methods) losses.push(functionLoss(`${name}.${method.name}()`));
  return {
    ...(collectionName !== undefined && collectionName !== `${name}Selection` && { collectionName }),
    ...(defaultTopSize !== undefined && defaultTopSize !== 100 && { defaultTopSize }),
    ...(attributes.some((attribute) => attribute.name === globalStampName) && { track: true }),
    attributes: made,
  };
}

/** The definition of an attribute, or why there is none. */
function readAttribute(
  attribute: CatalogAttribute,
  keys: ReadonlySet<string>,
  one: CatalogClass,
  all: readonly CatalogClass[],
): AttributeDefinition | string {
  const { kind, path } = attribute;
  switch (kind) {
    case 'storage':
      return readStorage(attribute, keys.has(attribute.name), keys.size === 1);
    case 'relatedEntity':
      return readRelatedEntity(attribute, one, all);
    case 'relatedEntities': {
      const target = classOfSelection(attribute.type, all);
      const inverse = path ?? attribute.inverseName;
      const opposite = target?.attributes?.find(({ name }) => name === inverse);
      if (!target || opposite?.kind !== 'relatedEntity')
        return `leads to ${attribute.type} through ${inverse ?? 'nothing'}, which the catalog does not explain`;
      return { kind: 'relatedEntities', dataClass: target.name, inverse: opposite.name };
    }
    case 'alias':
      return path === undefined ? 'is an alias without a path' : { kind: 'alias', path, exposed: true };
    case 'calculated':
      return 'is calculated; the code is not in the catalog';
    default:
      return `is of the kind ${kind}, which is not known`;
  }
}

function readStorage(attribute: CatalogAttribute, primKey: boolean, onlyKey: boolean): AttributeDefinition | string {
  const type = types[attribute.type];
  if (!type) return `is of the type ${attribute.type}, which is not known`;
  const { indexed, unique, not_null, never_null, readOnly, minLength, maxLength, simpleDate } = attribute;
  const isText = type === 'string';
  const definition = {
    type,
    ...(type === 'date' && simpleDate === true && { simpleDate }),
    ...(primKey && { primKey }),
    ...(primKey && onlyKey && numbersItself(attribute, type) && { autosequence: true }),
    ...(primKey && onlyKey && type === 'uuid' && { autogenerate: true }),
    ...(!primKey && indexed === true && !unique && indexable.has(type) && { indexed }),
    ...(!primKey && unique === true && indexable.has(type) && { unique }),
    ...(!primKey && (not_null || never_null) && { mandatory: true }),
    ...(readOnly === true && !primKey && { readOnly }),
    ...(isText && minLength !== undefined && { minLength }),
    ...(isText && maxLength !== undefined && { maxLength }),
  };
  return definition as AttributeDefinition;
}

/** Catalogs of 4D do not tell which keys number themselves; a whole number alone as key nearly always does. */
const numbersItself = ({ autosequence }: CatalogAttribute, type: StorageType): boolean =>
  autosequence ?? (type === 'long' || type === 'long64');

function readRelatedEntity(
  { type, path, foreignKey }: CatalogAttribute,
  { attributes = [] }: CatalogClass,
  all: readonly CatalogClass[],
): AttributeDefinition | string {
  const target = all.find(({ name }) => name === (type || path));
  if (!target) return `leads to ${type || path}, which is not in the catalog`;
  const holdsKey = attributes.some(({ name, kind }) => name === foreignKey && kind === 'storage');
  return {
    kind: 'relatedEntity',
    dataClass: target.name,
    ...(foreignKey !== undefined && holdsKey && { foreignKey }),
  };
}

const classOfSelection = (type: string, all: readonly CatalogClass[]): CatalogClass | undefined =>
  all.find(({ name, collectionName }) => (collectionName ?? `${name}Selection`) === type) ??
  all.find(({ name }) => type === `${name}Selection` || type === `${name}Collection`);
