// The answer to a login: what clients of both products expect of one that failed (spec 13 § 6.2).
import { fail, printErrors, type Dialect, type PrintedError } from '../errors.ts';
import type { LoginOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { onceReply } from './json.ts';

export function replyLogin({ result, error }: LoginOutcome, dialect: Dialect): HttpReply {
  if (result) return onceReply(200, '{"result":true}');
  const said: readonly PrintedError[] = error
    ? [{ message: error.errorMessage ?? 'Login refused', componentSignature: 'host', errCode: error.error }]
    : [];
  const lines = [...said, ...printErrors(fail(1822, 'Login failed'), dialect)];
  return onceReply(401, JSON.stringify({ result: false, __ERROR: lines }));
}
