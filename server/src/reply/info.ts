// `$info` as its clients know it: all parts, or one (spec 13 §§ 11.1 to 11.5).
import { url as debuggerUrl } from 'node:inspector';
import type { InfoOutcome, LockInfo, SessionInfo, SetInfo } from '../run/outcome.ts';
import type { InfoPart } from '../request/api-request.ts';
import type { HttpReply } from './http-reply.ts';
import { onceReply } from './json.ts';

type Printed = Readonly<Record<string, unknown>>;

const parts = {
  cacheInfo: ({ cache }) => ({ cacheSize: cache.size, usedCache: cache.used, cacheObjects: [] }),
  entitySet: ({ sets }) => ({ entitySetCount: sets.length, ...(sets.length > 0 && { entitySet: sets.map(printSet) }) }),
  // What is committed is on disk: nothing is flushed later that could be waited for.
  progressInfo: () => ({
    ProgressInfo: [{ UserInfo: 'flushProgressIndicator', SessionCount: 0, Title: '', CanInterrupt: false }],
  }),
  sessionInfo: ({ sessions, isAdmin }) =>
    sessions.length === 0 ? {} : { sessionInfo: sessions.map((session) => printSession(session, isAdmin)) },
  lockInfo: ({ locks, isAdmin }) =>
    locks.length === 0 ? {} : { lockInfo: locks.map((lock) => printLock(lock, isAdmin)) },
  // The process is one JavaScript context that serves all requests.
  jsContextInfo: () => ({
    jsContextInfo: [
      {
        contextPoolSize: 1,
        activeDebugger: debuggerUrl() !== undefined,
        usedContextCount: 1,
        usedContextMaxCount: 1,
        reusableContextCount: 0,
        unusedContextCount: 0,
        createdContextCount: 1,
        destroyedContextCount: 0,
      },
    ],
  }),
} as const satisfies Record<InfoPart, (outcome: InfoOutcome) => Printed>;

export function replyInfo(outcome: InfoOutcome): HttpReply {
  const { part } = outcome;
  const printed: Printed = part ? parts[part](outcome) : printAll(outcome);
  return onceReply(200, JSON.stringify(printed));
}

function printAll(outcome: InfoOutcome): Printed {
  const { cacheObjects: _, ...cache } = parts.cacheInfo(outcome);
  return {
    ...cache,
    ...parts.entitySet(outcome),
    ...parts.progressInfo(),
    ...parts.sessionInfo(outcome),
    ...parts.lockInfo(outcome),
    HTTPConnections: [],
    ...parts.jsContextInfo(),
  };
}

const isoTime = (time: number): string => new Date(time).toISOString();

/** A set keeps the order it was made in. */
const printSet = ({ id, dataClass, members, lastUsed, expires }: SetInfo): Printed => ({
  id,
  tableName: dataClass,
  selectionSize: members,
  sorted: true,
  refreshed: isoTime(lastUsed),
  expires: isoTime(expires),
});

/** Only who administers the server needs whole ids, to end sessions (§ 11.4). */
const printId = (id: string, isAdmin: boolean): string => (isAdmin ? id : `${id.slice(0, 8)}…`);

/** Keystamp's own part: what other clients would wait for. */
const printLock = ({ dataClass, key, session, taken }: LockInfo, isAdmin: boolean): Printed => ({
  tableName: dataClass,
  key,
  sessionID: printId(session, isAdmin),
  taken: isoTime(taken),
});

const printSession = ({ id, identity, idleMs, expires }: SessionInfo, isAdmin: boolean): Printed => ({
  sessionID: printId(id, isAdmin),
  userID: identity.ID,
  userName: identity.userName === '' ? 'default guest' : identity.userName,
  lifeTime: idleMs / 1000,
  expiration: isoTime(expires),
});
