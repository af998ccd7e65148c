// Errors of the author's code (spec 12 § 7): the ways to throw one, and what a client is told of it.
import { KeystampError, type PrintedError } from '../errors.ts';
import { currentCall } from './current-call.ts';

/** What `throwError` takes beside a number. */
export interface ErrorDetails {
  /** Default -1. */
  readonly errCode?: number;
  /** `{name}` in it is replaced by the property of that name. */
  readonly message?: string;
  /** Default `host`. */
  readonly componentSignature?: string;
  /** The function goes on; the error is thrown at its end. */
  readonly deferred?: boolean;
  readonly [name: string]: unknown;
}

class ThrownError extends Error {
  readonly printed: PrintedError;

  constructor(printed: PrintedError) {
    super(printed.message);
    this.name = 'ThrownError';
    this.printed = printed;
  }
}

/**
 * Throws an error with a code of the author's: `throwError(4242)`, `throwError(4242, 'Salary must grow')`,
 * `throwError({ errCode: 4242, message: '{name} must grow', name: 'Salary' })`. A deferred one is thrown at the end of the
 * call.
 */
export function throwError(code: number, message?: string): never;
export function throwError(details: ErrorDetails & { readonly deferred: true }): void;
export function throwError(details: ErrorDetails): never;
export function throwError(what: number | ErrorDetails, message?: string): void {
  const printed = typeof what === 'number' ? ofCode(what, message) : ofDetails(what);
  if (typeof what === 'object' && what.deferred === true) currentCall().state.deferred.push(printed);
  else throw new ThrownError(printed);
}

const ofCode = (errCode: number, message = `Error code: ${errCode} (host)`): PrintedError => ({
  message,
  componentSignature: 'host',
  errCode,
});

function ofDetails({ errCode = -1, message = '', componentSignature = 'host', ...more }: ErrorDetails): PrintedError {
  const filled = message.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(more, name) ? String(more[name]) : whole,
  );
  return { message: filled, componentSignature, errCode };
}

/** An error that code let through, with what the client is told; the log gets the rest. */
export class CodeError extends KeystampError {
  /** Of the function. */
  readonly functionName: string;

  constructor(functionName: string, from: KeystampError, cause: unknown) {
    super(from.status, from.entries, { thrown: from.thrown, headers: from.headers, cause });
    this.functionName = functionName;
  }
}

/**
 * What a client is told of an error that a function threw: 500, errors of the engine with their own codes, then those of
 * the author, root cause first. Overload and time limits keep their status.
 * @param deferred errors that were thrown before and waited
 */
export function codeError(functionName: string, error: unknown, deferred: readonly PrintedError[]): CodeError {
  const told = error === undefined ? new KeystampError(500, []) : toldOf(error);
  const status = told.status === 503 || told.status === 507 ? told.status : 500;
  const { entries, headers } = told;
  const thrown = [...deferred, ...told.thrown];
  return new CodeError(functionName, new KeystampError(status, entries, { thrown, headers }), error);
}

/** @param depth how many causes may still follow */
function toldOf(error: unknown, depth = 10): KeystampError {
  if (error instanceof KeystampError) return error;
  if (error instanceof ThrownError) return told(error.printed);
  if (error instanceof AggregateError && error.errors.length > 0)
    return joined(error.errors.map((one) => toldOf(one, 0)));
  if (error instanceof Error) {
    const own = told({ message: error.message, componentSignature: 'host', errCode: -1 });
    return error.cause instanceof Error && depth > 0 ? joined([toldOf(error.cause, depth - 1), own]) : own;
  }
  if (typeof error === 'number') return told(ofCode(error));
  if (typeof error === 'object' && error !== null) return told(ofDetails(error as ErrorDetails));
  return told({ message: String(error), componentSignature: 'host', errCode: -1 });
}

const told = (printed: PrintedError): KeystampError => new KeystampError(500, [], { thrown: [printed] });

const joined = (errors: readonly KeystampError[]): KeystampError =>
  new KeystampError(
    500,
    errors.flatMap(({ entries }) => entries),
    { thrown: errors.flatMap(({ thrown }) => thrown) },
  );
