// The answer of `$lock`: always 200, `success` only when it is true (spec 06 § 7).
import type { LockOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { onceReply } from './json.ts';

const bodies = {
  done: { result: true, __STATUS: { success: true } },
  stampChanged: { result: false, __STATUS: { status: 2, statusText: 'Stamp has changed' } },
  // Who holds it is personal data, so `lockInfo` stays empty without a privilege to see it.
  lockedByOther: {
    result: false,
    __STATUS: { status: 3, statusText: 'Already Locked', lockKind: 7, lockKindText: 'Locked By Session', lockInfo: {} },
  },
  gone: { result: false, __STATUS: { status: 5, statusText: 'Entity does not exist anymore' } },
} as const satisfies Record<LockOutcome['result'], unknown>;

export const replyLock = ({ result }: LockOutcome): HttpReply => onceReply(200, JSON.stringify(bodies[result]));
