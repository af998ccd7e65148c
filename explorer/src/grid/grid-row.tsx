// One entity of the list. A picture that is dropped on it becomes its own.
import type { Row } from '@tanstack/react-table';
import { FlexRender } from '@tanstack/react-table';
import { useState, type DragEvent, type MouseEvent, type ReactNode } from 'react';
import type { DataClass } from '../api/catalog.ts';
import { tellChanges } from '../api/changes.ts';
import { setPicture } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import { cellOf } from '../cells/cells.ts';
import { announce } from '../ui/announce.ts';
import type { Column } from './columns.ts';
import type { features, GridEntity } from './grid.tsx';

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
  readonly open: string | undefined;
  readonly onOpen: (key: string) => void;
}

export function GridRow({ id, index, top, row, columns, dataClass, active, open, onOpen }: GridRowProps): ReactNode {
  /** The attribute that a picture held over the row would go to. */
  const [target, setTarget] = useState<string>();
  const entity = row?.original.entity;
  const key = entity?.__KEY;
  const place = { transform: `translateY(${top}px)` };
  if (!row || !entity)
    return (
      <div id={id} className="grid-row waiting" role="row" aria-rowindex={index + 2} style={place}>
        {columns.map(({ path }) => (
          <div key={path} className="grid-cell" role="gridcell">
            <span className="bone" />
          </div>
        ))}
      </div>
    );
  if (key === undefined)
    return (
      <div id={id} className="grid-row gone" role="row" aria-rowindex={index + 2} style={place}>
        <div className="grid-cell" role="gridcell" aria-colspan={columns.length}>
          Deleted since the list was made
        </div>
      </div>
    );

  const pictures = columns.filter(
    ({ attribute, path }) => attribute.value === 'image' && !attribute.fixed && !path.includes('.'),
  );
  const over = (event: DragEvent): void => {
    if (pictures.length === 0 || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const cell = (event.target as Element).closest('[data-path]')?.getAttribute('data-path');
    setTarget((pictures.find(({ path }) => path === cell) ?? pictures[0])?.path);
  };
  const drop = async (event: DragEvent): Promise<void> => {
    const file = event.dataTransfer.files[0];
    setTarget(undefined);
    if (!file || target === undefined) return;
    event.preventDefault();
    try {
      const version = await setPicture(dataClass, key, target, file);
      announce(`${target} of ${dataClass.name} ${key} is now version ${version}`);
      tellChanges([{ dataClass: dataClass.name, key, kind: 'update' }]);
    } catch (error) {
      announce(errorLines(error).join(' '), 'failed');
    }
  };
  const click = (event: MouseEvent): void => {
    // Links and buttons in cells have their own meaning, and text that is being marked stays marked.
    if ((event.target as Element).closest('a, button') || getSelection()?.toString()) return;
    onOpen(key);
  };
  return (
    <div
      id={id}
      className={`grid-row${active ? ' active' : ''}${key === open ? ' open' : ''}${target === undefined ? '' : ' over'}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={key === open}
      data-key={key}
      style={place}
      onClick={click}
      onDragOver={over}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setTarget(undefined)}
      onDrop={(event) => void drop(event)}
    >
      {row.getAllCells().map((cell, at) => {
        const column = columns[at] as Column;
        return (
          <div
            key={cell.id}
            role="gridcell"
            aria-colindex={at + 1}
            data-path={column.path}
            className={`grid-cell ${cellOf(column.attribute).align}${column.path === target ? ' target' : ''}`}
          >
            <FlexRender cell={cell} />
          </div>
        );
      })}
    </div>
  );
}
