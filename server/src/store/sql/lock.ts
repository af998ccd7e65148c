// Statements on locks. A lock counts as long as the session that holds it lives; both are rows, so that every process
// on the database sees the same (spec 06 § 7).
import type { DataClassDef } from '../../model/model.ts';
import type { Key } from '../../query/selection.ts';
import { lockTable, sessionTable } from './columns.ts';
import { printKeyInUri } from '../../query/print-key.ts';
import { sql, type Sql } from './sql.ts';

/** How the lock of an entity stands for a session; `over`: its holder is no more. No lock is null. */
export type LockState = 'own' | 'other' | 'over';

/** Who asks for the state of a lock, and when in milliseconds since 1970. Without a session nobody's lock is its own. */
export interface LockAsker {
  readonly sessionId: string | undefined;
  readonly now: number;
}

/** The key as locks are filed: parts are escaped, so that no two keys have one text. */
const keyText = printKeyInUri;

const alive = (holder: Sql, now: number): Sql =>
  sql`EXISTS (SELECT 1 FROM ${sessionTable} AS s WHERE s.id = ${holder} AND s.expires > ${now})`;

const holder = sql`l.session`;

const ofEntity = (dataClass: DataClassDef, key: Key): Sql =>
  sql`l.dataclass = ${dataClass.name} AND l.key = ${keyText(key)}`;

/** A scalar subquery: a `LockState`, or null when the entity has no lock. */
export function lockState(dataClass: DataClassDef, key: Key, { sessionId, now }: LockAsker): Sql {
  return sql`(SELECT CASE WHEN l.session = ${sessionId ?? ''} THEN 'own' WHEN ${alive(holder, now)} THEN 'other' ELSE 'over' END FROM ${lockTable} AS l WHERE ${ofEntity(dataClass, key)})`;
}

/**
 * Takes the lock, when the session lives, holds less than `most` locks and no other living session has it.
 * Changes one row or none.
 */
export function lockStatement(dataClass: DataClassDef, key: Key, sessionId: string, now: number, most: number): Sql {
  return sql`INSERT INTO ${lockTable} AS l (dataclass, key, session, taken) SELECT ${dataClass.name}, ${keyText(key)}, ${sessionId}, ${now} WHERE EXISTS (SELECT 1 FROM ${sessionTable} WHERE id = ${sessionId}) AND (SELECT count(*) FROM ${lockTable} WHERE session = ${sessionId}) < ${most} ON CONFLICT (dataclass, key) DO UPDATE SET session = excluded.session, taken = excluded.taken WHERE l.session = excluded.session OR NOT ${alive(holder, now)}`;
}

/** Why a lock was not taken: `state` as `lockState`, `alive` whether the session that asked is there. */
export function refusedLockStatement(dataClass: DataClassDef, key: Key, sessionId: string, now: number): Sql {
  return sql`SELECT ${lockState(dataClass, key, { sessionId, now })} AS state, EXISTS (SELECT 1 FROM ${sessionTable} WHERE id = ${sessionId}) AS alive`;
}

/** Gives back the session's own lock, or one whose holder is no more. Changes one row or none. */
export function unlockStatement(dataClass: DataClassDef, key: Key, { sessionId, now }: LockAsker): Sql {
  return sql`DELETE FROM ${lockTable} AS l WHERE ${ofEntity(dataClass, key)} AND (l.session = ${sessionId ?? ''} OR NOT ${alive(holder, now)})`;
}

/** Locks whose sessions live, of one session or of all, the latest first. */
export const listLocks = (now: number, most: number, sessionId?: string): Sql =>
  sql`SELECT l.dataclass, l.key, l.session, l.taken FROM ${lockTable} AS l WHERE ${alive(holder, now)}${sessionId === undefined ? sql`` : sql` AND l.session = ${sessionId}`} ORDER BY l.taken DESC, l.dataclass, l.key LIMIT ${most}`;

/** The lock goes with its entity. */
export const dropLockStatement = (dataClass: DataClassDef, key: Key): Sql =>
  sql`DELETE FROM ${lockTable} AS l WHERE ${ofEntity(dataClass, key)}`;

/** A row of the sessions for a call that locks without having one; it lives as long as the call may. */
export const holderStatement = (id: string, now: number, expires: number): Sql =>
  sql`INSERT INTO ${sessionTable} (id, kind, storage, idle, created, expires) VALUES (${id}, 'call', '{}', 0, ${now}, ${expires}) ON CONFLICT (id) DO NOTHING`;

export const dropSessionStatement = (id: string): Sql => sql`DELETE FROM ${sessionTable} WHERE id = ${id}`;

/** All locks of a session go with it. */
export const dropLocksStatement = (sessionId: string): Sql =>
  sql`DELETE FROM ${lockTable} WHERE session = ${sessionId}`;
