// One entity as a request names it.
import type { DataClassDef } from '../model/model.ts';
import type { Key, Selection } from '../query/selection.ts';

/** One entity, named by its key or by the value of an attribute (the first match in key order). */
export type EntityRef =
  | { readonly kind: 'key'; readonly dataClass: DataClassDef; readonly key: Key; readonly text: string }
  /** The key cannot be one of this class, so there is no such entity (spec 01 § 2.2). */
  | { readonly kind: 'missing'; readonly dataClass: DataClassDef; readonly text: string }
  | { readonly kind: 'match'; readonly selection: Selection; readonly text: string };

/** The dataclass of the entity a request names. */
export const classOfEntity = (entity: EntityRef): DataClassDef =>
  entity.kind === 'match' ? entity.selection.dataClass : entity.dataClass;
