// The columns of a list as the table library takes them.
import {
  columnResizingFeature,
  columnSizingFeature,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
} from '@tanstack/react-table';
import type { WireEntity } from '@keystamp/client';
import { isSortable } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { valueAt, type Column } from './columns.ts';

export const features = tableFeatures({ columnSizingFeature, columnResizingFeature, rowSortingFeature });

export interface GridEntity {
  readonly index: number;
  readonly entity: WireEntity;
}

/** Widths that a column can have, in pixels. */
export const narrowest = 56;
export const widest = 1200;

export const definitionsOf = (columns: readonly Column[]): ColumnDef<typeof features, GridEntity>[] =>
  columns.map(({ path, attribute, width }) => ({
    id: path,
    size: width,
    minSize: narrowest,
    maxSize: widest,
    enableSorting: isSortable(attribute),
    accessorFn: ({ entity }) => valueAt(entity, path),
    meta: { attribute } as object,
    cell: ({ getValue }) => {
      const value = getValue();
      // A column that was just chosen is not in the rows that are there.
      if (value === undefined) return <span className="bone" />;
      const { View } = cellOf(attribute);
      return <View value={value} attribute={attribute} place="grid" />;
    },
  }));
