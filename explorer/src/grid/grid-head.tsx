// The heads of the columns: names to sort by, edges to pull.
import type { ReactTable } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { Attribute } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { Icon } from '../ui/icon.tsx';
import { narrowest, widest, type features, type GridEntity } from './table.tsx';

interface GridHeadProps {
  readonly table: ReactTable<typeof features, GridEntity>;
}

/** Pixels that an arrow key moves an edge. */
const step = 16;

/** The width of a column after a key on its edge; undefined for keys that do not move it. */
function widthAfter(key: string, width: number): number | undefined {
  const asked = { ArrowLeft: width - step, ArrowRight: width + step, Home: narrowest, End: widest }[key];
  return asked === undefined ? undefined : Math.max(narrowest, Math.min(widest, asked));
}

const sortNames = { asc: 'ascending', desc: 'descending' } as const;

export function GridHead({ table }: GridHeadProps): ReactNode {
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <div className="grid-head" role="rowgroup">
      <div className="grid-row" role="row" aria-rowindex={1}>
        {headers.map((header, at) => {
          const { column } = header;
          const { attribute } = column.columnDef.meta as unknown as { readonly attribute: Attribute };
          const sorted = column.getIsSorted();
          const canSort = column.getCanSort();
          const order = table.state.sorting.length > 1 && sorted ? column.getSortIndex() + 1 : undefined;
          return (
            <div
              key={header.id}
              role="columnheader"
              aria-colindex={at + 1}
              aria-label={column.id}
              aria-sort={sorted ? sortNames[sorted] : canSort ? 'none' : undefined}
              className={`grid-cell ${cellOf(attribute).align}`}
            >
              {canSort ? (
                <button
                  type="button"
                  className="grid-sort"
                  title="Sort; with Shift as a further order"
                  onClick={column.getToggleSortingHandler()}
                >
                  <Name path={column.id} />
                  {sorted && <Icon name={sorted === 'asc' ? 'up' : 'down'} />}
                  {order !== undefined && <small>{order}</small>}
                </button>
              ) : (
                <span className="grid-sort">
                  <Name path={column.id} />
                </span>
              )}
              <span
                className={column.getIsResizing() ? 'grid-edge pulled' : 'grid-edge'}
                role="separator"
                aria-orientation="vertical"
                aria-label={`Width of ${column.id}`}
                aria-valuenow={column.getSize()}
                aria-valuemin={narrowest}
                aria-valuemax={widest}
                tabIndex={0}
                onKeyDown={(event) => {
                  const width = widthAfter(event.key, column.getSize());
                  if (width === undefined) return;
                  event.preventDefault();
                  table.setColumnSizing((sizes) => ({ ...sizes, [column.id]: width }));
                }}
                onPointerDown={(event) => event.stopPropagation()}
                onMouseDown={header.getResizeHandler()}
                onTouchStart={header.getResizeHandler()}
                onDoubleClick={() => column.resetSize()}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What a path leads through is less than what it ends at. */
function Name({ path }: { readonly path: string }): ReactNode {
  const dot = path.lastIndexOf('.');
  return (
    <span className="one-line">
      {dot >= 0 && <span className="muted">{path.slice(0, dot + 1)}</span>}
      {path.slice(dot + 1)}
    </span>
  );
}
