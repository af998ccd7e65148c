// Triggers on tables that other programs write too: their writes move stamps, numbers of changes and versions as
// Keystamp's own do. They use nothing that only Keystamp's connections have.
import type { DataClassDef } from '../../model/model.ts';
import { deletedRecordsDefinition } from '../../model/tracking.ts';
import { globalStampColumn } from '../global-stamps.ts';
import { baseColumn, globalStampTable, literal, stampColumn, timestampColumn, tombstoneTable } from '../sql/columns.ts';
import { keyTextOf, printedKeyOf } from '../sql/side-stamps.ts';
import { ident, join, raw, sql, type Sql } from '../sql/sql.ts';
import { buriedVersion, releaseStatements, unlockStatement } from '../sql/trigger-parts.ts';
import { sqliteKeyTexts as texts } from './key-texts.ts';

const now = raw("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
const deletedTable = ident(deletedRecordsDefinition.table as string);

const kinds = ['insert', 'update', 'delete', 'replace'] as const;
type Kind = (typeof kinds)[number];
const triggerName = ({ base }: DataClassDef, kind: Kind): Sql => ident(`keystamp_${kind} ${base}`);

/** What makes the triggers of a shared table anew, or takes them away from one that is not shared. */
export function triggerStatements(dataClass: DataClassDef): readonly Sql[] {
  const drop = kinds.map((kind) => sql`DROP TRIGGER IF EXISTS ${triggerName(dataClass, kind)}`);
  if (!dataClass.shared) return drop;
  const made = [insertTrigger, updateTrigger, deleteTrigger, replaceTrigger].map((make) => make(dataClass));
  return [...drop, ...made];
}

/** When the triggers run. */
const moments = {
  insert: raw('AFTER INSERT'),
  update: raw('AFTER UPDATE'),
  delete: raw('AFTER DELETE'),
  replace: raw('BEFORE INSERT'),
} as const satisfies Record<Kind, Sql>;

const trigger = (dataClass: DataClassDef, kind: Kind, when: Sql, body: readonly Sql[]): Sql =>
  sql`CREATE TRIGGER ${triggerName(dataClass, kind)} ${moments[kind]} ON ${ident(dataClass.base)} WHEN ${when} BEGIN ${join(body, '; ')}; END`;

const sameKey = ({ key }: DataClassDef, row: string): Sql =>
  join(
    key.map((part) => sql`${ident(part.column)} = ${raw(row)}.${ident(part.column)}`),
    ' AND ',
  );

/** The next number of changes, where they are numbered. */
const numbered = ({ tracking }: DataClassDef): readonly Sql[] =>
  tracking === 'changes' ? [sql`${ident(globalStampColumn)} = (SELECT value FROM ${globalStampTable})`] : [];
const countOn = ({ tracking }: DataClassDef): readonly Sql[] =>
  tracking === 'changes' ? [sql`UPDATE ${globalStampTable} SET value = value + 1`] : [];

const set = (dataClass: DataClassDef, row: string, assignments: readonly Sql[]): Sql =>
  sql`UPDATE ${ident(dataClass.base)} SET ${join([...assignments, ...numbered(dataClass)], ', ')} WHERE ${sameKey(dataClass, row)}`;

/** Keystamp's own inserts bring a time. */
function insertTrigger(dataClass: DataClassDef): Sql {
  const buried = buriedVersion(dataClass, texts);
  return trigger(dataClass, 'insert', sql`NEW.${ident(timestampColumn)} = '1970-01-01T00:00:00.000Z'`, [
    set(dataClass, 'NEW', [sql`${ident(timestampColumn)} = ${now}`, sql`${ident(baseColumn)} = ${buried}`]),
    ...countOn(dataClass),
    ...returned(dataClass, raw('TRUE')),
  ]);
}

/** It is gone no longer. */
const returned = (dataClass: DataClassDef, when: Sql): readonly Sql[] =>
  dataClass.tracking === 'changes'
    ? [
        sql`DELETE FROM ${deletedTable} WHERE table_name = ${literal(dataClass.name)} AND primary_key = ${printedKeyOf(dataClass, raw('NEW'), texts)} AND (${when})`,
      ]
    : [];

/** Keystamp's own updates count the stamp on. */
function updateTrigger(dataClass: DataClassDef): Sql {
  const changed = dataClass.storage
    .filter(({ column: name }) => name !== globalStampColumn)
    .map(({ column: name }) => sql`NEW.${ident(name)} IS NOT OLD.${ident(name)}`);
  const stamp = ident(stampColumn);
  const when = sql`NEW.${stamp} IS OLD.${stamp} AND (${join(changed, ' OR ')})`;
  const rekeyed = sql`NOT (${sameKeyAs(dataClass)})`;
  // Under its new key there may have been another one.
  const base = sql`CASE WHEN ${rekeyed} THEN max(OLD.${ident(baseColumn)}, ${buriedVersion(dataClass, texts)}) ELSE OLD.${ident(baseColumn)} END`;
  return trigger(dataClass, 'update', when, [
    set(dataClass, 'NEW', [
      sql`${stamp} = OLD.${stamp} + 1`,
      sql`${ident(timestampColumn)} = ${now}`,
      sql`${ident(baseColumn)} = ${base}`,
    ]),
    ...countOn(dataClass),
    ...returned(dataClass, rekeyed),
    ...farewell(dataClass, rekeyed),
  ]);
}

const sameKeyAs = ({ key }: DataClassDef): Sql =>
  join(
    key.map((part) => sql`NEW.${ident(part.column)} IS OLD.${ident(part.column)}`),
    ' AND ',
  );

/** Keystamp turns the stamp of what it is about to delete round, and does all this itself. */
function deleteTrigger(dataClass: DataClassDef): Sql {
  const stamp = ident(stampColumn);
  return trigger(dataClass, 'delete', sql`OLD.${stamp} > 0`, [
    ...releaseStatements(dataClass),
    ...farewell(dataClass, raw('TRUE')),
  ]);
}

/** `REPLACE` takes away what had the key and runs no trigger for it: the versions are remembered before. */
function replaceTrigger(dataClass: DataClassDef): Sql {
  const [key, name] = [keyTextOf(dataClass, raw('NEW'), texts), literal(dataClass.name)];
  const there = sql`${ident(dataClass.base)} WHERE ${sameKey(dataClass, 'NEW')}`;
  const version = sql`${ident(baseColumn)} + ${ident(stampColumn)}`;
  return trigger(dataClass, 'replace', sql`EXISTS (SELECT 1 FROM ${there})`, [
    sql`INSERT INTO ${tombstoneTable} (dataclass, key, version, timestamp) SELECT ${name}, ${key}, ${version}, ${now} FROM ${there} ${raiseVersion}`,
  ]);
}

const raiseVersion = raw(
  'ON CONFLICT (dataclass, key) DO UPDATE SET version = max(version, excluded.version), timestamp = excluded.timestamp',
);

/** What is remembered of the entity that had the old key. */
function farewell(dataClass: DataClassDef, when: Sql): readonly Sql[] {
  const key = keyTextOf(dataClass, raw('OLD'), texts);
  const name = literal(dataClass.name);
  const version = sql`OLD.${ident(baseColumn)} + OLD.${ident(stampColumn)}`;
  const bury = sql`INSERT INTO ${tombstoneTable} (dataclass, key, version, timestamp) SELECT ${name}, ${key}, ${version}, ${now} WHERE ${when} ${raiseVersion}`;
  const unlock = sql`${unlockStatement(dataClass, texts)} AND (${when})`;
  if (dataClass.tracking !== 'changes') return [bury, unlock];
  const record = sql`INSERT INTO ${deletedTable} (stamp, primary_key, table_number, table_name, ${ident(timestampColumn)}) SELECT value, ${printedKeyOf(dataClass, raw('OLD'), texts)}, ${raw(String(dataClass.tableNumber))}, ${name}, ${now} FROM ${globalStampTable} WHERE ${when}`;
  return [bury, unlock, record, sql`UPDATE ${globalStampTable} SET value = value + 1 WHERE ${when}`];
}
