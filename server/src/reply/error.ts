// Errors as answers (spec 01 § 6, DECISIONS P1).
import { failHttp, KeystampError, printErrors, type Dialect } from '../errors.ts';
import type { HttpReply } from './http-reply.ts';
import { onceReply } from './json.ts';

/** The answer to an error; anything that is no KeystampError is a fault of the server and says nothing of itself. */
export function replyError(error: unknown, dialect: Dialect): HttpReply {
  const known = error instanceof KeystampError ? error : failHttp(500);
  return onceReply(known.status, JSON.stringify({ __ERROR: printErrors(known, dialect) }), known.headers);
}
