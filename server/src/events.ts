// Everything that can be logged, in one type; one listener prints it.
import { pino, type Logger } from 'pino';
import type { Config } from './config.ts';
import type { ImageEvent } from './image/image-event.ts';

export type AppEvent =
  | ImageEvent
  | { readonly kind: 'listening'; readonly url: string; readonly data: string }
  /** Everybody who reaches the server may do everything. */
  | { readonly kind: 'unprotected'; readonly model: string; readonly why: string }
  /** The attribute has become protected; what shared caches keep of it must be purged there. */
  | { readonly kind: 'publicCopies'; readonly attribute: string }
  | { readonly kind: 'rolesWarning'; readonly file: string; readonly warning: string }
  | { readonly kind: 'rolesFault'; readonly file: string; readonly fault: string }
  | { readonly kind: 'stopping'; readonly signal: string }
  | { readonly kind: 'stopped' }
  /** A server process of several died; another one takes its place. */
  | { readonly kind: 'workerEnded'; readonly pid: number; readonly reason: string }
  | {
      readonly kind: 'answered';
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly milliseconds: number;
    }
  /** A fault of the server; the client got a 500. */
  | { readonly kind: 'failed'; readonly method: string; readonly url: string; readonly cause: unknown }
  /** A password came over a connection that others can read. */
  | { readonly kind: 'plainPassword'; readonly address: string }
  /** A filter mixes AND, OR or EXCEPT without parentheses. */
  | { readonly kind: 'mixedFilter'; readonly filter: string }
  /** A client asks for deletions since a number below the one that deletions are remembered from (spec 17 § 7.2). */
  | { readonly kind: 'deletionsForgotten'; readonly asked: number; readonly oldest: number }
  | { readonly kind: 'sweepFailed'; readonly cause: unknown }
  /** A function threw; the client got its error without the details. */
  | { readonly kind: 'functionThrew'; readonly name: string; readonly cause: unknown }
  /** Something failed that nobody waited for, mostly code of an author. */
  | { readonly kind: 'rejectionForgotten'; readonly cause: unknown }
  /** A function ended with a transaction open; it was rolled back. */
  | { readonly kind: 'transactionLeftOpen' };

export type OnEvent = (event: AppEvent) => void;

type Level = 'debug' | 'info' | 'warn' | 'error';

const levels = {
  listening: 'info',
  unprotected: 'warn',
  publicCopies: 'warn',
  rolesWarning: 'warn',
  rolesFault: 'error',
  stopping: 'info',
  stopped: 'info',
  workerEnded: 'warn',
  answered: 'debug',
  failed: 'error',
  plainPassword: 'warn',
  mixedFilter: 'debug',
  deletionsForgotten: 'warn',
  sweepFailed: 'error',
  functionThrew: 'warn',
  rejectionForgotten: 'error',
  transactionLeftOpen: 'warn',
  converterStarted: 'debug',
  converterLost: 'warn',
  pictureInspected: 'debug',
  pictureConverted: 'debug',
  variantDamaged: 'warn',
  variantNotKept: 'warn',
} as const satisfies Record<AppEvent['kind'], Level>;

/** Prints events as JSON lines on standard error. */
export function printEvents({ logLevel }: Config): OnEvent {
  const logger: Logger = pino(
    { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  );
  return (event) => {
    const level = levels[event.kind];
    if (!logger.isLevelEnabled(level)) return;
    const { kind, ...details } = event;
    const cause = 'cause' in details ? details.cause : undefined;
    logger[level](cause === undefined ? details : { ...details, err: cause, cause: undefined }, kind);
  };
}
