// Why an entity was not saved or deleted: the error lines and the number of `__STATUS` (spec 06 § 2.2).
import { KeystampError, type CodeEntry, type ErrorCode, type ErrorEntry } from '../errors.ts';
import type { DataClassDef } from '../model/model.ts';
import { printKey } from '../query/print-key.ts';
import type { Key } from '../query/selection.ts';

/** The texts of the numbers. */
export const saveStatuses = {
  1: 'Permission Error',
  2: 'Stamp has changed',
  3: 'Already Locked',
  4: 'Other error',
  5: 'Entity does not exist anymore',
  7: 'Mild Validation Error',
  8: 'Serious Validation Error',
} as const;

export type SaveStatus = keyof typeof saveStatuses;

/** A save or drop that was refused. */
export class SaveError extends KeystampError {
  readonly saveStatus: SaveStatus;

  constructor(httpStatus: number, saveStatus: SaveStatus, entries: readonly ErrorEntry[], cause?: unknown) {
    super(httpStatus, entries, { cause });
    this.name = 'SaveError';
    this.saveStatus = saveStatus;
  }

  override within(code: ErrorCode, ...args: string[]): SaveError {
    return new SaveError(this.status, this.saveStatus, [...this.entries, { code, args }], this);
  }
}

/** The save or drop is refused: `entries` say why, the outer operation last. */
export const refused = (http: number, status: SaveStatus, entries: readonly ErrorEntry[], cause?: unknown): SaveError =>
  new SaveError(http, status, entries, cause);

/** The line of an error around a save. */
export const saveLine = ({ name }: DataClassDef, key: Key | undefined): CodeEntry =>
  key === undefined ? { code: 1534, args: [name] } : { code: 1517, args: [printKey(key), name] };

/** An error that stops a save, with the line of the save behind its own. */
export function aroundSave(error: KeystampError, dataClass: DataClassDef, key: Key | undefined): KeystampError {
  const { code, args } = saveLine(dataClass, key);
  return error.within(code, ...args);
}

/** The line of an error around a drop. */
export const dropLine = ({ name }: DataClassDef, key: Key): CodeEntry => ({ code: 1518, args: [printKey(key), name] });

/** Another save came between. */
export function conflict(dataClass: DataClassDef, key: Key, outer: ErrorEntry): SaveError {
  const record = [printKey(key), dataClass.name];
  return refused(409, 2, [{ code: 1263, args: record }, { code: 1046, args: record }, outer]);
}

/** Another session holds the lock. */
export const locked = (dataClass: DataClassDef, key: Key, outer: ErrorEntry): SaveError =>
  refused(409, 3, [{ code: 1046, args: [printKey(key), dataClass.name, 'the record is locked'] }, outer]);
