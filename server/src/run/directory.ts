// What a client asks the directory about itself (spec 13 § 6.1).
import type { BelongsToPlan } from '../plan/session-plan.ts';
import { guest } from '../session/identity.ts';
import type { Visit } from './context.ts';
import type { AnswerOutcome } from './outcome.ts';

/** The next user of the browser must not find pictures in its cache; browsers take the header over TLS alone (spec 10 § 9.11). */
const clearCache = { 'Clear-Site-Data': '"cache"' };

/** The session ends with all it holds; the client gets a new one, under a new secret. */
export async function runLogout(visit: Visit): Promise<AnswerOutcome> {
  await visit.visitor.leave();
  return { ...result(true), ...(visit.http.secure && { headers: clearCache }) };
}

export async function runCurrentUser({ identity }: Visit): Promise<AnswerOutcome> {
  const { userName, fullName, ID } = identity;
  return result(userName === guest.userName ? null : { userName, fullName, ID });
}

/** The group is a role the session was given, or a privilege it holds, in any case (§ 6.7). */
export async function runBelongsTo({ group }: BelongsToPlan, visit: Visit): Promise<AnswerOutcome> {
  const asked = group.toLowerCase();
  const held = visit.services.roles.namesHeld(visit.access);
  return result([...visit.identity.roles, ...held].some((name) => name.toLowerCase() === asked));
}

const result = (value: unknown): AnswerOutcome => ({ kind: 'answer', json: JSON.stringify({ result: value }) });
