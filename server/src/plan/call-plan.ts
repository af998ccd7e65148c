// Calls of functions.
import type { FunctionDef, SingletonDef } from '../model/code-defs.ts';
import type { DataClassDef, Model, RelationDef } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { Selection } from '../query/selection.ts';
import type { EntityRef } from './entity-ref.ts';
import type { SelectionSource } from './selection-plan.ts';

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
