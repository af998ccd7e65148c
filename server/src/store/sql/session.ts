// Statements on sessions. A session is a row; what opens it are secrets, of which only hashes are kept: cookies, and
// one-time tokens, which have an end of their own (spec 13 §§ 1, 2, 9.1).
import { secretTable, sessionTable } from './columns.ts';
import { sql, type Sql } from './sql.ts';

/** A row of the table; times are milliseconds, `created` and `expires` since 1970. */
export interface StoredSession {
  readonly id: string;
  readonly kind: string;
  readonly identity: string | null;
  readonly storage: string;
  readonly idle: number;
  readonly expires: number;
}

export const insertSession = ({ id, kind, identity, storage, idle, expires }: StoredSession, created: number): Sql =>
  sql`INSERT INTO ${sessionTable} (id, kind, identity, storage, idle, created, expires) VALUES (${id}, ${kind}, ${identity}, ${storage}, ${idle}, ${created}, ${expires})`;

/** The same for a session that may be there already, under another identity. */
export const replaceSession = (session: StoredSession, created: number): Sql =>
  sql`${insertSession(session, created)} ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, identity = excluded.identity, storage = excluded.storage, idle = excluded.idle, expires = excluded.expires`;

/** @param once when a token that opens the session a single time is over; null: a cookie */
export const insertSecret = (hash: string, session: string, once: number | null = null): Sql =>
  sql`INSERT INTO ${secretTable} (hash, session, once) VALUES (${hash}, ${session}, ${once})`;

/** Uses up a token; the row with `session` when it was good. */
export const useToken = (hash: string, now: number): Sql =>
  sql`DELETE FROM ${secretTable} WHERE hash = ${hash} AND once > ${now} RETURNING session`;

/** Is any token over? */
export const oldToken = (now: number): Sql => sql`SELECT 1 AS found FROM ${secretTable} WHERE once <= ${now} LIMIT 1`;

export const deleteOldTokens = (now: number): Sql => sql`DELETE FROM ${secretTable} WHERE once <= ${now}`;

/** Nothing opens the session any more. */
export const deleteSecrets = (session: string): Sql => sql`DELETE FROM ${secretTable} WHERE session = ${session}`;

const columns = sql`s.id AS id, s.identity AS identity, s.storage AS storage, s.idle AS idle, s.created AS created, s.expires AS expires`;

/** The session that a cookie opens. */
export const openedBy = (hash: string): Sql =>
  sql`SELECT ${columns} FROM ${secretTable} AS x JOIN ${sessionTable} AS s ON s.id = x.session WHERE x.hash = ${hash} AND x.once IS NULL`;

export const sessionOfId = (id: string): Sql => sql`SELECT ${columns} FROM ${sessionTable} AS s WHERE s.id = ${id}`;

/** One row with `sessions`: how many there are of that kind. */
export const countSessions = (kind: string): Sql =>
  sql`SELECT count(*) AS sessions FROM ${sessionTable} WHERE kind = ${kind}`;

/** The session of that kind that was unused for longest, if its end comes by then. */
export const longestUnused = (kind: string, by: number): Sql =>
  sql`SELECT id FROM ${sessionTable} WHERE kind = ${kind} AND expires <= ${by} ORDER BY expires LIMIT 1`;

/**
 * Living sessions, those used last first.
 * @param id of the only one that may be seen; absent: all
 */
export const listSessions = (now: number, most: number, id?: string): Sql =>
  sql`SELECT id, identity, idle, expires FROM ${sessionTable} WHERE expires > ${now} AND kind <> 'call'${id === undefined ? sql`` : sql` AND id = ${id}`} ORDER BY expires DESC LIMIT ${most}`;
