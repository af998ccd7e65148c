// Which attributes an answer holds, as a tree along the relations; and how its image links look.
import type {
  CalculatedDef,
  DataClassDef,
  RelatedEntityDef,
  StorageDef,
  ToManyDef,
  ToOneAliasDef,
} from '../model/model.ts';
import { oncePer } from '../model/once-per.ts';
import type { LookerField } from './looker.ts';
import type { Order } from './order.ts';
import type { Predicate } from './predicate.ts';

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

/** An item of a value, a picture, an N→1 relation, or of what code works out. */
export type OneItem =
  | { readonly kind: 'value'; readonly attribute: StorageDef }
  /** `detail`: the attribute is in `$expand`, its media type and dimensions are printed (spec 10 § 1.4). */
  | { readonly kind: 'media'; readonly attribute: StorageDef; readonly detail: boolean }
  | { readonly kind: 'deferred'; readonly attribute: RelatedEntityDef }
  | EntityItem
  | CalculatedItem;

export type ColumnItem =
  OneItem | { readonly kind: 'deferred'; readonly attribute: ToManyDef } | SelectionItem | AliasItem; // oxfmt-ignore

/** What an alias shows: an item of the entity at the end of its steps, under the name of the alias. */
export interface AliasItem {
  readonly kind: 'alias';
  readonly attribute: ToOneAliasDef;
  readonly shown: OneItem;
}

/** A value that code works out for the entity once the database has written everything else. */
export interface CalculatedItem {
  readonly kind: 'calculated';
  readonly attribute: CalculatedDef;
  /** Tells the calculated items of one answer apart. */
  readonly index: number;
  /** Entities of the result are sent in full. */
  readonly columns?: Columns;
  readonly skip: number;
  readonly top: number;
  /** Which of them are sent, and how they stand. */
  readonly predicate?: Predicate;
  readonly order?: Order;
}

/** A to-one relation sent in full. */
export interface EntityItem {
  readonly kind: 'entity';
  readonly attribute: RelatedEntityDef;
  readonly columns: Columns;
  /** A related entity that does not fulfil it is as if there was none (spec 03 § 3.4). */
  readonly predicate?: Predicate;
}

/** A to-many relation sent in full. */
export interface SelectionItem {
  readonly kind: 'selection';
  readonly attribute: ToManyDef;
  readonly columns: Columns;
  readonly skip: number;
  readonly top: number;
  /** Empty or absent: key order. */
  readonly order?: Order;
  /** Only related entities that fulfil it are sent and counted (spec 03 § 3.4). */
  readonly predicate?: Predicate;
}

export interface Columns {
  readonly dataClass: DataClassDef;
  readonly items: readonly ColumnItem[];
  readonly links: Links;
  /** Something below is worked out by code. */
  readonly calculated: boolean;
  /** Something below is a page of entities, so the text may be long. */
  readonly paged: boolean;
}

/** Every calculated item of an answer, by its index. */
export const calculatedItems = oncePer((columns: Columns): ReadonlyMap<number, CalculatedItem> => {
  const all = new Map<number, CalculatedItem>();
  const gather = (item: ColumnItem): void => {
    if (item.kind === 'calculated') all.set(item.index, item);
    else if (item.kind === 'alias') gather(item.shown);
    else if (item.kind === 'entity' || item.kind === 'selection') item.columns.items.forEach(gather);
  };
  columns.items.forEach(gather);
  return all;
});

/** How the entities of a page are written. */
export type Rows =
  /** In an envelope. */
  | { readonly kind: 'entities'; readonly columns: Columns }
  /** In a bare array (`$asArray`, spec 03 § 4); without `__KEY` when `keys` is false (`$noKey`). */
  | { readonly kind: 'array'; readonly columns: Columns; readonly keys: boolean }
  /** As rows of values (`$format=looker`, spec 03 § 5). */
  | { readonly kind: 'looker'; readonly fields: readonly LookerField[]; readonly columns: Columns };
