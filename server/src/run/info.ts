// `$info`: what is kept in memory, which sets, sessions and locks there are (spec 13 § 11). Who does not administer the server
// sees its own alone.
import { fail } from '../errors.ts';
import type { InfoPlan, ReleaseSessionsPlan } from '../plan/session-plan.ts';
import { readIdentity } from '../session/identity.ts';
import { listSetsStatement } from '../store/sql/entity-set.ts';
import { listLocks } from '../store/sql/lock.ts';
import { listSessions } from '../store/sql/session.ts';
import type { Visit } from './context.ts';
import type { InfoOutcome, LockInfo, OkOutcome, SessionInfo, SetInfo } from './outcome.ts';

/** Sets, sessions and locks that are told at most, of each. */
const mostListed = 1000;

export async function runInfo({ part }: InfoPlan, visit: Visit): Promise<InfoOutcome> {
  const { variants, sets, config } = visit.services;
  const isAdmin = visit.isAdmin;
  return {
    kind: 'info',
    ...(part && { part }),
    cache: {
      size: config.variantMemoryBytes + config.maxEntitySetBytes,
      // It would tell of pictures and sets that others hold.
      used: isAdmin || visit.access.isOpen ? variants.memoryBytes + sets.memoryBytes : 0,
    },
    sets: part === undefined || part === 'entitySet' ? await setsOf(visit, isAdmin) : [],
    sessions: part === undefined || part === 'sessionInfo' ? await sessionsOf(visit, isAdmin) : [],
    locks: part === undefined || part === 'lockInfo' ? await locksOf(visit, isAdmin) : [],
    isAdmin,
  };
}

async function locksOf({ services, session }: Visit, isAdmin: boolean): Promise<readonly LockInfo[]> {
  if (!isAdmin && !session) return [];
  const rows = await services.engine.rows(listLocks(services.now(), mostListed, isAdmin ? undefined : session?.id));
  return rows.map((row) => ({
    dataClass: String(row['dataclass']),
    key: decodeURIComponent(String(row['key'])),
    session: String(row['session']),
    taken: Number(row['taken']),
  }));
}

async function setsOf({ services, session }: Visit, isAdmin: boolean): Promise<readonly SetInfo[]> {
  if (!isAdmin && !session) return [];
  const rows = await services.engine.rows(
    listSetsStatement(services.now(), mostListed, isAdmin ? undefined : session?.id),
  );
  return rows.map((row) => ({
    id: String(row['id']),
    dataClass: String(row['dataclass']),
    members: Number(row['members']),
    lastUsed: Number(row['expires']) - Number(row['timeout']),
    expires: Number(row['expires']),
  }));
}

async function sessionsOf({ services, session }: Visit, isAdmin: boolean): Promise<readonly SessionInfo[]> {
  if (!isAdmin && !session) return [];
  const { engine, sessions, now } = services;
  const rows = await engine.rows(listSessions(now(), mostListed, isAdmin ? undefined : session?.id));
  return rows.map((row) => ({
    id: String(row['id']),
    identity: readIdentity(row['identity'] as string | null),
    idleMs: Number(row['idle']),
    expires: sessions.life.expirationOf(String(row['id']), Number(row['expires'])),
  }));
}

/** @throws KeystampError 1611 without the privilege to administer the server */
export async function runReleaseSessions({ ids }: ReleaseSessionsPlan, visit: Visit): Promise<OkOutcome> {
  if (!visit.isAdmin) throw fail(1611);
  for (const id of ids) await visit.services.sessions.end(id);
  return { kind: 'ok' };
}
