// What will be done: the union of all plans. A plan holds every decision about the request; running it makes none.
import type { KeystampError } from '../errors.ts';
import type { VersionAsked } from '../image/image-ref.ts';
import type { VariantSpec } from '../image/variant.ts';
import type {
  AttributeDef,
  CalculatedDef,
  DataClassDef,
  FunctionDef,
  Json,
  Model,
  RelatedEntityDef,
  RelationDef,
  SingletonDef,
  StorageDef,
  ToManyDef,
  Value,
} from '../model/model.ts';
import type { AggregateName, MediaPlace, ValuePlace } from '../query/aggregate.ts';
import type { Columns, Links, Rows } from '../query/columns.ts';
import type { Predicate } from '../query/predicate.ts';
import type { QueryStep } from '../query/query-step.ts';
import type { Key, Selection } from '../query/selection.ts';
import type { InfoPart } from '../request/api-request.ts';
import type { Credentials } from '../request/credentials.ts';
import type { RelationTarget } from '../store/change.ts';

/** One entity, named by its key or by the value of an attribute (the first match in key order). */
export type EntityRef =
  | { readonly kind: 'key'; readonly dataClass: DataClassDef; readonly key: Key; readonly text: string }
  /** The key cannot be one of this class, so there is no such entity (spec 01 § 2.2). */
  | { readonly kind: 'missing'; readonly dataClass: DataClassDef; readonly text: string }
  | { readonly kind: 'match'; readonly selection: Selection; readonly text: string };

export interface ReadEntityPlan {
  readonly kind: 'readEntity';
  readonly entity: EntityRef;
  readonly columns: Columns;
}

/** A stored entity set as the base of a read. */
export interface SetSource {
  readonly id: string;
  /** Makes the set again when it has expired (spec 05 § 3.4). */
  readonly saved?: Selection;
}

/** An entity that must be a member of a stored set: `Employee/$entityset/ID[22]` (spec 06 § 6). */
export interface SetMember {
  readonly set: SetSource;
  readonly entity: EntityRef;
}

/** How a second entity set changes the selection (spec 05 § 4). */
export interface Combination {
  readonly operator: 'AND' | 'OR' | 'EXCEPT' | 'INTERSECT';
  /** Id of the other set. */
  readonly other: string;
}

/** Where the entities of an answer come from: a class, a stored set or a relation, narrowed and ordered. */
export interface SelectionSource {
  /** Filter and order. */
  readonly selection: Selection;
  readonly set?: SetSource;
  /** The related entities of one entity (`$method=subentityset`). */
  readonly relation?: { readonly entity: EntityRef; readonly attribute: ToManyDef };
  readonly combination?: Combination;
  /** The request filters or orders, so a stored set is not answered as it stands. */
  readonly reshaped: boolean;
  /** Deleted members of a set are left out. */
  readonly clean: boolean;
}

/** What to tell of the way a filter is answered (spec 04 § 9). */
export interface Explanation {
  readonly step: QueryStep;
  /** `$queryplan`. */
  readonly plan: boolean;
  /** `$querypath`. */
  readonly path: boolean;
}

export interface ReadSelectionPlan {
  readonly kind: 'readSelection';
  readonly source: SelectionSource;
  readonly skip: number;
  readonly top: number;
  readonly rows: Rows;
  /** Keep the whole result as an entity set. */
  readonly keep: boolean;
  readonly timeoutSeconds?: number;
  readonly explanation?: Explanation;
}

/** Do two sets share an entity? The answer is `true` or `false` alone. */
export interface IntersectPlan {
  readonly kind: 'intersect';
  readonly source: SelectionSource;
}

/** Where in the selection does an entity stand? */
export interface FindKeyPlan {
  readonly kind: 'findKey';
  readonly source: SelectionSource;
  /** Absent: no entity can have the key asked for. */
  readonly key?: Key;
}

export interface DistinctMediaPlan {
  readonly kind: 'distinctMedia';
  readonly source: SelectionSource;
  readonly place: MediaPlace;
  readonly links: Links;
  readonly skip: number;
  readonly top: number;
}

export interface DistinctPlan {
  readonly kind: 'distinct';
  readonly source: SelectionSource;
  readonly place: ValuePlace;
  readonly skip: number;
  readonly top: number;
}

export interface ComputePlan {
  readonly kind: 'compute';
  readonly source: SelectionSource;
  /** Empty: the number of entities. */
  readonly places: readonly { readonly place: ValuePlace; readonly names: readonly AggregateName[] }[];
  /** One value alone instead of an object. */
  readonly bare: boolean;
}

/** Who may keep the bytes: shared caches too; the client alone, always or in this session; nobody (spec 10 §§ 9, 9.11). */
export type Audience = 'public' | 'private' | 'session' | 'nobody';

export interface MediaPlan {
  readonly kind: 'media';
  readonly entity: EntityRef;
  readonly place: MediaPlace;
  /** `picture`: converted as asked; `stored`: the stored bytes as a download (`$binary`). */
  readonly delivery: { readonly kind: 'picture'; readonly spec: VariantSpec } | { readonly kind: 'stored' };
  /** What `$imageformat` said is no format: the answer is empty. */
  readonly impossible: boolean;
  /** The canonical name of the format asked, for the canonical URL. */
  readonly formatName: string;
  readonly version: VersionAsked;
  readonly audience: Audience;
  /** The answer depends on more than the picture (spec 10 § 5, row D). */
  readonly narrowing?: { readonly predicate: Predicate; readonly excluded: boolean };
  /** Columns of the JSON envelope: the attribute and its siblings of `$attributes`. */
  readonly columns: Columns;
}

export interface LockPlan {
  readonly kind: 'lock';
  readonly entity: EntityRef;
  readonly lock: boolean;
  /** `$version` is a precondition (spec 10 § 5 row 10). */
  readonly version: VersionAsked;
  /** The picture whose version is meant; absent: the entity's, or that of any of `images`. */
  readonly attribute?: StorageDef;
  /** The pictures that the asker may see. */
  readonly images: readonly StorageDef[];
}

/** A change as the body tells it; uploads are still named by their id. */
export interface DraftChange {
  readonly kind: 'change';
  readonly dataClass: DataClassDef;
  readonly key?: Key;
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
    | {
        readonly kind: 'listed';
        readonly entities: readonly { readonly entity: EntityRef; readonly stamp?: number }[];
      };
  readonly atomic: boolean;
}

/** Bytes of the body go into one picture or BLOB of one entity, without a stamp check (spec 10 § 7.2, 11 § 5). */
export interface WriteMediaPlan {
  readonly kind: 'writeMedia';
  readonly entity: EntityRef;
  readonly attribute: StorageDef;
  /** `undefined`: the value is removed. */
  readonly body?: BodyKind;
  readonly columns: Columns;
}

/** What a body of bytes is said to be: `rawPict` a picture of that type, or of any type. */
export interface BodyKind {
  readonly picture: boolean;
  readonly mediatype?: string;
  readonly multipart: boolean;
}

export interface UploadPlan {
  readonly kind: 'upload';
  readonly picture: boolean;
  readonly mediatype?: string;
  readonly timeoutSeconds: number;
}

export interface ReleaseSetsPlan {
  readonly kind: 'releaseSets';
  readonly ids: readonly string[];
  /** An unknown id is an error (spec 05 § 3.5). */
  readonly strict: boolean;
}

/** What of the model a catalog tells to its asker (spec 14 § 4.5). */
export interface CatalogSight {
  showsClass(dataClass: DataClassDef): boolean;
  showsAttribute(attribute: AttributeDef): boolean;
  showsFunction(named: FunctionDef): boolean;
  may(action: 'read' | 'create' | 'update' | 'drop', dataClass: DataClassDef): boolean;
}

export interface CatalogPlan {
  readonly kind: 'catalog';
  readonly sight: CatalogSight;
  readonly model: Model;
  /** Where the descriptions of dataclasses are: `/rest/$catalog`, `/rest/$catalog/publication`. */
  readonly catalogUri: string;
  /** Where their entities are: `/rest`, `/rest/publication`. */
  readonly dataUri: string;
  readonly classes: readonly DataClassDef[];
  /** Names, full definitions, or the API as an OpenAPI document. */
  readonly form: 'names' | 'full' | 'openapi';
  /** `$metadata=true`. */
  readonly metadata: boolean;
}

export interface LoginPlan {
  readonly kind: 'login';
  /** Absent: they stand in the headers. */
  readonly credentials?: Credentials;
}

export interface LogoutPlan {
  readonly kind: 'logout';
}

export interface CurrentUserPlan {
  readonly kind: 'currentUser';
}

/** Does the user hold that role or privilege? */
export interface BelongsToPlan {
  readonly kind: 'belongsTo';
  readonly group: string;
}

/** `$info` (spec 13 § 11). */
export interface InfoPlan {
  readonly kind: 'info';
  /** Absent: all parts. */
  readonly part?: InfoPart;
}

/** Ends sessions of others. */
export interface ReleaseSessionsPlan {
  readonly kind: 'releaseSessions';
  readonly ids: readonly string[];
}

/** What `this` of a function is. */
export type CallTarget =
  | { readonly kind: 'dataStore' }
  | { readonly kind: 'dataClass'; readonly dataClass: DataClassDef }
  | { readonly kind: 'selection'; readonly source: SelectionSource }
  /** An entity, or what relations lead to from it; `selection` orders and narrows a to-many relation at the end. */
  | {
      readonly kind: 'entity';
      readonly entity: EntityRef;
      readonly relations: readonly RelationDef[];
      readonly selection?: Selection;
    }
  | { readonly kind: 'singleton'; readonly singleton: SingletonDef };

/** Where the parameters of a call stand, as a JSON array: in `$params` of the URL, or in the body. */
export type CallParameters = { readonly kind: 'url'; readonly text: string } | { readonly kind: 'body' };

/** A function of the author is called (spec 12). */
export interface CallPlan {
  readonly kind: 'call';
  readonly model: Model;
  readonly fn: FunctionDef;
  readonly on: CallTarget;
  readonly parameters: CallParameters;
  /** The columns of a result that is an entity or a selection of that class. */
  readonly columns: (dataClass: DataClassDef) => Columns;
  readonly skip: number;
  /** Absent: the page size of the class. */
  readonly top?: number;
  /** A result that is a selection becomes an entity set. */
  readonly keep: boolean;
  readonly timeoutSeconds?: number;
}

/** A dataclass whose changes, or rows of deletions, are read in the order of their numbers. */
export interface FollowedClass {
  readonly dataClass: DataClassDef;
  /** What is told of each change. */
  readonly columns: Columns;
  /** The attribute that holds the number. */
  readonly number: StorageDef;
}

/** The changes of tracked dataclasses as they happen. */
export interface ChangesPlan {
  readonly kind: 'changes';
  readonly classes: readonly FollowedClass[];
  /** Absent where the asker may not see what was deleted. */
  readonly deletions?: FollowedClass;
  /** The number to begin with; absent: with the next change. */
  readonly since?: number;
  /** Equal for requests that are told the same. */
  readonly name: string;
  /** Whoever may ask so is told the same; false where a row filter looks at who asks. */
  readonly shared: boolean;
}

/** Answered with `{"ok":true}`. */
export interface NothingPlan {
  readonly kind: 'nothing';
}

export type Plan =
  | ReadEntityPlan
  | ReadSelectionPlan
  | IntersectPlan
  | FindKeyPlan
  | DistinctMediaPlan
  | DistinctPlan
  | ComputePlan
  | MediaPlan
  | LockPlan
  | SavePlan
  | DeletePlan
  | WriteMediaPlan
  | UploadPlan
  | ReleaseSetsPlan
  | CatalogPlan
  | LoginPlan
  | LogoutPlan
  | CurrentUserPlan
  | BelongsToPlan
  | InfoPlan
  | ReleaseSessionsPlan
  | CallPlan
  | ChangesPlan
  | NothingPlan;

/** The dataclass of the entity a request names. */
export const classOfEntity = (entity: EntityRef): DataClassDef =>
  entity.kind === 'match' ? entity.selection.dataClass : entity.dataClass;
