// The catalog in memory: what dataclasses, attributes and functions exist and how they hang together. Knows no database.
import type { ClassCode } from './code.ts';
import type { Directory, EventFunction, EventsDef, FunctionMap, SingletonDef } from './code-defs.ts';
import type { StoredAs } from './column-form.ts';

/** The storage types of spec 15 § 3. */
export type StorageType =
  | 'string'
  | 'text'
  | 'uuid'
  | 'bool'
  | 'byte'
  | 'word'
  | 'long'
  | 'long64'
  | 'number'
  | 'duration'
  | 'date'
  | 'object'
  | 'image'
  | 'blob';

/** Who sees a class or attribute: REST clients too, or server code alone (spec 15 § 1.2). */
export type Scope = 'public' | 'publicOnServer';

/** What becomes of entities whose N→1 relation leads to an entity that is dropped (spec 15 § 6.6). */
export type OnDrop = 'leave' | 'null' | 'refuse' | 'cascade';

interface AttributeBase {
  /** Case-sensitive name, unique in its dataclass. */
  readonly name: string;
  readonly scope: Scope;
  /** The dataclass that declares the attribute. */
  readonly owner: DataClassDef;
}

/** An attribute that holds a value of its own. */
export interface StorageDef extends AttributeBase {
  readonly kind: 'storage';
  readonly type: StorageType;
  /** Column of the table; for images and BLOBs the column that holds the SHA-256 of the bytes. */
  readonly column: string;
  /** The column was made by another program, in a form that Keystamp would not have made. */
  readonly stored?: StoredAs;
  /** The foreign key of a relation for which the model declares none. */
  readonly hidden: boolean;
  readonly primKey: boolean;
  readonly autosequence: boolean;
  readonly autogenerate: boolean;
  readonly indexed: boolean;
  /** Has a word index for the comparator `%`. */
  readonly keywords: boolean;
  readonly unique: boolean;
  readonly notNull: boolean;
  /** What a refused null is told with: the value is mandatory, or null is not accepted. */
  readonly nullError: 1116 | 1136;
  readonly readOnly: boolean;
  /** `date` only: a calendar day instead of an instant. */
  readonly simpleDate: boolean;
  readonly minValue?: number | string;
  readonly maxValue?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly fixedLength?: number;
  /** Longer strings are cut to this many characters, without an error. */
  readonly limitingLength?: number;
  /** The whole value must match. */
  readonly pattern?: RegExp;
  /** Canonical value (see attribute-types.ts) of new entities. */
  readonly defaultValue?: Value;
  /** `image` only: what the version number counts (spec 10 § 2.6 and 2.8). */
  readonly imageVersion: 'image' | 'stamp';
  /** `image` and `blob`: seconds that a URL without version may be kept (spec 10 § 9.13). */
  readonly cacheDuration: number;
}

/** N→1: one entity of another class, through a foreign key attribute. */
export interface RelatedEntityDef extends AttributeBase {
  readonly kind: 'relatedEntity';
  readonly target: DataClassDef;
  /** The attribute that holds the target's key; hidden (`publicOnServer`) when the model does not declare it. */
  readonly foreignKey: StorageDef;
  readonly onDrop: OnDrop;
  /** The 1→N attribute of the target that is this relation's other side. */
  readonly inverse?: RelatedEntitiesDef;
}

/** 1→N: the entities of another class whose N→1 attribute points here. */
export interface RelatedEntitiesDef extends AttributeBase {
  readonly kind: 'relatedEntities';
  readonly target: DataClassDef;
  /** The N→1 attribute of `target` that points here. */
  readonly inverse: RelatedEntityDef;
}

export type RelationDef = RelatedEntityDef | RelatedEntitiesDef;

interface AliasBase extends AttributeBase {
  readonly kind: 'alias';
  /** As the model writes it: `employer.name`. */
  readonly path: string;
}

/** An alias whose path meets one entity at most: it shows a value, a picture or an N→1 relation of that entity. */
export interface ToOneAliasDef extends AliasBase {
  readonly many: false;
  /** The relations to walk; none for an alias of an attribute of the same class. */
  readonly steps: readonly RelatedEntityDef[];
  readonly end: StorageDef | RelatedEntityDef | CalculatedDef;
}

/** An alias that shows the entities its path leads to, each once (N↔N through a class in the middle). */
export interface ToManyAliasDef extends AliasBase {
  readonly many: true;
  /** The relations of the path, the last one included; at least one of them is 1→N. */
  readonly steps: readonly RelationDef[];
  readonly target: DataClassDef;
}

/** Another name for what stands at the end of a path of relations (spec 15 § 8). */
export type AliasDef = ToOneAliasDef | ToManyAliasDef;

/** A value that code works out (spec 15 § 7). */
export interface CalculatedDef extends AttributeBase {
  readonly kind: 'calculated';
  readonly result:
    /** What the value is like; stored nowhere, so it has no column. */
    | { readonly kind: 'value'; readonly shape: StorageDef }
    | { readonly kind: 'entity' | 'selection'; readonly target: DataClassDef };
  readonly get: EventFunction;
  /** Absent: read-only. */
  readonly set?: EventFunction;
  readonly query?: EventFunction;
  readonly orderBy?: EventFunction;
}

export type AttributeDef = StorageDef | RelationDef | AliasDef | CalculatedDef;

/** What holds several related entities. */
export type ToManyDef = RelatedEntitiesDef | ToManyAliasDef;
/**
 * What the class has to do with synchronisation (spec 17): `changes`, its entities carry `__GlobalStamp`; `deletions`, it
 * is `__DeletedRecords`, which the server alone writes.
 */
export type Tracking = 'none' | 'changes' | 'deletions';

/** One dataclass: a table with its attributes. */
export interface DataClassDef {
  readonly name: string;
  readonly collectionName: string;
  readonly scope: Scope;
  /** What is read: the table, or a view that adds the stamps that are kept beside it. */
  readonly table: string;
  /** The table that is written. */
  readonly base: string;
  /** Where stamps are: columns of the table, or a table beside it (spec 15 § 4.4). */
  readonly stamps: 'columns' | 'side';
  /** Other programs write to the table too. */
  readonly shared: boolean;
  /** Position in the model, from 1. */
  readonly tableNumber: number;
  /** Page size when a request names none. */
  readonly defaultTopSize: number;
  readonly tracking: Tracking;
  /** In model order. */
  readonly attributes: ReadonlyMap<string, AttributeDef>;
  /** The storage attributes, hidden foreign keys included, in model order. */
  readonly storage: readonly StorageDef[];
  /** The key attributes, at least one. */
  readonly key: readonly StorageDef[];
  /** The image attributes, in model order. */
  readonly images: readonly StorageDef[];
  /** The N→1 relations that lead here and do not leave it at that when an entity is dropped. */
  readonly onTargetDrop: readonly RelatedEntityDef[];
  /** The functions of the class, of its selections and of its entities. */
  readonly functions: FunctionMap;
  readonly selectionFunctions: FunctionMap;
  readonly entityFunctions: FunctionMap;
  /** Absent: saving and dropping runs no code of this class. */
  readonly events?: EventsDef;
  /** What the author wrote for this class: calculated values, events, row filter. */
  readonly code: ClassCode;
}

/** All dataclasses, in model order. */
export interface Model {
  /** Name of the datastore. */
  readonly name: string;
  readonly dataClasses: ReadonlyMap<string, DataClassDef>;
  /** The functions of the datastore. */
  readonly functions: FunctionMap;
  readonly singletons: ReadonlyMap<string, SingletonDef>;
  /** Who the users are; absent: there are none. */
  readonly directory?: Directory;
  /** What the model was built from; tells the models of one process apart. */
  readonly definition: object;
}

/** A JSON value, as `object` attributes hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A canonical value, the same on every engine: strings, UUIDs (32 hex digits, upper case) and calendar days
 * (`yyyy-mm-dd`) are strings; instants and durations are milliseconds; `long64` beyond 2^53 is a bigint; objects are
 * their JSON text; images and BLOBs are the SHA-256 of their bytes.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array;

/** The attribute of that name if clients may see it. */
export function publicAttribute(dataClass: DataClassDef, name: string): AttributeDef | undefined {
  const attribute = dataClass.attributes.get(name);
  if (attribute?.scope !== 'public') return undefined;
  return relatedClass(attribute)?.scope === 'publicOnServer' ? undefined : attribute;
}

/** The class whose entities the attribute holds, when it is a relation or an alias of one. */
export function relatedClass(attribute: AttributeDef): DataClassDef | undefined {
  switch (attribute.kind) {
    case 'storage':
      return undefined;
    case 'relatedEntity':
    case 'relatedEntities':
      return attribute.target;
    case 'alias':
      if (attribute.many) return attribute.target;
      return relatedClass(attribute.end);
    case 'calculated':
      return attribute.result.kind === 'value' ? undefined : attribute.result.target;
    default:
      return attribute satisfies never;
  }
}

/** The storage attribute whose value, picture or BLOB the attribute shows: itself, or the end of its alias. */
export function shownStorage(attribute: AttributeDef): StorageDef | undefined {
  if (attribute.kind === 'storage') return attribute;
  return attribute.kind === 'alias' && !attribute.many && attribute.end.kind === 'storage' ? attribute.end : undefined;
}

/** What the attribute shows as a value, a picture or a BLOB: what it is like, and the code that works it out if there is some. */
export function shownValue(
  attribute: AttributeDef,
): { readonly shape: StorageDef; readonly calculated?: CalculatedDef } | undefined {
  const shown = attribute.kind === 'alias' && !attribute.many ? attribute.end : attribute;
  if (shown.kind === 'storage') return { shape: shown };
  return shown.kind === 'calculated' && shown.result.kind === 'value'
    ? { shape: shown.result.shape, calculated: shown }
    : undefined;
}

/**
 * The storage attribute that a value given for the attribute is written to; nothing where nobody can write: of aliases
 * those of values of the same class alone are written (spec 15 § 8).
 */
export function writtenStorage(attribute: AttributeDef): StorageDef | undefined {
  const storage = shownStorage(attribute);
  if (!storage || storage.readOnly) return undefined;
  return attribute.kind === 'alias' &&
    (attribute.owner !== storage.owner || isMedia(storage) || stepsTo(attribute).length > 0)
    ? undefined
    : storage;
}

/** The N→1 relations to walk from an entity to the one that holds what the attribute shows. */
export const stepsTo = (attribute: AttributeDef): readonly RelatedEntityDef[] =>
  attribute.kind === 'alias' && !attribute.many ? attribute.steps : [];

/** Whether a storage attribute holds a picture or a BLOB. */
export const isMedia = ({ type }: StorageDef): boolean => type === 'image' || type === 'blob';

/** Whether the attribute holds any number of related entities. */
export const isToMany = (attribute: AttributeDef): attribute is ToManyDef =>
  attribute.kind === 'relatedEntities' || (attribute.kind === 'alias' && attribute.many);

/** The dataclass of that name if clients may see it. */
export function publicDataClass(model: Model, name: string): DataClassDef | undefined {
  const dataClass = model.dataClasses.get(name);
  return dataClass?.scope === 'public' ? dataClass : undefined;
}
