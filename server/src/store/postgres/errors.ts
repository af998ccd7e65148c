// What the errors of the database and of the driver mean.
import { failHttp, type KeystampError } from '../../errors.ts';
import { ConstraintError, UnitAgain } from '../engine.ts';

/** What is read of an error of the driver. */
export interface PostgresError extends Error {
  readonly code?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly constraint?: string;
  readonly column?: string;
}

/** The database could not be reached, or went away before it answered. */
export class AwayError extends Error {
  constructor(cause: unknown) {
    super('the database cannot be reached', { cause });
    this.name = 'AwayError';
  }
}

const codeOf = (error: unknown): string => (error instanceof Error ? String((error as PostgresError).code ?? '') : '');

/** Classes and codes of SQLSTATE, and codes of the system, that say so. */
const away =
  /^(08...|57P0[1-5]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const awayMessage =
  /^(Connection terminated|timeout expired|timeout exceeded|Client has encountered|Client was closed|Cannot use a pool after)/;

export const isAway = (error: unknown): boolean =>
  error instanceof AwayError || away.test(codeOf(error)) || (error instanceof Error && awayMessage.test(error.message));

/** Another transaction was in the way; the same work may be done again from its start. */
export const isCollision = (error: unknown): boolean =>
  error instanceof UnitAgain || codeOf(error) === '40001' || codeOf(error) === '40P01';

/** The database does not know such a statement, now or later: classes 42 and 0A. */
export const isUnknownHere = (error: unknown): boolean => /^(42|0A)...$/.test(codeOf(error));

/** The statement took longer than it may. */
export const isTimedOut = (error: unknown): boolean => codeOf(error) === '57014';

export const isDuplicate = (error: unknown): error is PostgresError => codeOf(error) === '23505';

export const awayAnswer = (): KeystampError => failHttp(503, 'the database cannot be reached', { 'Retry-After': '1' });

const busyAnswers: readonly (readonly [test: (error: unknown) => boolean, answer: () => KeystampError])[] = [
  [isAway, awayAnswer],
  [isTimedOut, () => failHttp(503, 'the query took too long', { 'Retry-After': '1' })],
  [isCollision, () => failHttp(503, 'others write the same', { 'Retry-After': '1' })],
  [(error) => codeOf(error) === '53100', () => failHttp(507)],
  // What was the primary a moment ago is a copy now.
  [(error) => codeOf(error) === '25006', () => failHttp(503, 'the database takes no writes', { 'Retry-After': '1' })],
  [(error) => codeOf(error).startsWith('53'), () => failHttp(503, 'the database is busy', { 'Retry-After': '1' })],
];

/**
 * Rules of a table that another program made: what may be null (23502), foreign keys (23503, 23001), UNIQUE that is
 * checked at the end (23505), CHECK (23514), EXCLUDE (23P01), words and numbers that a column does not take (22P02, 22001, 22003, 22007, 22008), and what
 * its triggers raise (P0001).
 */
export const isRefusal = (error: unknown): error is PostgresError =>
  /^(23(001|502|503|505|514|P01)|22(P02|001|003|007|008)|P0001)$/.test(codeOf(error));

/** The error as the rest of the program knows it. */
export function translate(error: unknown): unknown {
  if (isRefusal(error)) {
    const { message, code, column } = error;
    return new ConstraintError(message, error, code === '23502' ? column : undefined);
  }
  return busyAnswers.find(([test]) => test(error))?.[1]() ?? error;
}
