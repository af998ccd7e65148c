// One entity of the list. A picture that is dropped on it becomes its own.
import type { Row } from '@tanstack/react-table';
import { FlexRender } from '@tanstack/react-table';
import { memo, useState, type DragEvent, type MouseEvent, type ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { cellOf } from '../cells/cells.ts';
import { replacePicture } from '../picture/replace-picture.ts';
import type { Column } from './columns.ts';
import type { features, GridEntity } from './table.tsx';

interface GridRowProps {
  readonly id: string;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  /** Absent while its page is read. */
  readonly row: Row<typeof features, GridEntity> | undefined;
  readonly columns: readonly Column[];
  readonly dataClass: DataClass;
  readonly active: boolean;
  readonly open: boolean;
  readonly onOpen: (index: number) => void;
}

/** The table makes its rows anew with every step of scrolling; the entity tells whether there is anything new in one. */
const isSame = ({ row: a, ...before }: GridRowProps, { row: b, ...now }: GridRowProps): boolean =>
  a?.original.entity === b?.original.entity &&
  (Object.keys(now) as (keyof typeof now)[]).every((name) => before[name] === now[name]);

export const GridRow = memo(function GridRow(props: GridRowProps): ReactNode {
  const { id, index, top, row, columns, active, open } = props;
  const key = row?.original.entity.__KEY;
  if (row && key !== undefined) return <EntityRow {...props} row={row} entityKey={key} />;
  const state = row ? 'gone' : 'empty';
  return (
    <div
      id={id}
      className={`grid-row ${state}${active ? ' active' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={open}
      style={{ transform: `translateY(${top}px)` }}
    >
      {row ? (
        <div className="grid-cell" role="gridcell" aria-colspan={columns.length}>
          Deleted since the list was made
        </div>
      ) : (
        columns.map(({ path, attribute }) => (
          <div key={path} className={`grid-cell ${cellOf(attribute).align}`} role="gridcell">
            <span className="bone" />
          </div>
        ))
      )}
    </div>
  );
}, isSame);

interface EntityRowProps extends GridRowProps {
  readonly row: Row<typeof features, GridEntity>;
  readonly entityKey: string;
}

function EntityRow(props: EntityRowProps): ReactNode {
  const { id, index, top, row, columns, dataClass, active, open, onOpen, entityKey } = props;
  /** The attribute that a picture held over the row would go to. */
  const [target, setTarget] = useState<string>();
  const over = (event: DragEvent): void => {
    const pictures = columns.filter(
      ({ attribute, path }) => attribute.value === 'image' && !attribute.fixed && !path.includes('.'),
    );
    if (pictures.length === 0 || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const cell = (event.target as Element).closest('[data-path]')?.getAttribute('data-path');
    setTarget((pictures.find(({ path }) => path === cell) ?? pictures[0])?.path);
  };
  const drop = (event: DragEvent): void => {
    const file = event.dataTransfer.files[0];
    setTarget(undefined);
    if (!file || target === undefined) return;
    event.preventDefault();
    void replacePicture(dataClass, entityKey, target, file);
  };
  const click = (event: MouseEvent): void => {
    // Links and buttons in cells have their own meaning, and text that is being marked stays marked.
    if ((event.target as Element).closest('a, button') || getSelection()?.toString()) return;
    onOpen(index);
  };
  return (
    <div
      id={id}
      className={`grid-row${active ? ' active' : ''}${open ? ' open' : ''}${target === undefined ? '' : ' over'}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={open}
      data-key={entityKey}
      style={{ transform: `translateY(${top}px)` }}
      onClick={click}
      onDragOver={over}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setTarget(undefined)}
      onDrop={drop}
    >
      {row.getAllCells().map((cell, at) => {
        const column = columns[at];
        return (
          column && (
            <div
              key={cell.id}
              role="gridcell"
              aria-colindex={at + 1}
              data-path={column.path}
              className={`grid-cell ${cellOf(column.attribute).align}${column.path === target ? ' target' : ''}`}
            >
              <FlexRender cell={cell} />
            </div>
          )
        );
      })}
    </div>
  );
}
