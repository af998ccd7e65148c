// Which attributes an answer holds, as a tree along the relations; and how its image links look.
import type { DataClassDef, RelatedEntitiesDef, RelatedEntityDef, RelationDef, StorageDef } from '../model/model.ts';
import type { Order } from './order.ts';

/** Everything the URIs of one answer have in common. */
export interface Links {
  /** `/rest`. */
  readonly mount: string;
  /** `(` and `)`, or `[` and `]` for a client that asked so (spec 07 § 4). */
  readonly brackets: readonly [string, string];
  /** Query of an image URI up to its version: `$imageformat=best&$version=`. */
  readonly imagePrefix: string;
  /** The rest of the query, beginning with the name of the attribute's own parameter: `&$expand=`. */
  readonly imageSuffix: (attribute: string) => string;
  /** Adds media type, size and thumbhash to every deferred image (DECISIONS P7). */
  readonly imageInfo: boolean;
}

export type ColumnItem =
  | { readonly kind: 'value'; readonly attribute: StorageDef }
  /** `detail`: the attribute is in `$expand`, its media type and dimensions are printed (spec 10 § 1.4). */
  | { readonly kind: 'media'; readonly attribute: StorageDef; readonly detail: boolean }
  | { readonly kind: 'deferred'; readonly attribute: RelationDef }
  | { readonly kind: 'entity'; readonly attribute: RelatedEntityDef; readonly columns: Columns }
  | {
      readonly kind: 'selection';
      readonly attribute: RelatedEntitiesDef;
      readonly columns: Columns;
      readonly skip: number;
      readonly top: number;
      readonly order?: Order;
    };

export interface Columns {
  readonly dataClass: DataClassDef;
  readonly items: readonly ColumnItem[];
  readonly links: Links;
}
