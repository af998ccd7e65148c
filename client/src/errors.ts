// Every way a request can fail has a class of its own; all of them are KeystampErrors.
import type { WireError, WireStatus } from './wire.ts';

/** What is known of a failed request. */
export interface Failure {
  readonly status: number;
  readonly entries: readonly WireError[];
  /** How the save or lock ended, when the answer tells. */
  readonly outcome?: WireStatus;
  readonly method: string;
  readonly url: string;
  /** Seconds the server asks to wait. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** The base of all errors that answers cause. */
export class KeystampError extends Error {
  override name = 'KeystampError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The lines of `__ERROR`: root cause first, outer operation last. */
  readonly entries: readonly WireError[];
  readonly outcome: WireStatus | undefined;
  readonly method: string;
  readonly url: string;

  constructor(failure: Failure) {
    const lines = failure.entries.map(({ message }) => message);
    super(lines.length > 0 ? lines.join('; ') : `${failure.method} ${failure.url}: ${failure.status}`, {
      cause: failure.cause,
    });
    this.status = failure.status;
    this.entries = failure.entries;
    this.outcome = failure.outcome;
    this.method = failure.method;
    this.url = failure.url;
  }

  /** Code of the root cause, such as 1263; the HTTP status when the answer names none. */
  get code(): number {
    return this.entries[0]?.errCode ?? this.status;
  }

  /** Whether one of the lines has that code. */
  has(code: number): boolean {
    return this.entries.some(({ errCode }) => errCode === code);
  }
}

/** No answer came: no connection, or it broke. `cause` is what `fetch` threw. */
export class NetworkError extends KeystampError {
  override name = 'NetworkError';
}

/** The request is not understood: a faulty filter, parameter or path (400, 405, 414, 415, 431). */
export class RequestError extends KeystampError {
  override name = 'RequestError';
}

/** A value breaks a rule of the model, or is taken already where it must be unique. Nothing of the entity was saved. */
export class ValidationError extends KeystampError {
  override name = 'ValidationError';
}

/** Not logged in, or not allowed (401, 402, 403). */
export class PermissionError extends KeystampError {
  override name = 'PermissionError';

  /** The server wants a login before anything else. */
  get loginRequired(): boolean {
    return this.has(1822);
  }
}

/** There is no such entity, entity set, class, attribute or function (404). */
export class NotFoundError extends KeystampError {
  override name = 'NotFoundError';
}

/** Another session holds a lock on the entity. */
export class LockedError extends KeystampError {
  override name = 'LockedError';

  /** Who holds it, when the caller may know. */
  get lockInfo(): { readonly [name: string]: unknown } {
    return this.outcome?.lockInfo ?? {};
  }
}

/** Body, picture or URL is larger than the server takes (413, 507). */
export class TooLargeError extends KeystampError {
  override name = 'TooLargeError';
}

/** The server has too much to do, or this client asks too much (429, 503). */
export class OverloadError extends KeystampError {
  override name = 'OverloadError';
  /** Seconds to wait before the next try, when the server says so. */
  readonly retryAfter: number | undefined;

  constructor(failure: Failure) {
    super(failure);
    this.retryAfter = failure.retryAfter;
  }
}

/** A fault of the server, or an error that one of its functions threw (500 and above). */
export class ServerError extends KeystampError {
  override name = 'ServerError';
}

/** The entity changed since it was read (stamp 1263, precondition 412). Entities throw `ConflictError` instead. */
export class StampError extends KeystampError {
  override name = 'StampError';
}

/** Rules of values, of uniqueness and of references (spec 01 § 6.1); a save that fails for one of them. */
const ruleCodes = new Set([
  1116, 1508, 1516, 1537, 1544, 1545, 1546, 1568, 1569, 1570, 1571, 1591, 1592, 1593, 1824, 1825, 1826,
]);
const saveCodes = new Set([1046, 1517, 1534]);

/** The error of an answer, in the class that says what happened. */
export function errorOf(failure: Failure): KeystampError {
  const { status, entries, outcome } = failure;
  const has = (codes: ReadonlySet<number>): boolean => entries.some(({ errCode }) => codes.has(errCode));
  if (status === 0) return new NetworkError(failure);
  if (outcome?.status === 3) return new LockedError(failure);
  if (outcome?.status === 2 || entries.some(({ errCode }) => errCode === 1263) || status === 412)
    return new StampError(failure);
  if (status === 401 || status === 402 || status === 403) return new PermissionError(failure);
  if (status === 404 || outcome?.status === 5) return new NotFoundError(failure);
  if (status === 413 || status === 507) return new TooLargeError(failure);
  if (status === 429 || status === 503) return new OverloadError(failure);
  if (status >= 500) return new ServerError(failure);
  if (has(ruleCodes) || (outcome?.status === 4 && has(saveCodes))) return new ValidationError(failure);
  return status === 409 && has(saveCodes) ? new LockedError(failure) : new RequestError(failure);
}
