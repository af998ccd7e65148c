// Is a stored entity still the one that somebody wants to change?
import type { ErrorEntry } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import type { Key } from '../query/selection.ts';
import type { Row } from '../store/engine.ts';
import { stampColumn } from '../store/sql/columns.ts';
import { lockColumn } from '../store/sql/write.ts';
import { conflict, locked } from './save-error.ts';

/**
 * @param row of `storedStatement`
 * @param stamp what the entity must have; absent: any
 * @param outer the line of the save or drop
 * @throws SaveError 1046 when another session holds its lock, 1263 when its stamp has changed
 */
export function checkStored(
  row: Row,
  {
    dataClass,
    key,
    stamp,
  }: { readonly dataClass: DataClassDef; readonly key: Key; readonly stamp: number | undefined },
  outer: ErrorEntry,
): void {
  if (row[lockColumn] === 'other') throw locked(dataClass, key, outer);
  if (stamp !== undefined && stamp !== Number(row[stampColumn])) throw conflict(dataClass, key, outer);
}
