// One entity as a request names it.
import type { DataClassDef } from '../model/model.ts';
import type { Key, Selection } from '../query/selection.ts';
import type { SetMember } from './selection-plan.ts';

/** One entity, named by its key, perhaps in a stored set, or by the value of an attribute (the first in key order). */
export type EntityRef =
  | { readonly kind: 'key'; readonly dataClass: DataClassDef; readonly key: Key; readonly text: string }
  /** The key cannot be one of this class, so there is no such entity (spec 01 § 2.2). */
  | { readonly kind: 'missing'; readonly dataClass: DataClassDef; readonly text: string }
  | { readonly kind: 'member'; readonly dataClass: DataClassDef; readonly member: SetMember; readonly text: string }
  | EntityMatch;

/** The first one in key order, see `:attr(value)` in spec 03 § 6. */
export interface EntityMatch {
  readonly kind: 'match';
  readonly selection: Selection;
  readonly text: string;
}

/** The dataclass of the entity a request names. */
export const classOfEntity = (entity: EntityRef): DataClassDef =>
  entity.kind === 'match' ? entity.selection.dataClass : entity.dataClass;
