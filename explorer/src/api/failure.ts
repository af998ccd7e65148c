// A request that failed, with the lines that the server gave as reasons.
import type { WireEntity, WireError } from './wire.ts';

export class Failure extends Error {
  override name = 'Failure';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Root cause first, outer operation last. */
  readonly entries: readonly WireError[];
  /** The answer: a failed save holds the entity as it is stored. */
  readonly body: unknown;

  constructor(status: number, entries: readonly WireError[], body: unknown) {
    super(entries[0]?.message ?? (status === 0 ? 'The server does not answer' : `The server answered ${status}`));
    this.status = status;
    this.entries = entries;
    this.body = body;
  }

  has(code: number): boolean {
    return this.entries.some(({ errCode }) => errCode === code);
  }

  /** Somebody else has saved the entity since it was read. */
  get isConflict(): boolean {
    return this.has(1263);
  }

  /** The entity as it is stored, as a refused save shows it. */
  get stored(): WireEntity | undefined {
    const body = this.body as WireEntity | undefined;
    return typeof body === 'object' && body !== null && '__STAMP' in body ? body : undefined;
  }
}

/** What to show of an error. */
export function linesOf(error: unknown): readonly string[] {
  if (error instanceof Failure && error.entries.length > 0)
    return [...new Set(error.entries.map(({ message, errCode }) => `${message} (${errCode})`))];
  return [error instanceof Error ? error.message : String(error)];
}
