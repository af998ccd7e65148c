// What became of a save, drop or lock, as code gets it (spec 16 § 2).
import { KeystampError, printErrors } from '../errors.ts';
import type { Result } from './api.ts';
import type { CallContext } from './call-context.ts';
import { currentCall } from './current-call.ts';
import { saveStatuses } from './save-error.ts';

/** What `statusText` says. */
export const statusTexts = { ...saveStatuses, 6: 'Auto merge failed' } as const;

export type ResultStatus = keyof typeof statusTexts;

/** Of everything that went well. */
export const success: Result = { success: true };

/** @param error whose lines the result shows too */
export const failure = (status: ResultStatus, error?: unknown, call: CallContext = currentCall()): Result => ({
  success: false,
  status,
  statusText: statusTexts[status],
  ...(status === 3 && { lockKindText: 'Locked by another session' }),
  ...(error instanceof KeystampError && { errors: printErrors(error, call.services.config.dialect) }),
});
