// The one door through which code reads entities and keys: with the privileges of its call, in its open transaction or as
// last committed. All of it throws 1557 without the permission to read the class.
import type { DataClassDef, StorageDef, Value } from '../model/model.ts';
import { packKeys, type KeyList } from '../query/key-list.ts';
import { printKey } from '../query/print-key.ts';
import type { Key, Selection, Window } from '../query/selection.ts';
import type { Executor, Row, Transaction } from '../store/engine.ts';
import { alsoSeeing } from '../store/restricted.ts';
import type { SqlDialect } from '../store/sql/dialect.ts';
import {
  entityAtStatement,
  entityRowsStatement,
  entityRowStatement,
  foreignKeysStatement,
  keyOfRow,
  storedEntity,
  type StoredEntity,
} from '../store/sql/entity-row.ts';
import { countStatement, keysStatement } from '../store/sql/select.ts';
import type { Sql } from '../store/sql/sql.ts';
import { checkDataClass } from '../session/refusal.ts';
import type { CallContext } from './call-context.ts';
import { packable, type Members } from './members.ts';

/** @throws KeystampError 1557 when the call may not read entities of the class */
export function checkRead({ checks, access }: CallContext, { name }: DataClassDef): void {
  if (checks) checkDataClass(access, 'read', name);
}

/** Where the call reads entities of the class. */
function readerOf(call: CallContext, dataClass: DataClassDef): Executor {
  checkRead(call, dataClass);
  return call.executor;
}

/** The entity of that key, nothing when there is none. */
export async function readEntity(
  call: CallContext,
  dataClass: DataClassDef,
  key: Key,
): Promise<StoredEntity | undefined> {
  const executor = readerOf(call, dataClass);
  const { services } = call;
  const row = await executor.row(entityRowStatement(dataClass, key, services.engine.dialect));
  return row && storedEntity(dataClass, row);
}

/** The entities of these keys, in their order; nothing where there is none. */
export async function readEntities(
  call: CallContext,
  dataClass: DataClassDef,
  keys: readonly Key[],
): Promise<readonly (StoredEntity | undefined)[]> {
  if (keys.length === 0) return [];
  const executor = readerOf(call, dataClass);
  const { services } = call;
  const found = new Map<string, StoredEntity>();
  for (const row of await executor.rows(entityRowsStatement(dataClass, keys, services.engine.dialect))) {
    const stored = storedEntity(dataClass, row);
    found.set(keyText(stored.key), stored);
  }
  return keys.map((key) => found.get(keyText(key)));
}

const keyText = (key: Key): string => printKey(key.map(packable));

/** The entity at a position of a selection. */
export async function readEntityAt(
  call: CallContext,
  selection: Selection,
  position: number,
): Promise<StoredEntity | undefined> {
  const executor = readerOf(call, selection.dataClass);
  const { services } = call;
  const row = await executor.row(entityAtStatement(selection, position, services.engine.dialect));
  return row && storedEntity(selection.dataClass, row);
}

/** The keys of a selection in its order. */
export async function readMembers(call: CallContext, selection: Selection, window?: Window): Promise<Members> {
  const { dataClass } = selection;
  const executor = readerOf(call, dataClass);
  const statement = keysStatement(selection, call.services.engine.dialect, window);
  if (dataClass.key.length === 1) return { kind: 'packed', list: await readKeys(call, statement) };
  const rows = await executor.rows(statement);
  return { kind: 'composite', keys: rows.map((row) => keyOfRow(dataClass, row)) };
}

/** The distinct keys that a foreign key of the selected entities holds. */
export async function readForeignKeys(
  call: CallContext,
  selection: Selection,
  foreignKey: StorageDef,
): Promise<KeyList> {
  readerOf(call, selection.dataClass);
  return readKeys(call, foreignKeysStatement(selection, foreignKey, call.services.engine.dialect));
}

/** How many entities a selection holds. */
export async function readCount(call: CallContext, selection: Selection): Promise<number> {
  const executor = readerOf(call, selection.dataClass);
  const { engine } = call.services;
  const statement = countStatement(selection.dataClass, selection.predicate, engine.dialect);
  return executor === engine ? engine.total(statement) : Number((await executor.row(statement))?.['total']);
}

/**
 * The entity as its save left it. A save may take it out of what its saver may see; it is still shown once (spec 15 § 9.4).
 * @param tx the transaction of the save
 */
export async function readSaved(
  tx: Transaction,
  dataClass: DataClassDef,
  key: Key,
  dialect: SqlDialect,
): Promise<StoredEntity> {
  const statement = alsoSeeing(entityRowStatement(dataClass, key, dialect), dataClass, key);
  return storedEntity(dataClass, (await tx.row(statement)) as Row);
}

/** What a statement about entities of the class finds that gives one row, see store/sql/aggregate.ts. */
export async function readRow(call: CallContext, dataClass: DataClassDef, statement: Sql): Promise<Row | undefined> {
  return readerOf(call, dataClass).row(statement);
}

async function readKeys({ executor, services: { engine } }: CallContext, statement: Sql): Promise<KeyList> {
  if (executor === engine) return engine.keys(statement);
  const rows = await executor.rows(statement);
  return packKeys(rows.map((row) => packable(Object.values(row)[0] as Value)));
}
