// Logging in with a name and a password, by whatever door they come (spec 13 §§ 5.4, 6).
import { fail, KeystampError } from '../errors.ts';
import { askDirectory } from '../orm/ask-directory.ts';
import { basicCredentials, headerCredentials, wantsNoSession, type Credentials } from '../request/credentials.ts';
import { loopback } from '../session/addresses.ts';
import { readAnswer, type DirectoryError, type LoginResult } from '../session/directory.ts';
import type { LoginPlan } from '../plan/session-plan.ts';
import type { Visit } from './context.ts';
import type { LoginOutcome } from './outcome.ts';

export async function runLogin(plan: LoginPlan, visit: Visit): Promise<LoginOutcome> {
  const credentials = plan.credentials ?? headerCredentials(visit.http);
  if (!credentials) throw fail(1806, 'a name and a password are expected');
  const { result, error } = await logIn(credentials, visit);
  return { kind: 'login', result, ...(error && { error }) };
}

/** Names and passwords in the headers of a request log in at that moment, whatever it asks for; undefined: there are none. */
export function logInByHeaders(visit: Visit): Promise<void> | undefined {
  const { http, services } = visit;
  const own = http.headers['username-4d'] === undefined ? undefined : headerCredentials(http);
  if (own) return enter(own, visit, wantsNoSession(http) ? 'hidden' : 'session');
  if (!services.config.basicAuth || http.headers['authorization'] === undefined) return undefined;
  const basic = basicCredentials(http);
  return basic && enter(basic, visit, 'request');
}

/** How long somebody is logged in: in a session; for the request, unless it needs a session; for the request alone. */
type Stay = 'session' | 'request' | 'hidden';

/** @throws KeystampError 401 */
async function enter(credentials: Credentials, visit: Visit, stay: Stay): Promise<void> {
  const { kind, userName } = visit.identity;
  // An API key wins.
  if (kind === 'key') return;
  // The cookie says so already, and is worth as much.
  if (stay !== 'hidden' && kind === 'user' && userName === credentials.name) return;
  const { result } = await logIn(credentials, visit, stay);
  if (result) return;
  const headers = stay === 'request' ? { 'WWW-Authenticate': 'Basic realm="Keystamp", charset="UTF-8"' } : undefined;
  throw new KeystampError(401, [{ code: 1822, args: ['Login failed'] }], headers && { headers });
}

interface Tried {
  readonly result: boolean;
  readonly error?: DirectoryError;
}

/** @throws KeystampError 429 too many failed, 402 too many sessions */
async function logIn(credentials: Credentials, visit: Visit, stay: Stay = 'session'): Promise<Tried> {
  const { http, services } = visit;
  if (!http.secure && !loopback.has(http.remoteAddress)) {
    if (services.config.requireTls) throw fail(1822, 'Login failed: passwords are taken over TLS only');
    services.onEvent({ kind: 'plainPassword', address: http.remoteAddress });
  }
  let answered: LoginResult = { kind: 'refused' };
  const result = await services.attempts.attempt(http.remoteAddress, async () => {
    answered = await ask(credentials, visit);
    return answered.kind === 'user';
  });
  const known = answered as LoginResult;
  if (known.kind === 'refused') return { result, ...(known.error && { error: known.error }) };
  const { identity, storage } = known;
  const idleMs = services.sessions.life.idleMsFor(credentials.idleMs);
  const beginning = { identity, ...(storage && { storage }), ...(idleMs !== undefined && { idleMs }) };
  if (stay !== 'session') visit.visitor.actAs(beginning, stay === 'hidden');
  else await visit.visitor.become(beginning).stored;
  return { result };
}

async function ask({ name, password }: Credentials, visit: Visit): Promise<LoginResult> {
  const { services } = visit;
  // What 4D makes of a password cannot be checked without knowing it (§ 6.3).
  if (password === undefined) return { kind: 'refused' };
  const answer = await askDirectory(services.model, visit.unfiltered, name, password);
  return readAnswer(answer, (name) => services.roles.isRole(name));
}
