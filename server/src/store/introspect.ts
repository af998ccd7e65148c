// What tables does a database hold that Keystamp did not make?
import type { FoundDatabase } from './found-database.ts';
import { introspectFile } from './sqlite/introspect.ts';

/**
 * @param database path of a SQLite file or `postgres://…`
 * @throws Error when it cannot be opened
 */
export async function introspectDatabase(database: string): Promise<FoundDatabase> {
  if (!database.includes('://')) return introspectFile(database);
  const { introspectServer } = await import('./postgres/introspect.ts');
  return introspectServer(database);
}
