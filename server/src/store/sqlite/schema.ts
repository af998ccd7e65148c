// Table definitions the SQLite way, and what an existing file holds.
import type { StorageDef, StorageType } from '../../model/model.ts';
import type { Executor } from '../engine.ts';
import { attributeTable } from '../sql/columns.ts';
import type { ExistingSchema, ExistingTable } from '../sql/existing-schema.ts';
import type { SchemaDialect } from '../sql/schema.ts';
import { ident, raw, sql, type Sql } from '../sql/sql.ts';
import { sqliteKeyTexts } from './key-texts.ts';
import { triggerStatements } from './triggers.ts';
import { sqliteDialect } from './dialect.ts';

const columnTypes = {
  string: 'TEXT',
  text: 'TEXT',
  uuid: 'TEXT',
  bool: 'INTEGER',
  byte: 'INTEGER',
  word: 'INTEGER',
  long: 'INTEGER',
  long64: 'INTEGER',
  number: 'REAL',
  duration: 'INTEGER',
  date: 'INTEGER',
  object: 'TEXT',
  image: 'BLOB',
  blob: 'BLOB',
} as const satisfies Record<StorageType, string>;

export const sqliteSchema: SchemaDialect = {
  keyTexts: sqliteKeyTexts,
  triggers: triggerStatements,
  columnType: (type, simpleDate): Sql => raw(type === 'date' && simpleDate ? 'TEXT' : columnTypes[type]),
  hasTypes: false,
  integer: raw('INTEGER'),
  text: raw('TEXT'),
  bytes: raw('BLOB'),
  // AUTOINCREMENT: a number is never used twice, not even after the last entity was deleted (spec 15 § 4).
  autosequence: (name) => sql`${name} INTEGER PRIMARY KEY AUTOINCREMENT`,
  indexed: (attribute: StorageDef): Sql =>
    attribute.type === 'string' || attribute.type === 'text'
      ? sqliteDialect.fold(ident(attribute.column))
      : ident(attribute.column),
  sorted: (indexed) => indexed,
  widened: () => [],
};

/** Reads tables, columns and remembered types from the file. */
export async function introspect(executor: Executor): Promise<ExistingSchema> {
  const tables = new Map<string, ExistingTable>();
  const found = await executor.rows(
    sql`SELECT m.name AS name, x.name AS col, x.pk AS pk FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS x WHERE m.type = 'table'`,
  );
  for (const row of found) {
    const name = String(row['name']).toLowerCase();
    const column = String(row['col']).toLowerCase();
    const known = tables.get(name);
    tables.set(name, {
      columns: new Set(known?.columns).add(column),
      key: Number(row['pk']) > 0 ? new Set(known?.key).add(column) : (known?.key ?? new Set()),
    });
  }
  const remembered = await executor.rows(sql`SELECT name, type FROM ${attributeTable}`);
  const indexes = await executor.rows(sql`SELECT name FROM sqlite_schema WHERE type = 'index'`);
  return {
    stored: (name) => name.toLowerCase(),
    names: [...tables.keys()],
    indexes: new Set(indexes.map((row) => String(row['name']).toLowerCase())),
    table: (name) => tables.get(name.toLowerCase()),
    attributes: new Map(remembered.map((row) => [String(row['name']), String(row['type'])])),
  };
}
