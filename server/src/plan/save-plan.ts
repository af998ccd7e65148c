// Saves and deletes.
import type { KeystampError } from '../errors.ts';
import type { CalculatedDef, DataClassDef, Json, RelatedEntityDef, StorageDef, Value } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { Key } from '../query/selection.ts';
import type { RelationTarget } from '../store/change.ts';
import type { EntityMatch, EntityRef } from './entity-ref.ts';
import type { SelectionSource, SetMember } from './selection-plan.ts';

/** A change as the body tells it; uploads are still named by their id. */
export interface DraftChange {
  readonly kind: 'change';
  readonly dataClass: DataClassDef;
  readonly key?: Key;
  /** Where the path names the entity by the value of an attribute; its key is found when the change is carried out. */
  readonly match?: EntityMatch;
  readonly stamp?: number;
  readonly values: ReadonlyMap<StorageDef, Value>;
  readonly media: ReadonlyMap<StorageDef, { readonly uploadId: string } | null>;
  /** JSON values for calculated attributes, as their setters get them. */
  readonly calculated: ReadonlyMap<CalculatedDef, Json>;
  readonly targets: readonly RelationTarget[];
  /** `__STAMP` 0 with a key that is not stored creates the entity with that key (spec 06 § 1.2). */
  readonly createMissing: boolean;
  /** Entities to create first and then link (spec 06 § 1.4). */
  readonly related: readonly { readonly relation: RelatedEntityDef; readonly draft: DraftChange }[];
}

export type SaveItem =
  | DraftChange
  /** The body itself is wrong for this entity; the others are still saved. */
  | { readonly kind: 'refused'; readonly error: KeystampError; readonly key?: Key }
  /** `{}` creates nothing and answers `{}` (spec 06 § 1.2). */
  | { readonly kind: 'nothing' };

export interface SavePlan {
  readonly kind: 'save';
  readonly dataClass: DataClassDef;
  readonly items: readonly SaveItem[];
  /** What the path names, when it does so through a set. */
  readonly member?: SetMember;
  /** `one`: the entity; `entities`: `{"__ENTITIES":[…]}`; `array`: a bare array. */
  readonly answer: 'one' | 'entities' | 'array';
  readonly atomic: boolean;
  readonly columns: Columns;
  /** What is stored of an entity that was not saved may be shown. */
  readonly showsStored: boolean;
  /**
   * `save` stores; `refresh` computes what would be stored and shows it (spec 06 § 4); `validate` only tells whether it
   * could be stored (spec 06 § 3).
   */
  readonly purpose: 'save' | 'refresh' | 'validate';
}

export interface DeletePlan {
  readonly kind: 'delete';
  readonly dataClass: DataClassDef;
  readonly what:
    | { readonly kind: 'entity'; readonly entity: EntityRef }
    | { readonly kind: 'member'; readonly member: SetMember }
    | { readonly kind: 'selection'; readonly source: SelectionSource }
    | { readonly kind: 'listed'; readonly entities: readonly ListedEntity[] };
  readonly atomic: boolean;
}

/** One of the entities of a body, with the stamp that it must have. */
export interface ListedEntity {
  readonly entity: EntityRef;
  readonly stamp?: number;
}
