// Statements on API keys. Of a key the hash alone is kept; times are milliseconds since 1970.
import { apiKeyTable, sessionTable } from './columns.ts';
import { sql, type Sql } from './sql.ts';

export interface StoredKey {
  /** Names the key; no credential. 32 upper-case hex digits, those of its session too. */
  readonly id: string;
  readonly hash: string;
  readonly type: string;
  readonly role: string | null;
  readonly description: string;
  readonly created: number;
  readonly expires: number;
  /** A JSON array of addresses and networks; empty: any. */
  readonly hosts: string;
}

export const insertKey = ({ id, hash, type, role, description, created, expires, hosts }: StoredKey): Sql =>
  sql`INSERT INTO ${apiKeyTable} (id, hash, type, role, description, created, expires, hosts) VALUES (${id}, ${hash}, ${type}, ${role}, ${description}, ${created}, ${expires}, ${hosts})`;

/** The key, with what there is of its session: `storage`, `idle` and `sessionexpires`. */
export const findKey = (hash: string): Sql =>
  sql`SELECT k.id AS id, k.hash AS hash, k.type AS type, k.role AS role, k.description AS description, k.expires AS expires, k.hosts AS hosts, s.storage AS storage, s.idle AS idle, s.expires AS sessionexpires FROM ${apiKeyTable} AS k LEFT JOIN ${sessionTable} AS s ON s.id = k.id WHERE k.hash = ${hash}`;

/** The oldest first. */
export const listKeys = (): Sql =>
  sql`SELECT id, type, role, description, created, expires, hosts FROM ${apiKeyTable} ORDER BY created, id`;

/** Changes one row or none. */
export const deleteKey = (id: string): Sql => sql`DELETE FROM ${apiKeyTable} WHERE id = ${id}`;
