// A session and its row in the database.
import type { Row } from '../store/engine.ts';
import type { StoredSession } from '../store/sql/session.ts';
import { printIdentity, readIdentity } from './identity.ts';
import { newStorage, type Session, type SessionStorage } from './session.ts';

/** What the database keeps of a session. */
export const rowOf = ({ id, identity, storage, idleMs, expires }: Session): StoredSession => ({
  id,
  kind: identity.kind,
  identity: printIdentity(identity),
  storage: printStorage(storage),
  idle: idleMs,
  expires,
});

/**
 * The session of a row.
 * @param known the one this process knows under its id: brought up to date, unless it is somebody else's by now
 */
export function sessionOfRow(row: Row, known: Session | undefined, now: number): Session {
  const text = row['identity'] as string | null;
  const storage = known?.storage ?? newStorage();
  reviseStorage(storage, String(row['storage']));
  const current = { idleMs: Number(row['idle']), expires: Number(row['expires']) };
  if (known && printIdentity(known.identity) === text) return Object.assign(known, current);
  const load = known?.load ?? { requests: 0 };
  return { id: String(row['id']), identity: readIdentity(text), storage, load, lastUsed: now, ...current };
}

/** Brings a session up to date. @param row with its storage and idle time as the database has them */
export function reviseSession(session: Session, row: Row, expires: number): void {
  reviseStorage(session.storage, String(row['storage']));
  Object.assign(session, { idleMs: Number(row['idle']), expires });
}

/** As the database has it. */
export const printStorage = ({ value }: SessionStorage): string => JSON.stringify(value);

/** Takes over what another process has written; what this one has not written yet goes before it. */
function reviseStorage(storage: SessionStorage, text: string): void {
  if (text === storage.saved) return;
  if (printStorage(storage) === storage.saved) fill(storage, text);
  storage.saved = text;
}

/** Gives up what could not be stored. */
export const revertStorage = (storage: SessionStorage): void => fill(storage, storage.saved);

/** The object stays the same one: all requests of the session have it. */
function fill({ value }: SessionStorage, text: string): void {
  for (const name of Object.keys(value)) delete value[name];
  Object.assign(value, JSON.parse(text));
}
