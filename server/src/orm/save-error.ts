// Why an entity was not saved or deleted: the error lines and the number of `__STATUS` (spec 06 § 2.2).
import { KeystampError, type ErrorEntry } from '../errors.ts';

export const saveStatuses = {
  1: 'Permission Error',
  2: 'Stamp has changed',
  3: 'Already Locked',
  4: 'Other error',
  5: 'Entity does not exist anymore',
} as const;

export type SaveStatus = keyof typeof saveStatuses;

export class SaveError extends KeystampError {
  readonly saveStatus: SaveStatus;

  constructor(httpStatus: number, saveStatus: SaveStatus, entries: readonly ErrorEntry[], cause?: unknown) {
    super(httpStatus, entries, { cause });
    this.name = 'SaveError';
    this.saveStatus = saveStatus;
  }
}
