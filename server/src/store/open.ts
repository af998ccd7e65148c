// The list of engines: which one serves a database.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../model/model.ts';
import type { Engine } from './engine.ts';
import { prepareDatabase } from './prepare.ts';
import { SqliteEngine } from './sqlite/engine.ts';
import type { LaneLimits } from './sqlite/slow-lane.ts';
import { introspect, sqliteSchema } from './sqlite/schema.ts';

const fileName = 'keystamp.db';

/** Whether the data folder holds a database. */
export const hasDatabase = (dataFolder: string): boolean => existsSync(join(dataFolder, fileName));

/**
 * Opens the embedded database in the data folder and brings it up to the model.
 * @param limits of long queries; absent: the defaults
 * @throws ModelError when that would lose data
 */
export async function openEngine(dataFolder: string, model: Model, limits?: LaneLimits): Promise<Engine> {
  mkdirSync(dataFolder, { recursive: true });
  const engine = new SqliteEngine(join(dataFolder, fileName), limits);
  try {
    await prepareDatabase(engine, model, { schema: sqliteSchema, introspect });
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}
