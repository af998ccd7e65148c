// Statements on API keys. Of a key the hash alone is kept; times are milliseconds since 1970.
import { apiKeyTable } from './columns.ts';
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

export const findKey = (hash: string): Sql =>
  sql`SELECT id, hash, type, role, description, created, expires, hosts FROM ${apiKeyTable} WHERE hash = ${hash}`;

/** The oldest first. */
export const listKeys = (): Sql =>
  sql`SELECT id, type, role, description, created, expires, hosts FROM ${apiKeyTable} ORDER BY created, id`;

/** Changes one row or none. */
export const deleteKey = (id: string): Sql => sql`DELETE FROM ${apiKeyTable} WHERE id = ${id}`;
