// The list of engines: which one serves a database.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from './engine.ts';
import { prepareDatabase, type Preparation } from './prepare.ts';
import { metaTableName } from './sql/columns.ts';
import { sql } from './sql/sql.ts';
import { SqliteEngine } from './sqlite/engine.ts';
import { introspect, sqliteSchema } from './sqlite/schema.ts';

const fileName = 'keystamp.db';

type Place = Pick<Config, 'data' | 'database'>;

/** The file of the embedded database; none when the data is on a server. */
export function embeddedFile({ data, database }: Place): string | undefined {
  if (database.includes('://')) return undefined;
  return database === '' ? join(data, fileName) : database;
}

/**
 * Whether there is a datastore already: the file, or on a server what every datastore remembers of itself.
 * @throws Error when the server cannot be reached
 */
export async function hasDatastore(config: EngineConfig): Promise<boolean> {
  const file = embeddedFile(config);
  if (file !== undefined) return existsSync(file);
  const { engine } = await openPostgres(config, config.schema);
  try {
    const tables = sql`SELECT 1 AS found FROM information_schema.tables WHERE table_schema = current_schema()`;
    return (await engine.row(sql`${tables} AND table_name = ${metaTableName}`)) !== undefined;
  } finally {
    await engine.close();
  }
}

/** What engines are told of the settings. */
export type EngineConfig = Pick<
  Config,
  'data' | 'database' | 'databaseConnections' | 'querySeconds' | 'queryProcesses' | 'maxQueryQueue'
> & {
  /** Where the tables are on a server that several models share; absent: where the server puts them. */
  readonly schema?: string;
};

/** The database as it is, for tools: nothing is made or extended. */
export const connectEngine = async (config: EngineConfig): Promise<Engine> =>
  (await open(config, config.schema)).engine;

const open = (config: EngineConfig, schema: string | undefined): Promise<Opened> => {
  const file = embeddedFile(config);
  return file === undefined ? openPostgres(config, schema) : openSqlite(file, config);
};

/**
 * Opens the database of a model and brings it up to the model: the one on the server that `database` names, else the
 * embedded one in the data folder.
 * @param schema where the tables are on a server that several models share
 * @throws ModelError when that would lose data
 */
export async function openEngine(config: EngineConfig, model: Model, schema = config.schema): Promise<Engine> {
  mkdirSync(config.data, { recursive: true });
  const { engine, preparation } = await open(config, schema);
  try {
    await prepareDatabase(engine, model, preparation);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

interface Opened {
  readonly engine: Engine;
  readonly preparation: Preparation;
}

/** What an embedded database is prepared with. */
export const sqlitePreparation: Preparation = { schema: sqliteSchema, introspect };

const openSqlite = async (file: string, config: EngineConfig): Promise<Opened> => ({
  engine: new SqliteEngine(file, config),
  preparation: sqlitePreparation,
});

/** Its driver is loaded here, so that servers without it need not have it in memory. */
async function openPostgres(config: EngineConfig, schema: string | undefined): Promise<Opened> {
  const { PostgresEngine } = await import('./postgres/engine.ts');
  const { postgresPreparation } = await import('./postgres/prepare.ts');
  const engine = await PostgresEngine.open({ url: config.database, schema }, config);
  return { engine, preparation: postgresPreparation };
}
