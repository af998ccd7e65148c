// Triggers on tables that other programs write too: their writes move stamps, numbers of changes and versions as
// Keystamp's own do.
import type { DataClassDef } from '../../model/model.ts';
import { deletedRecordsDefinition } from '../../model/tracking.ts';
import { globalStampColumn } from '../global-stamps.ts';
import { baseColumn, globalStampTable, literal, stampColumn, timestampColumn, tombstoneTable } from '../sql/columns.ts';
import { keyTextOf, printedKeyOf } from '../sql/side-stamps.ts';
import { ident, raw, sql, type Sql } from '../sql/sql.ts';
import { buriedVersion, releaseStatements, unlockStatement } from '../sql/trigger-parts.ts';
import { postgresKeyTexts as texts } from './key-texts.ts';

const now = `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const deletedTable = ident(deletedRecordsDefinition.table as string).text;
const [stamp, timestamp, base, number] = [stampColumn, timestampColumn, baseColumn, globalStampColumn].map((name) => ident(name).text) as [string, string, string, string]; // oxfmt-ignore

/** What makes the triggers of a shared table anew, or takes them away from one that is not shared. */
export function triggerStatements(dataClass: DataClassDef): readonly Sql[] {
  const table = ident(dataClass.base);
  const names = ['change', 'delete', 'truncate'].map((kind) => ident(`keystamp_${kind} ${dataClass.base}`));
  const [change, remove, empty] = names as [Sql, Sql, Sql];
  // Its triggers go with a function.
  const drop = names.map((name) => sql`DROP FUNCTION IF EXISTS ${name}() CASCADE`);
  if (!dataClass.shared) return drop;
  const body = (name: Sql, text: string): Sql =>
    sql`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS ${literal(`BEGIN ${text} END`)}`;
  return [
    ...drop,
    body(change, changed(dataClass)),
    body(remove, removed(dataClass)),
    body(empty, emptied(dataClass)),
    sql`CREATE TRIGGER ${change} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${change}()`,
    sql`CREATE TRIGGER ${remove} AFTER DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${remove}()`,
    sql`CREATE TRIGGER ${empty} BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${empty}()`,
  ];
}

/** Keystamp's own inserts bring a time, its own updates count the stamp on. */
function changed(dataClass: DataClassDef): string {
  const name = literal(dataClass.name).text;
  const buried = buriedVersion(dataClass, texts).text;
  const tracked = dataClass.tracking === 'changes';
  const take = tracked
    ? `UPDATE ${globalStampTable.text} SET value = value + 1 RETURNING value - 1 INTO NEW.${number};`
    : '';
  const back = tracked
    ? `DELETE FROM ${deletedTable} WHERE table_name = ${name} AND primary_key = ${printedKeyOf(dataClass, raw('NEW'), texts).text};`
    : '';
  // Columns that the database works out are null here; they change with those that they come from.
  const differs = dataClass.storage
    .filter(({ column }) => column !== globalStampColumn)
    .map(({ column, readOnly, stored }) => {
      const name = ident(column).text;
      // Nothing says whether two values of the type json are equal.
      const held = (row: string): string =>
        stored?.form === 'json' ? `CAST(${row}.${name} AS text)` : `${row}.${name}`;
      const other = `${held('NEW')} IS DISTINCT FROM ${held('OLD')}`;
      return readOnly ? `(${other} AND NEW.${name} IS NOT NULL)` : other;
    })
    .join(' OR ');
  const rekeyed = dataClass.key
    .map(({ column }) => `NEW.${ident(column).text} IS DISTINCT FROM OLD.${ident(column).text}`)
    .join(' OR ');
  return `
IF TG_OP = 'INSERT' THEN
  IF NEW.${timestamp} = '1970-01-01T00:00:00.000Z' THEN
    NEW.${timestamp} := ${now}; NEW.${base} := ${buried}; ${take} ${back}
  END IF;
ELSIF NEW.${stamp} = OLD.${stamp} AND (${differs}) THEN
  IF ${rekeyed} THEN ${farewell(dataClass)} NEW.${base} := greatest(OLD.${base}, ${buried}); ${back} END IF;
  NEW.${stamp} := OLD.${stamp} + 1; NEW.${timestamp} := ${now}; ${take}
END IF;
RETURN NEW;`;
}

/** Keystamp turns the stamp of what it is about to delete round, and does all this itself. */
const removed = (dataClass: DataClassDef): string =>
  `IF OLD.${stamp} > 0 THEN ${released(dataClass)} END IF; RETURN OLD;`;

/** `TRUNCATE` runs no trigger for a row. */
const emptied = (dataClass: DataClassDef): string =>
  `DECLARE OLD record; BEGIN FOR OLD IN SELECT * FROM ${ident(dataClass.base).text} LOOP ${released(dataClass)} END LOOP; END; RETURN NULL;`;

/** The bytes of the row OLD go, and it is remembered. */
const released = (dataClass: DataClassDef): string =>
  [...releaseStatements(dataClass).map(({ text }) => `${text};`), farewell(dataClass)].join(' ');

/** What is remembered of the entity that had the old key. */
function farewell(dataClass: DataClassDef): string {
  const keyText = keyTextOf(dataClass, raw('OLD'), texts).text;
  const name = literal(dataClass.name).text;
  const bury = `INSERT INTO ${tombstoneTable.text} AS t (dataclass, key, version, timestamp) VALUES (${name}, ${keyText}, OLD.${base} + OLD.${stamp}, ${now}) ON CONFLICT (dataclass, key) DO UPDATE SET version = greatest(t.version, excluded.version), timestamp = excluded.timestamp;`;
  const unlock = `${unlockStatement(dataClass, texts).text};`;
  if (dataClass.tracking !== 'changes') return `${bury} ${unlock}`;
  return `${bury} ${unlock} INSERT INTO ${deletedTable} (stamp, primary_key, table_number, table_name, ${timestamp}) SELECT value, ${printedKeyOf(dataClass, raw('OLD'), texts).text}, ${dataClass.tableNumber}, ${name}, ${now} FROM ${globalStampTable.text} FOR UPDATE; UPDATE ${globalStampTable.text} SET value = value + 1;`;
}
