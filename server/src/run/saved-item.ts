// What the answer to a save tells of one entity: its values, or why it was not saved (spec 06 §§ 1.3, 2).
import { KeystampError } from '../errors.ts';
import { callIfAny } from '../orm/current-call.ts';
import { refused, saveLine, SaveError, type SaveStatus } from '../orm/save-error.ts';
import type { Columns } from '../query/columns.ts';
import type { Key } from '../query/selection.ts';
import type { Change } from '../store/change.ts';
import type { Row, Transaction } from '../store/engine.ts';
import { alsoSeeing } from '../store/restricted.ts';
import { entityStatement } from '../store/sql/select.ts';
import { withCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import type { SavedItem } from './outcome.ts';

/**
 * The text of an entity that was written in the transaction. What code of its calculated attributes throws fails this save
 * alone: whoever is not told of the others would save them again.
 * @throws SaveError 1562, 1585, and the errors that code has left waiting
 */
export async function savedText(
  columns: Columns,
  { dataClass, key: given }: Change,
  key: Key,
  tx: Transaction,
  visit: Visit,
): Promise<string> {
  const { dialect } = visit.services.engine;
  const row = (await tx.row(alsoSeeing(entityStatement(columns, key, 'saved', dialect), dataClass, key))) as Row;
  const { waiting, seen } = waitingErrors();
  const outer = saveLine(dataClass, given);
  try {
    const text = await withCalculated(row['json'] as string, columns, visit);
    const [first] = waiting.splice(seen);
    if (first) throw new KeystampError(500, [{ http: 500, event: first }]);
    return text;
  } catch (error) {
    if (!(error instanceof KeystampError)) throw error;
    waiting.splice(seen);
    throw refused(error.status, 4, [...error.entries, outer], error);
  }
}

/**
 * The text of an entity as it is stored, which an answer shows beside an error: calculated values that cannot be worked out
 * are left out of it.
 */
export async function storedText(columns: Columns, key: Key, visit: Visit): Promise<string | undefined> {
  const { engine } = visit.services;
  engine.refresh();
  const row = await engine.row(entityStatement(columns, key, 'saved', engine.dialect));
  if (!row) return undefined;
  const { waiting, seen } = waitingErrors();
  const text = await withCalculated(row['json'] as string, columns, visit, 'lenient');
  waiting.splice(seen);
  return text;
}

/** Errors of code that wait for the end of the call, and how many there are by now. */
function waitingErrors() {
  const waiting = callIfAny()?.state.deferred ?? [];
  return { waiting, seen: waiting.length };
}

/** @param json the entity as far as it may be shown */
export const failedItem = (error: KeystampError, key: Key | undefined, json: string | undefined): SavedItem => ({
  kind: 'failed',
  error,
  status: error instanceof SaveError ? error.saveStatus : statusOf(error),
  ...(json !== undefined && { json }),
  ...(key && { key }),
});

function statusOf({ status, entries }: KeystampError): SaveStatus {
  if (status === 401) return 1;
  return entries.some((entry) => 'code' in entry && entry.code === 1542) ? 5 : 4;
}
