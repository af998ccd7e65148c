// What the errors of SQLite mean to the rest of the program.
import { closeSync, ftruncateSync, openSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { failHttp } from '../../errors.ts';
import { ConstraintError, DuplicateError } from '../engine.ts';

/**
 * The error as the rest of the program knows it.
 * @param file of the database
 */
export function translate(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/.test(error.code))
    return new DuplicateError(error.message.replace(/^.*failed: /, ''), error);
  // Tables of other programs have rules of their own.
  if (error.code.startsWith('SQLITE_CONSTRAINT')) {
    const isNull = error.code === 'SQLITE_CONSTRAINT_NOTNULL';
    return new ConstraintError(error.message, error, isNull ? error.message.replace(/^.*\./, '') : undefined);
  }
  const isFull = error.code === 'SQLITE_FULL' || (error.code === 'SQLITE_IOERR_WRITE' && hasLargestSize(file));
  return isFull ? failHttp(507) : error;
}

/** More than is written at one time. */
const someBytes = 16 * 1024 * 1024;

/**
 * Whether the database or its log may not grow: SQLite tells that as any other error of writing. A file of holes takes no
 * room, so that nothing else keeps it from being as large as they would be.
 */
function hasLargestSize(file: string): boolean {
  const probe = `${file}-size-${process.pid}`;
  let opened: number | undefined;
  try {
    const sizes = [file, `${file}-wal`].map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    opened = openSync(probe, 'w');
    ftruncateSync(opened, Math.max(...sizes) + someBytes);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EFBIG';
  } finally {
    if (opened !== undefined) closeSync(opened);
    rmSync(probe, { force: true });
  }
}

/** Another connection has the write lock. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
