// What dataclasses and attributes there are, as the views need them.
import { createContext, useContext } from 'react';
import type { WireAttribute, WireCatalog, WireDataClass } from '@keystamp/client';
import { ask, mountOf, type Asked } from './connection.ts';
import { readFunctions, type Callable } from './functions.ts';

/** How a value is shown and edited. */
export type ValueKind =
  | 'text'
  | 'uuid'
  | 'bool'
  | 'number'
  | 'duration'
  | 'date'
  | 'object'
  | 'image'
  | 'blob'
  | 'relatedEntity'
  | 'relatedEntities';

export interface Attribute extends WireAttribute {
  readonly value: ValueKind;
  /** Of a relation: the dataclass at its other end. */
  readonly target?: string;
  /** No client may write it. */
  readonly fixed: boolean;
}

export interface DataClass {
  readonly name: string;
  /** Below the mount, as it stands in a URL. */
  readonly path: string;
  readonly attributes: readonly Attribute[];
  readonly key: readonly string[];
  /** The attributes that say best which entity one is: a name or a title, or first and last name. */
  readonly labels: readonly string[];
}

export interface Catalog {
  readonly name: string;
  /** Where its API stands: `/rest`, or `/rest/model` for one of several. */
  readonly mount: string;
  /** Those that whoever looks may call. */
  readonly functions: readonly Callable[];
  readonly dataClasses: readonly DataClass[];
  /** When it was asked for, as `performance.now()`. */
  readonly readAt: number;
}

const kinds: Readonly<Record<string, ValueKind>> = {
  string: 'text',
  text: 'text',
  uuid: 'uuid',
  bool: 'bool',
  byte: 'number',
  word: 'number',
  long: 'number',
  long64: 'number',
  number: 'number',
  float: 'number',
  duration: 'duration',
  date: 'date',
  object: 'object',
  image: 'image',
  blob: 'blob',
};

/** @param model one of several that are served together */
export async function loadCatalog(model: string | undefined, asked: Pick<Asked, 'signal' | 'quiet'>): Promise<Catalog> {
  const below = model === undefined ? '' : `/${encodeURIComponent(model)}`;
  const readAt = performance.now();
  const wire = await ask<WireCatalog>(`$catalog${below}/$all`, asked);
  return {
    readAt,
    name: wire.__NAME ?? model ?? 'datastore',
    mount: mountOf(model),
    functions: readFunctions(wire),
    // Names with two underscores are the server's own: numbers of changes, what was deleted.
    dataClasses: wire.dataClasses
      .filter(({ name }) => !name.startsWith('__'))
      .map((dataClass) => readDataClass(dataClass, wire)),
  };
}

function readDataClass({ name, dataURI, attributes, key }: WireDataClass, wire: WireCatalog): DataClass {
  const read = attributes
    .filter((attribute) => !attribute.name.startsWith('__'))
    .map((attribute) => readAttribute(attribute, wire));
  return { name, path: dataURI, attributes: read, key: key.map((part) => part.name), labels: labelsOf(read) };
}

function readAttribute(attribute: WireAttribute, { dataClasses }: WireCatalog): Attribute {
  const { kind, type } = attribute;
  const fixed = attribute.readOnly === true || kind === 'relatedEntities' || kind === 'alias';
  const toOne = dataClasses.find(({ name }) => name === type);
  const toMany = dataClasses.find(({ collectionName }) => collectionName === type);
  if (toMany) return { ...attribute, value: 'relatedEntities', target: toMany.name, fixed };
  if (toOne) return { ...attribute, value: 'relatedEntity', target: toOne.name, fixed };
  return { ...attribute, value: kinds[type] ?? 'text', fixed };
}

const tellingNames = ['fullname', 'displayname', 'name', 'title', 'label', 'lastname', 'subject', 'code'];

function labelsOf(attributes: readonly Attribute[]): readonly string[] {
  const texts = attributes.filter(({ value, kind, multiLine }) => value === 'text' && kind === 'storage' && !multiLine);
  const named = (plain: string): Attribute | undefined =>
    texts.find(({ name }) => name.toLowerCase().replaceAll('_', '') === plain);
  const best = tellingNames.map(named).find((attribute) => attribute !== undefined) ?? texts[0];
  const first = best && best === named('lastname') ? named('firstname') : undefined;
  return [first, best].flatMap((attribute) => (attribute ? [attribute.name] : []));
}

/** What an entity is called; its key when it has no name. */
export function labelOf({ labels }: DataClass, entity: Readonly<Record<string, unknown>>): string {
  const text = labels
    .map((name) => entity[name])
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ');
  return text === '' ? String(entity['__KEY'] ?? 'new') : text;
}

export const CatalogContext = createContext<Catalog | undefined>(undefined);

export function useCatalog(): Catalog {
  const catalog = useContext(CatalogContext);
  if (!catalog) throw new Error('no catalog around this view');
  return catalog;
}

export const dataClassOf = (catalog: Catalog, name: string): DataClass | undefined =>
  catalog.dataClasses.find((dataClass) => dataClass.name === name);

/** The attribute at the end of a path such as `employer.name`. */
export function attributeAt(catalog: Catalog, dataClass: DataClass, path: string): Attribute | undefined {
  const [first = '', ...rest] = path.split('.');
  const attribute = dataClass.attributes.find(({ name }) => name === first);
  if (rest.length === 0 || !attribute) return attribute;
  if (attribute.value === 'object') return attribute;
  const target = attribute.target === undefined ? undefined : dataClassOf(catalog, attribute.target);
  return target && attributeAt(catalog, target, rest.join('.'));
}

/** Attributes that can stand in a sort. */
export const isSortable = ({ value }: Attribute): boolean =>
  !['image', 'blob', 'object', 'relatedEntity', 'relatedEntities'].includes(value);
