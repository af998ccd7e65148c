// What the server remembers of its database, by name: a few short texts.
import { metaTable } from './columns.ts';
import { sql, type Sql } from './sql.ts';

/** One row with `value`, none when nothing is remembered under the name. */
export const recalledStatement = (name: string): Sql =>
  sql`SELECT value FROM ${metaTable} WHERE name = ${name}`.visiting(1);

/** Remembers a text in the place of another one. */
export const rememberStatement = (name: string, value: string): Sql =>
  sql`INSERT INTO ${metaTable} (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO UPDATE SET value = ${value}`;

/** Remembers a text unless there is one already. */
export const rememberOnceStatement = (name: string, value: string): Sql =>
  sql`INSERT INTO ${metaTable} (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO NOTHING`;

/** The name of the id that tells this datastore from all others, also after a restart. */
export const uniqueIdName = 'uniqueId';
