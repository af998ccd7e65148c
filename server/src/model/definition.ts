// What the author of a model writes: plain data, checked by TypeScript while typing and by load.ts at start.
import type { Json, OnDrop, Scope, StorageType } from './model.ts';

interface StorageBase {
  readonly kind?: 'storage';
  /** `public` (default): REST clients see it. */
  readonly scope?: Scope;
  /** Column of the table when it is not called like the attribute. */
  readonly column?: string;
  /** PostgreSQL: the type of a column that another program made, where it is not the one that Keystamp makes. */
  readonly columnType?: string;
  /** Null is refused: a value must be given (1116). */
  readonly mandatory?: boolean;
  /** Null is refused: it is not accepted as a value (1136). */
  readonly notNull?: boolean;
  /** REST clients may read it, not write it. */
  readonly readOnly?: boolean;
}

interface Indexable {
  readonly indexed?: boolean;
  readonly unique?: boolean;
  /** Part of the key; the parts of a composite key stand in model order. */
  readonly primKey?: boolean;
}

export interface StringDefinition extends StorageBase, Indexable {
  readonly type: 'string' | 'text';
  /** A word index for the comparator `%`. */
  readonly keywords?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly fixedLength?: number;
  /** Longer values are cut to this length, without an error. */
  readonly limitingLength?: number;
  /** The whole value must match this JavaScript regular expression. */
  readonly pattern?: string;
  readonly defaultValue?: string;
}

export interface UuidDefinition extends StorageBase, Indexable {
  readonly type: 'uuid';
  /** New entities get a random value when none is given. */
  readonly autogenerate?: boolean;
}

export interface BoolDefinition extends StorageBase, Indexable {
  readonly type: 'bool';
  readonly defaultValue?: boolean;
}

export interface NumberDefinition extends StorageBase, Indexable {
  readonly type: 'byte' | 'word' | 'long' | 'long64' | 'number' | 'duration';
  /** The key of a new entity is the next number; numbers are never used twice. */
  readonly autosequence?: boolean;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly defaultValue?: number;
}

export interface DateDefinition extends StorageBase, Indexable {
  readonly type: 'date';
  /** A calendar day (`4!1!2002`) instead of an instant. */
  readonly simpleDate?: boolean;
  /** Days as `yyyy-mm-dd`, instants as ISO text. */
  readonly minValue?: string;
  readonly maxValue?: string;
  readonly defaultValue?: string;
}

export interface ObjectDefinition extends StorageBase {
  readonly type: 'object';
  readonly defaultValue?: Json;
}

export interface ImageDefinition extends StorageBase {
  readonly type: 'image';
  /** `image` (default): the version changes with this picture alone; `stamp`: with every save of the entity. */
  readonly imageVersion?: 'image' | 'stamp';
  /** Seconds that a URL without `$version` may be served from a cache; default 0. */
  readonly cacheDuration?: number;
}

export interface BlobDefinition extends StorageBase {
  readonly type: 'blob';
  readonly cacheDuration?: number;
}

export type StorageDefinition =
  | StringDefinition
  | UuidDefinition
  | BoolDefinition
  | NumberDefinition
  | DateDefinition
  | ObjectDefinition
  | ImageDefinition
  | BlobDefinition;

/** N→1: `employer: { kind: 'relatedEntity', dataClass: 'Company', foreignKey: 'companyID' }`. */
export interface RelatedEntityDefinition {
  readonly kind: 'relatedEntity';
  readonly scope?: Scope;
  /** The related class. */
  readonly dataClass: string;
  /** A storage attribute of this class that holds the key; a hidden one is made when absent. */
  readonly foreignKey?: string;
  readonly mandatory?: boolean;
  /**
   * What becomes of this entity's relation when the related entity is dropped: nothing (`leave`, default; it then reads as
   * null), it is set to null, the drop is refused (1518), or this entity is dropped too.
   */
  readonly onDrop?: OnDrop;
}

/** 1→N: `staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' }`. */
export interface RelatedEntitiesDefinition {
  readonly kind: 'relatedEntities';
  readonly scope?: Scope;
  /** The related class. */
  readonly dataClass: string;
  /** The N→1 attribute of the related class that points here. */
  readonly inverse: string;
}

/**
 * Another name for what stands at the end of a path of relations: a value, a picture, or related entities.
 * `employerName: { kind: 'alias', path: 'employer.name', exposed: true }`
 */
export interface AliasDefinition {
  readonly kind: 'alias';
  /** Names of relations, then an attribute: `employer.name`, `assignments.project`. */
  readonly path: string;
  /** REST clients see it; they do not without it. */
  readonly exposed?: boolean;
}

/**
 * A value that code works out (`calculated` in `implement`): `fullName: { kind: 'calculated', type: 'string' }`.
 */
export interface CalculatedDefinition {
  readonly kind: 'calculated';
  /** Of the result; `entity` and `selection` are of the class `dataClass`. */
  readonly type: StorageType | 'entity' | 'selection';
  /** Of the type `date`: a calendar day. */
  readonly simpleDate?: boolean;
  readonly dataClass?: string;
  /** REST clients see it; they do not without it. */
  readonly exposed?: boolean;
}

export type AttributeDefinition =
  StorageDefinition | RelatedEntityDefinition | RelatedEntitiesDefinition | AliasDefinition | CalculatedDefinition; // oxfmt-ignore

export interface DataClassDefinition {
  readonly scope?: Scope;
  /** Default `{Class}Selection`. */
  readonly collectionName?: string;
  /** Table of the database when it is not called like the class. */
  readonly table?: string;
  /** Page size when a request names none; default 100. */
  readonly defaultTopSize?: number;
  /** Changes are numbered in `__GlobalStamp`, and deletions kept in `__DeletedRecords`, for clients that synchronise. */
  readonly track?: boolean;
  /** Other programs write to the table too: triggers move its stamps with them. */
  readonly shared?: boolean;
  /** `side`: the table belongs to another program and gets no columns; stamps are kept beside it. Default `columns`. */
  readonly stamps?: 'columns' | 'side';
  readonly attributes: Readonly<Record<string, AttributeDefinition>>;
}

export interface ModelDefinition {
  /** Name of the datastore, told in the catalog. */
  readonly name?: string;
  readonly dataClasses: Readonly<Record<string, DataClassDefinition>>;
}

/** The names of the dataclasses. */
export type ClassNames<M extends ModelDefinition> = keyof M['dataClasses'] & string;

/** The names of the N→1 attributes of class `Target` that point to class `C`. */
type InverseNames<M extends ModelDefinition, C, Target> =
  Target extends ClassNames<M>
    ? {
        [A in keyof M['dataClasses'][Target]['attributes']]: M['dataClasses'][Target]['attributes'][A] extends {
          kind: 'relatedEntity';
          dataClass: C;
        }
          ? A
          : never;
      }[keyof M['dataClasses'][Target]['attributes']]
    : never;

/** The same definition with every name that must exist narrowed to the names that do. */
type Checked<M extends ModelDefinition> = {
  readonly dataClasses: {
    readonly [C in ClassNames<M>]: {
      readonly attributes: {
        readonly [A in keyof M['dataClasses'][C]['attributes']]: M['dataClasses'][C]['attributes'][A] extends {
          kind: 'relatedEntities';
          dataClass: infer Target;
        }
          ? { readonly dataClass: ClassNames<M>; readonly inverse: InverseNames<M, C, Target> }
          : M['dataClasses'][C]['attributes'][A] extends { kind: 'relatedEntity' }
            ? { readonly dataClass: ClassNames<M>; readonly foreignKey?: keyof M['dataClasses'][C]['attributes'] }
            : M['dataClasses'][C]['attributes'][A] extends { kind: 'alias'; path: infer P }
              ? { readonly path: LeadsSomewhere<M, C, P> }
              : M['dataClasses'][C]['attributes'][A] extends { kind: 'calculated'; type: 'entity' | 'selection' }
                ? { readonly dataClass: ClassNames<M> }
                : unknown;
      };
    };
  };
};

/** The definition of one attribute, `never` when there is none of that name. */
export type DefinitionOf<M extends ModelDefinition, C, A> =
  C extends ClassNames<M>
    ? A extends keyof M['dataClasses'][C]['attributes']
      ? M['dataClasses'][C]['attributes'][A]
      : never
    : never;

/** The path itself when each of its names exists where it stands, `never` otherwise. */
type LeadsSomewhere<M extends ModelDefinition, C, P, Whole = P> = P extends `${infer Head}.${infer Rest}`
  ? DefinitionOf<M, C, Head> extends { dataClass: infer Target }
    ? LeadsSomewhere<M, Target, Rest, Whole>
    : DefinitionOf<M, C, Head> extends { kind: 'alias'; path: infer Path extends string }
      ? LeadsSomewhere<M, C, `${Path}.${Rest}`, Whole>
      : never
  : [DefinitionOf<M, C, P>] extends [never]
    ? never
    : Whole;

/**
 * Gives a model its types. The editor refuses relations to classes and attributes that do not exist; the value passes
 * through unchanged.
 */
export function defineModel<const M extends ModelDefinition>(model: M & Checked<M>): M {
  return model;
}
