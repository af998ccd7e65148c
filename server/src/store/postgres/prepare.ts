// What a PostgreSQL database needs before its tables: one process at a time prepares it, and the functions are there.
import type { Executor, Transaction } from '../engine.ts';
import { recalledStatement, rememberStatement } from '../sql/meta.ts';
import { raw, sql } from '../sql/sql.ts';
import type { Preparation } from '../prepare.ts';
import { introspect, postgresSchema } from './schema.ts';
import { tellingStatements, tellsStatement } from './listener.ts';
import { functionsRevision, functionStatements } from './functions.ts';

/** What `prepareDatabase` needs. */
export const postgresPreparation: Preparation = {
  schema: postgresSchema,
  introspect,
  begin: beginPreparation,
  functions: prepareFunctions,
};

/** Any number, always the same. */
const lockNumber = 5_202_511_261;
const revisionName = 'functions';

/** Waits until no other process prepares the same database. */
async function beginPreparation(tx: Transaction): Promise<void> {
  await tx.row(sql`SELECT pg_advisory_xact_lock(${lockNumber}) IS NULL AS done`);
}

/** Makes the functions, unless they are there as they should be. Indexes that hold what they gave are made anew. */
async function prepareFunctions(tx: Transaction & Executor): Promise<void> {
  const normal = await normalizes(tx);
  const revision = functionsRevision(normal);
  const known = await tx.row(recalledStatement(revisionName));
  if (known?.['value'] === revision) return;
  for (const statement of functionStatements(normal)) await tx.run(statement);
  if (await tells(tx)) for (const statement of tellingStatements()) await tx.run(statement);
  if (known) {
    const held = await tx.rows(
      sql`SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE '%keystamp_fold%'`,
    );
    for (const row of held) await tx.run(raw(`REINDEX INDEX "${String(row['name']).replaceAll('"', '""')}"`));
  }
  await tx.run(rememberStatement(revisionName, revision));
}

/** Whether processes can tell each other of changes; databases that speak PostgreSQL's language may not know how. */
const tells = (tx: Transaction): Promise<boolean> =>
  tx
    .attempt(() => tx.row(tellsStatement()))
    .then(
      () => true,
      () => false,
    );

/** PostgreSQL has it from version 13 on; databases that speak its language may not. */
async function normalizes(tx: Transaction): Promise<boolean> {
  return (await tx.row(sql`SELECT 1 AS found FROM pg_proc WHERE proname = 'normalize'`)) !== undefined;
}
