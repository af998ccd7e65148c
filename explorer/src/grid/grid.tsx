// The list of entities: as many rows as the window shows, whatever the size of the selection.
import { useTable, type SortingState } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { rememberScroll, scrollBefore } from '../navigation.ts';
import { printNumber } from '../ui/print.ts';
import type { Column } from './columns.ts';
import { GridHead } from './grid-head.tsx';
import { GridRow } from './grid-row.tsx';
import { definitionsOf, features, type GridEntity } from './table.tsx';
import { gridKeys } from './grid-keys.ts';
import type { Selection } from './use-selection.ts';

const rowHeight = 44;
/** Browsers do not scroll higher elements; what lies beyond is reached by a filter or another order. */
const mostRows = 350_000;
/** Rows that stand for a list that is not there yet. */
const bones = 12;

interface GridProps {
  readonly dataClass: DataClass;
  readonly columns: readonly Column[];
  readonly selection: Selection;
  readonly sorting: SortingState;
  readonly onSort: (sorting: SortingState) => void;
  /** Key of the entity that stands open beside the list. */
  readonly open: string | undefined;
  /** @param enter the focus goes along */
  readonly onOpen: (key: string, enter: boolean) => void;
  readonly onClose: () => void;
}

export function Grid(props: GridProps): ReactNode {
  const { dataClass, columns, selection, sorting, onSort, open, onOpen, onClose } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const ids = useId();
  const { state, waiting, at, look, version, question } = selection;
  const total = state.kind === 'ready' ? state.count : bones;
  const count = Math.min(total, mostRows);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: rowHeight,
    initialOffset: scrollBefore,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => look(first, last), [look, first, last, version]);
  // The answer to another question begins at its beginning, or where it was left.
  const answered = state.kind === 'ready' ? question : undefined;
  useLayoutEffect(() => {
    if (answered === undefined) return;
    const top = scrollBefore();
    scroller.current?.scrollTo({ top });
    setActive(Math.round(top / rowHeight));
  }, [answered]);
  useEffect(() => rememberScroll(() => scroller.current?.scrollTop ?? 0), []);

  const data = useMemo(() => {
    const rows: GridEntity[] = [];
    for (let index = first; index <= last; index++) {
      const entity = at(index);
      if (entity) rows.push({ index, entity });
    }
    return rows;
  }, [at, first, last]);
  const table = useTable({
    features,
    columns: useMemo(() => definitionsOf(columns), [columns]),
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

  const openAt = useRef((_index: number, _enter: boolean): void => undefined);
  openAt.current = (index, enter) => {
    const key = at(index)?.__KEY;
    if (key === undefined) return;
    setActive(index);
    onOpen(key, enter);
  };
  const choose = useCallback((index: number) => openAt.current(index, false), []);
  const press = gridKeys({
    active,
    count,
    page: Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 2),
    onMove: (place) => {
      setActive(place);
      virtual.scrollToIndex(place);
    },
    onEnter: () => openAt.current(active, true),
    onEscape: open === undefined ? undefined : onClose,
  });
  const isActiveDrawn = active >= first && active <= last && count > 0;
  return (
    <div
      ref={scroller}
      className={waiting && state.kind === 'ready' ? 'grid waiting' : 'grid'}
      role="grid"
      aria-label={dataClass.name}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-busy={waiting}
      aria-activedescendant={isActiveDrawn ? `${ids}-${active}` : undefined}
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
              open={open !== undefined && at(item.index)?.__KEY === open}
              onOpen={choose}
            />
          ))}
        </div>
      </div>
      {total > mostRows && (
        <p className="grid-note">The first {printNumber(mostRows)} entities. A filter or another order shows others.</p>
      )}
    </div>
  );
}
