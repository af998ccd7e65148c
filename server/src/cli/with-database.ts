// Commands that work on the data of a model, beside a server or without one.
import { Option, type Command } from 'commander';
import { readConfig, settings, type Config } from '../config.ts';
import type { Model } from '../model/model.ts';
import type { Engine } from '../store/engine.ts';
import { embeddedFile, hasDatastore, openEngine, type EngineConfig } from '../store/open.ts';
import { loadModel } from './load-model.ts';

export interface DatabaseFlags {
  readonly model: string;
  readonly data?: string;
  readonly database?: string;
  readonly schema?: string;
}

/** The options that say which data is meant. */
export const whichDatabase = (command: Command): Command =>
  command
    .addOption(new Option('--model <path>', 'folder or file of the model').default('.'))
    .option('--data <folder>', `${settings.data.meaning} (default: "${settings.data.default}")`)
    .option('--database <url>', settings.database.meaning)
    .option(
      '--schema <name>',
      'PostgreSQL: where the tables are; models that are served together have each one of their name',
    );

/** The settings in force for a command. */
export const configOf = ({ data, database, schema }: DatabaseFlags): Config & EngineConfig => ({
  ...readConfig({ ...(data !== undefined && { data }), ...(database !== undefined && { database }) }, process.env),
  ...(schema !== undefined && { schema }),
});

/** Where the data is, for messages; the URL of a server may hold a password. */
export const placeOf = (config: Config): string =>
  embeddedFile(config) === undefined ? 'the database server' : config.data;

/** What the steps of long work are called. */
export const stepNames = { copy: 'Copying', rows: 'Reading rows', bytes: 'Reading bytes', write: 'Writing' } as const;

/**
 * The model and the settings of data that is there.
 * @param accept may refuse the model
 * @throws Error when there is no database: a command that looks after data makes none
 */
export async function dataOf(
  flags: DatabaseFlags,
  accept: (model: Model) => void = () => {},
): Promise<Pick<OpenData, 'model' | 'config'>> {
  const config = configOf(flags);
  const { model } = await loadModel(flags.model);
  accept(model);
  if (!(await hasDatastore(config))) throw new Error(`${placeOf(config)}: there is no datastore`);
  return { model, config };
}

export interface OpenData {
  readonly engine: Engine;
  readonly model: Model;
  readonly config: Config & EngineConfig;
}

/**
 * Opens data that is there, for as long as `work` takes.
 * @param accept may refuse the model before the database is brought up to it
 * @throws Error as `dataOf`
 */
export async function withDatabase<T>(
  flags: DatabaseFlags,
  work: (open: OpenData) => Promise<T>,
  accept: (model: Model) => void = () => {},
): Promise<T> {
  const { config, model } = await dataOf(flags, accept);
  const engine = await openEngine(config, model);
  try {
    return await work({ engine, model, config });
  } finally {
    await engine.close();
  }
}

/** A whole number from the command line. */
export const wholeNumber =
  (name: string) =>
  (text: string): number => {
    if (!/^\d{1,15}$/.test(text)) throw new Error(`${name} ${text}: a whole number is expected`);
    return Number(text);
  };
