// What the client asked for, before anyone knows whether it makes sense. Knows no model.
import type { ParamName } from './params.ts';

/** `Employee`, `Employee(22)`, `Employee(22,23)`, `Employee:lastName(Joubert)` (spec 01 § 2). */
export interface ClassRef {
  readonly name: string;
  readonly key?: KeyPart;
}

/** Keys as text: each key is the list of its parts (several parts for a composite key), unquoted and percent-decoded. */
export type KeyPart = KeysRef | { readonly kind: 'attribute'; readonly attribute: string; readonly value: string };

/** What stands between a pair of brackets, `[…]` or `(…)`. */
export interface KeysRef {
  readonly kind: 'keys';
  readonly keys: readonly (readonly string[])[];
  readonly brackets: boolean;
}

/** `$entityset/ID`, `$entityset/$none`, `$entityset/ID[22]`. */
export interface SetRef {
  /** Absent for `$none`, the empty selection. */
  readonly id?: string;
  /** The parts of the key of one member. */
  readonly member?: readonly string[];
  /** The member was written `[22]`, not `(22)`; uris of the answer follow. */
  readonly brackets?: boolean;
}

/** Entities of a dataclass, a stored set of them, some of their attributes, or a function: `Employee(22)/firstName`. */
export interface DataTarget {
  readonly kind: 'data';
  /** Name of a model, only where `inModel` has read the path so. */
  readonly model?: string;
  readonly dataClass: ClassRef;
  /** Attribute paths of all attribute lists, in order: `firstName,employer.name` is `['firstName', 'employer.name']`. */
  readonly attributes: readonly string[];
  /**
   * The same lists as whole path steps: `['firstName,employer.name']`, `staff/best` is `['staff', 'best']`. The last one
   * may be a function: the plan knows.
   */
  readonly steps: readonly string[];
  readonly set?: SetRef;
  /** The decoded segments of the path, for `inModel`. */
  readonly segments: readonly string[];
}

/** What `$directory` is asked (spec 13 § 6). */
export type DirectoryAsk = 'login' | 'loginByKey' | 'logout' | 'currentUser' | 'currentUserBelongsTo';

/** The parts of `$info` (spec 13 § 11). */
export type InfoPart = 'cacheInfo' | 'entitySet' | 'progressInfo' | 'sessionInfo' | 'lockInfo' | 'jsContextInfo';

/** What the path names. */
export type Target =
  | {
      readonly kind: 'catalog';
      /** A single name may also be a model or a function of the datastore: the plan knows. */
      readonly classes: readonly string[] | 'all' | 'names' | 'openapi';
      /** `$catalog/{model}/…` */
      readonly model?: string;
    }
  | { readonly kind: 'upload'; readonly model?: string }
  | { readonly kind: 'directory'; readonly ask: DirectoryAsk; readonly model?: string }
  | {
      readonly kind: 'info';
      /** Absent: all of it. */
      readonly part?: InfoPart;
      /** Sessions to end instead of telling anything. */
      readonly release?: readonly string[];
      readonly model?: string;
    }
  /** `$singleton/{name}/{fn}` (spec 12 § 8). */
  | { readonly kind: 'singleton'; readonly name: string; readonly fn: string; readonly model?: string }
  | { readonly kind: 'changes'; readonly model?: string }
  | { readonly kind: 'release'; readonly dataClass?: string; readonly model?: string }
  | DataTarget;

/** Known parameters under their canonical name without `$`, value unquoted and decoded. */
export interface Params {
  /** The last value given. A bare flag (`$clean`) is `'true'`. `top` is already resolved: `$limit` wins over `$top`. */
  readonly get: (name: ParamName) => string | undefined;
  readonly has: (name: ParamName) => boolean;
  /** How often the name was given; `$version` given twice is garbage (spec 10 § 2.10). */
  readonly count: (name: ParamName) => number;
  /** `true`, `1`, or the bare flag; anything else is false. */
  readonly flag: (name: ParamName) => boolean;
}

/** The parsed request line; pure function of method and URL, so it can be kept by URL. */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /**
   * The mount the request came in on, with the model when the path names one: `/rest`, `/rest/publication`. Every uri of
   * data in the answer starts with it.
   */
  readonly mount: string;
  readonly target: Target;
  readonly params: Params;
}
