// What the errors of SQLite mean to the rest of the program.
import Database from 'better-sqlite3';
import { failHttp } from '../../errors.ts';
import { ConstraintError, DuplicateError } from '../engine.ts';

/** The error as the rest of the program knows it. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(error.code))
    return new DuplicateError(error.message.replace(/^.*failed: /, ''), error);
  // Tables of other programs have rules of their own.
  if (error.code.startsWith('SQLITE_CONSTRAINT')) {
    const isNull = error.code === 'SQLITE_CONSTRAINT_NOTNULL';
    return new ConstraintError(error.message, error, isNull ? error.message.replace(/^.*\./, '') : undefined);
  }
  return error.code === 'SQLITE_FULL' ? failHttp(507) : error;
}

/** Another connection has the write lock. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
