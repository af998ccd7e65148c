// Reads of many entities: where they come from, and what of them is wanted.
import type { ToManyDef } from '../model/model.ts';
import type { AggregateName, MediaPlace, ValuePlace } from '../query/aggregate.ts';
import type { Links, Rows } from '../query/columns.ts';
import type { QueryStep } from '../query/query-step.ts';
import type { Key, Selection } from '../query/selection.ts';
import type { EntityRef } from './entity-ref.ts';

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
