// Brings a database up to the model: makes or extends the tables, or says why not.
import { randomBytes } from 'node:crypto';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import { DuplicateError, type Engine, type Transaction } from './engine.ts';
import { prepareTracking } from './global-stamps.ts';
import { rememberOnceStatement, uniqueIdName } from './sql/meta.ts';
import { fillWordIndex, missingWordTables } from './sql/word-index.ts';
import { outdatedTables, rememberingTables, schemaChanges, systemTables, type SchemaDialect } from './sql/schema.ts';
import type { ExistingSchema } from './sql/existing-schema.ts';
import type { Executor } from './engine.ts';

/** What an engine adds to prepare its tables. */
export interface Preparation {
  readonly schema: SchemaDialect;
  readonly introspect: (executor: Executor) => Promise<ExistingSchema>;
  /** First of all, so that no other process prepares the same database at this time. */
  readonly begin?: (transaction: Transaction) => Promise<void>;
  /** What tables need, once those that belong to no class are there. */
  readonly functions?: (transaction: Transaction) => Promise<void>;
}

/**
 * All changes in one transaction, or none.
 * @throws ModelError with every change that would lose data and what to do about it
 */
export async function prepareDatabase(engine: Engine, model: Model, preparation: Preparation): Promise<void> {
  await engine.write(async (transaction) => {
    await preparation.begin?.(transaction);
    for (const statement of rememberingTables(preparation.schema)) await transaction.run(statement);
    const found = await preparation.introspect(transaction);
    const outdated = outdatedTables(found);
    for (const statement of outdated) await transaction.run(statement);
    for (const statement of systemTables(preparation.schema)) await transaction.run(statement);
    await preparation.functions?.(transaction);
    await transaction.run(rememberOnceStatement(uniqueIdName, randomId()));
    // Nothing of the classes has changed meanwhile; to look again takes longer than most of this.
    const existing = outdated.length > 0 ? await preparation.introspect(transaction) : found;
    const { statements, faults } = schemaChanges(model, existing, preparation.schema);
    if (faults.length > 0) throw new ModelError(faults);
    for (const statement of statements) {
      try {
        await transaction.run(statement);
      } catch (error) {
        if (!(error instanceof DuplicateError)) throw error;
        throw new ModelError([
          `${error.where}: is unique in the model, but the database holds equal values; make them different or drop unique.`,
        ]);
      }
    }
    await prepareTracking(transaction, model);
    for (const attribute of missingWordTables(existing, model))
      await fillWordIndex(transaction, attribute, engine.dialect);
  });
  engine.refresh();
}

/** Names the database for clients that must notice when it is another one (spec 02 § 2). */
const randomId = (): string => randomBytes(16).toString('hex').toUpperCase();
