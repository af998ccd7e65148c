// Databases on the PostgreSQL of the tests: `npm test` starts one for all test files, a file that runs alone its own.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres } from '../../tools/embedded-postgres.ts';

/** Says where the PostgreSQL of the run is. */
export const postgresVariable = 'KEYSTAMP_TEST_POSTGRES';

let url: Promise<string> | undefined;

/** The server; ended with the process that started it. */
export const testPostgres = (): Promise<string> =>
  (url ??= process.env[postgresVariable]
    ? Promise.resolve(process.env[postgresVariable])
    : startPostgres().then((server) => server.url));

let administrator: Promise<pg.Pool> | undefined;

/** Runs a statement on the server itself, over one connection for all: to open one costs more than most statements. */
async function administer(statement: string): Promise<pg.QueryResult> {
  administrator ??= testPostgres().then((server) => {
    const pool = new pg.Pool({ connectionString: server, max: 1, idleTimeoutMillis: 0, allowExitOnIdle: true });
    // Between two statements a broken connection is nobody's loss; the next one is made anew.
    return pool.on('error', () => undefined);
  });
  return (await administrator).query(statement);
}

/** Runs statements in the database of a URL, one after the other. */
export async function runOn(database: string, ...statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = await openClient(database);
  try {
    const results: pg.QueryResult[] = [];
    for (const statement of statements) results.push(await client.query(statement));
    return results;
  } finally {
    await client.end();
  }
}

/** A connection of a test's own. */
export async function openClient(database: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  return client;
}

const nameIn = (database: string): string => new URL(database).pathname.slice(1);

let copying: Promise<boolean> | undefined;

/** Whether the server can be told to copy a database file by file, which takes less than half where nothing is made durable. */
const copiesFiles = (): Promise<boolean> =>
  (copying ??= administer('SHOW server_version_num').then(
    ({ rows }) => Number(rows[0]?.server_version_num) >= 150_000,
  ));

/**
 * Makes a database.
 * @param like URL of another one that it begins as, nobody may be connected to it
 * @returns its URL
 */
export async function newDatabase(like?: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const strategy = (await copiesFiles()) ? ' STRATEGY file_copy' : '';
  const template = like === undefined ? '' : ` TEMPLATE ${nameIn(like)}`;
  for (let tries = 1; ; tries++) {
    try {
      await administer(`CREATE DATABASE ${name}${template}${strategy}`);
      break;
    } catch (error) {
      // A connection that was just closed still counts for a moment.
      if ((error as pg.DatabaseError).code !== '55006' || tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const made = new URL(await testPostgres());
  made.pathname = `/${name}`;
  return made.href;
}

export async function dropDatabase(database: string): Promise<void> {
  await administer(`DROP DATABASE IF EXISTS ${nameIn(database)} WITH (FORCE)`);
}
