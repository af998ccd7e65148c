// One change of one entity, checked against the model and ready to be written.
import type { CalculatedDef, DataClassDef, Json, RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { Content, ContentSource } from './content.ts';

export type MediaChange =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'set';
      readonly content: Content;
      /** Needed when the content is not stored yet. */
      readonly bytes?: ContentSource;
      /** The type a BLOB was sent with. */
      readonly mediatype: string;
    };

export interface Change {
  readonly dataClass: DataClassDef;
  /** The entity to change; absent: a new one. */
  readonly key?: Key;
  /** The stamp that the client saw; absent: no check. */
  readonly stamp?: number;
  /** Canonical values of the attributes to set. */
  readonly values: ReadonlyMap<StorageDef, Value>;
  readonly media: ReadonlyMap<StorageDef, MediaChange>;
  /** JSON values for calculated attributes, whose code writes them where they belong. */
  readonly calculated?: ReadonlyMap<CalculatedDef, Json>;
  /** Of an entity that code has changed. */
  readonly setters?: SetterWork;
  /** Entities that relations were set to; they must exist. */
  readonly targets: readonly RelationTarget[];
  /** When there is no entity of that key, one is created with it. */
  readonly createMissing?: boolean;
}

/** Calculated attributes that code has assigned, and the attributes that their setters wrote instead. */
export interface SetterWork {
  readonly assigned: ReadonlySet<CalculatedDef>;
  readonly written: ReadonlySet<StorageDef>;
}

export interface RelationTarget {
  readonly relation: RelatedEntityDef;
  readonly key: Value;
}
