// The list of entities: as many rows as the window shows, whatever the size of the selection.
import {
  columnResizingFeature,
  columnSizingFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { isSortable, type DataClass } from '../api/catalog.ts';
import type { WireEntity } from '@keystamp/client';
import { cellOf } from '../cells/cells.ts';
import { valueAt, type Column } from './columns.ts';
import { GridHead } from './grid-head.tsx';
import { GridRow } from './grid-row.tsx';
import type { Selection } from './use-selection.ts';

export const features = tableFeatures({ columnSizingFeature, columnResizingFeature, rowSortingFeature });

export interface GridEntity {
  readonly index: number;
  readonly entity: WireEntity;
}

export type GridColumn = ColumnDef<typeof features, GridEntity>;

export const rowHeight = 44;
/** Browsers do not scroll higher elements; what lies beyond is reached by a filter or another order. */
const mostRows = 350_000;

interface GridProps {
  readonly dataClass: DataClass;
  readonly columns: readonly Column[];
  readonly selection: Selection;
  readonly sorting: SortingState;
  readonly onSort: (sorting: SortingState) => void;
  /** Key of the entity that stands open beside the list. */
  readonly open: string | undefined;
  readonly onOpen: (key: string) => void;
}

export function Grid({ dataClass, columns, selection, sorting, onSort, open, onOpen }: GridProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const ids = useId();
  const count = selection.state.kind === 'ready' ? Math.min(selection.state.count, mostRows) : 0;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: rowHeight,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { at, look, version } = selection;
  useEffect(() => look(first, last), [look, first, last, version]);

  const data = useMemo(() => {
    const rows: GridEntity[] = [];
    for (let index = first; index <= last; index++) {
      const entity = at(index);
      if (entity) rows.push({ index, entity });
    }
    return rows;
  }, [at, first, last]);
  const definitions = useMemo(
    () =>
      columns.map(({ path, attribute, width }): GridColumn => ({
        id: path,
        size: width,
        minSize: 56,
        enableSorting: isSortable(attribute),
        accessorFn: ({ entity }) => valueAt(entity, path),
        meta: { attribute } as object,
        cell: ({ getValue }) => {
          const { View } = cellOf(attribute);
          return <View value={getValue()} attribute={attribute} place="grid" />;
        },
      })),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: ({ index }) => String(index),
    manualSorting: true,
    enableMultiSort: true,
    sortDescFirst: false,
    isMultiSortEvent: (event) => (event as MouseEvent).shiftKey,
    state: { sorting },
    onSortingChange: (update) => onSort(typeof update === 'function' ? update(sorting) : update),
    columnResizeMode: 'onChange',
  });
  const sizes = table.getHeaderGroups()[0]?.headers.map((header) => `${header.getSize()}px`) ?? [];
  const rows = table.getRowModel().rowsById;

  const move = (to: number): void => {
    const place = Math.max(0, Math.min(count - 1, to));
    setActive(place);
    virtual.scrollToIndex(place);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2);
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + page),
      PageUp: () => move(active - page),
      Home: () => move(0),
      End: () => move(count - 1),
      Enter: () => {
        const key = at(active)?.__KEY;
        if (key !== undefined) onOpen(key);
      },
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      aria-label={dataClass.name}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-busy={selection.state.kind === 'loading'}
      aria-activedescendant={count > 0 ? `${ids}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={press}
    >
      <div className="grid-table" style={{ ['--columns' as string]: `${sizes.join(' ')} minmax(0, 1fr)` }}>
        <GridHead table={table} />
        <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <GridRow
              key={item.index}
              id={`${ids}-${item.index}`}
              index={item.index}
              top={item.start}
              row={rows[String(item.index)]}
              columns={columns}
              dataClass={dataClass}
              active={item.index === active}
              open={open}
              onOpen={(key) => {
                setActive(item.index);
                onOpen(key);
              }}
            />
          ))}
        </div>
      </div>
      {selection.state.kind === 'ready' && selection.state.count > mostRows && (
        <p className="grid-note">
          The first {mostRows.toLocaleString('en')} entities. A filter or another order shows others.
        </p>
      )}
    </div>
  );
}
