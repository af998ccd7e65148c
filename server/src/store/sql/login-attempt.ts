// Statements on attempts to log in: a row for each address that has tried lately (spec 13 § 5.4).
import { loginAttemptTable } from './columns.ts';
import { sql, type Sql } from './sql.ts';

/** A row with `failed` and `running`, lists of instants as JSON. */
export const attemptsOf = (address: string): Sql =>
  sql`SELECT failed, running FROM ${loginAttemptTable} WHERE address = ${address}`;

/** Sees that there is a row which can be held. */
export const beginAttempts = (address: string): Sql =>
  sql`INSERT INTO ${loginAttemptTable} (address, failed, running, expires) VALUES (${address}, '[]', '[]', 0) ON CONFLICT (address) DO NOTHING`;

/** @param expires when the row can be forgotten */
export const writeAttempts = (address: string, failed: string, running: string, expires: number): Sql =>
  sql`INSERT INTO ${loginAttemptTable} (address, failed, running, expires) VALUES (${address}, ${failed}, ${running}, ${expires}) ON CONFLICT (address) DO UPDATE SET failed = excluded.failed, running = excluded.running, expires = excluded.expires`;

export const forgetAttempts = (by: number): Sql => sql`DELETE FROM ${loginAttemptTable} WHERE expires <= ${by}`;
