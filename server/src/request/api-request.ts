// What the client asked for, before anyone knows whether it makes sense. Knows no model.

/** `Employee`, `Employee(22)`, `Employee(22,23)`, `Employee:lastName(Joubert)` (spec 01 § 2). */
export interface ClassRef {
  readonly name: string;
  readonly key?: KeyPart;
}

/** Keys as text: each key is the list of its parts (several parts for a composite key), unquoted and percent-decoded. */
export type KeyPart =
  | { readonly kind: 'keys'; readonly keys: readonly (readonly string[])[]; readonly brackets: boolean }
  | { readonly kind: 'attribute'; readonly attribute: string; readonly value: string };

/** `$entityset/ID`, `$entityset/$none`, `$entityset/ID[22]`. */
export interface SetRef {
  /** Absent for `$none`, the empty selection. */
  readonly id?: string;
  readonly member?: readonly string[];
}

/** What the path names. */
export type Target =
  | { readonly kind: 'catalog'; readonly classes: readonly string[] | 'all' | 'names' }
  | { readonly kind: 'upload' }
  | { readonly kind: 'release'; readonly dataClass?: string }
  | {
      readonly kind: 'data';
      readonly dataClass: ClassRef;
      /** Attribute paths of the URL, in order: `firstName,employer.name` is `['firstName', 'employer.name']`. */
      readonly attributes: readonly string[];
      readonly set?: SetRef;
    };

/** Known parameters under their canonical name without `$` (`limit` is `top`), value unquoted and decoded. */
export interface Params {
  readonly get: (name: ParamName) => string | undefined;
  readonly has: (name: ParamName) => boolean;
  /** How often the name was given; `$version` given twice is garbage (spec 10 § 2.10). */
  readonly count: (name: ParamName) => number;
  /** `true`, `1`, or the bare flag; anything else is false. */
  readonly flag: (name: ParamName) => boolean;
}

import type { ParamName } from './params.ts';

/** The parsed request line; pure function of method and URL, so it can be kept by URL. */
export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** The mount the request came in on: `/rest`. Every uri of the answer starts with it. */
  readonly mount: string;
  readonly target: Target;
  readonly params: Params;
}
