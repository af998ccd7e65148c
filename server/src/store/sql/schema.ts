// The tables a model needs, and the statements that make or extend them. Nothing here ever drops a column.
import { isMedia, type DataClassDef, type Model, type StorageDef, type StorageType } from '../../model/model.ts';
import { globalStampName } from '../../model/tracking.ts';
import {
  apiKeyTable,
  attributeTable,
  baseColumn,
  contentPartTable,
  contentTable,
  entitySetPartTable,
  entitySetTable,
  globalStampTable,
  lockTable,
  loginAttemptTable,
  mediaColumns,
  mediaType,
  metaTable,
  secretTable,
  sessionTable,
  sideTable,
  stampColumn,
  timestampColumn,
  tombstoneTable,
  uploadTable,
} from './columns.ts';
import type { ExistingSchema, ExistingTable } from './existing-schema.ts';
import { attributeName, rememberedType, schemaFaults } from './schema-faults.ts';
import { dropWordTable, missingWordTables, staleWordTables, wordTableStatements } from './word-index.ts';
import { viewStatements, type KeyTexts } from './side-stamps.ts';
import { ident, join, raw, sql, type Sql } from './sql.ts';

/** What engines write differently in table definitions. */
export interface SchemaDialect {
  readonly columnType: (type: StorageType, simpleDate: boolean) => Sql;
  /** Whether columns have types that other programs make them with. */
  readonly hasTypes: boolean;
  readonly integer: Sql;
  readonly text: Sql;
  readonly bytes: Sql;
  /** The whole definition of a key column that numbers itself. */
  readonly autosequence: (name: Sql, attribute: StorageDef) => Sql;
  /** What an index on the attribute indexes, so that comparisons of query/ use it. */
  readonly indexed: (attribute: StorageDef) => Sql;
  /** An indexed value so that orders of query/ use the index. */
  readonly sorted: (indexed: Sql) => Sql;
  /** Gives a column the wider type that its attribute has now, where columns have types. */
  readonly widened: (attribute: StorageDef) => readonly Sql[];
  /** See `tombstoneKey`. */
  readonly keyTexts: KeyTexts;
  /** What makes the triggers of a table that other programs write too, or takes them away. */
  readonly triggers: (dataClass: DataClassDef) => readonly Sql[];
}

/** What the database is and was made with; introspection reads it. */
export const rememberingTables = ({ text }: SchemaDialect): readonly Sql[] => [
  sql`CREATE TABLE IF NOT EXISTS ${metaTable} (name ${text} PRIMARY KEY, value ${text} NOT NULL)`,
  sql`CREATE TABLE IF NOT EXISTS ${attributeTable} (name ${text} PRIMARY KEY, type ${text} NOT NULL)`,
];

/** The other tables that belong to no class. */
export function systemTables(d: SchemaDialect): readonly Sql[] {
  const { integer, text, bytes } = d;
  return [
    sql`CREATE TABLE IF NOT EXISTS ${globalStampTable} (id ${integer} PRIMARY KEY, value ${integer} NOT NULL, pruned ${integer} NOT NULL)`,
    sql`CREATE TABLE IF NOT EXISTS ${sideTable} (dataclass ${text} NOT NULL, key ${text} NOT NULL, stamp ${integer} NOT NULL, timestamp ${text} NOT NULL, PRIMARY KEY (dataclass, key))`,
    sql`CREATE TABLE IF NOT EXISTS ${contentTable} (hash ${bytes} PRIMARY KEY, size ${integer} NOT NULL, mediatype ${text} NOT NULL, width ${integer}, height ${integer}, alpha ${integer}, few_colours ${integer}, pages ${integer}, thumbhash ${text}, refs ${integer} NOT NULL)`,
    sql`CREATE TABLE IF NOT EXISTS ${contentPartTable} (hash ${bytes} NOT NULL, part ${integer} NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (hash, part))`,
    sql`CREATE TABLE IF NOT EXISTS ${tombstoneTable} (dataclass ${text} NOT NULL, key ${text} NOT NULL, version ${integer} NOT NULL, timestamp ${text} NOT NULL, PRIMARY KEY (dataclass, key))`,
    sql`CREATE TABLE IF NOT EXISTS ${uploadTable} (id ${text} PRIMARY KEY, session ${text} NOT NULL, kind ${text} NOT NULL, mediatype ${text} NOT NULL, hash ${bytes} NOT NULL, size ${integer} NOT NULL, expires ${integer} NOT NULL)`,
    systemIndex(uploadTable, 'session'),
    systemIndex(uploadTable, 'expires'),
    sql`CREATE TABLE IF NOT EXISTS ${sessionTable} (id ${text} PRIMARY KEY, kind ${text} NOT NULL, identity ${text}, storage ${text} NOT NULL, idle ${integer} NOT NULL, created ${integer} NOT NULL, expires ${integer} NOT NULL)`,
    systemIndex(sessionTable, 'expires'),
    systemIndex(sessionTable, 'kind', 'expires'),
    sql`CREATE TABLE IF NOT EXISTS ${secretTable} (hash ${text} PRIMARY KEY, session ${text} NOT NULL, once ${integer})`,
    systemIndex(secretTable, 'session'),
    systemIndex(secretTable, 'once'),
    sql`CREATE TABLE IF NOT EXISTS ${loginAttemptTable} (address ${text} PRIMARY KEY, failed ${text} NOT NULL, running ${text} NOT NULL, expires ${integer} NOT NULL)`,
    systemIndex(loginAttemptTable, 'expires'),
    sql`CREATE TABLE IF NOT EXISTS ${apiKeyTable} (id ${text} PRIMARY KEY, hash ${text} NOT NULL UNIQUE, type ${text} NOT NULL, role ${text}, description ${text} NOT NULL, created ${integer} NOT NULL, expires ${integer} NOT NULL, hosts ${text} NOT NULL)`,
    sql`CREATE TABLE IF NOT EXISTS ${lockTable} (dataclass ${text} NOT NULL, key ${text} NOT NULL, session ${text} NOT NULL, taken ${integer} NOT NULL, PRIMARY KEY (dataclass, key))`,
    systemIndex(lockTable, 'session'),
    sql`CREATE TABLE IF NOT EXISTS ${entitySetTable} (content ${text} PRIMARY KEY, id ${text} NOT NULL, session ${text} NOT NULL, dataclass ${text} NOT NULL, kind ${text} NOT NULL, members ${integer} NOT NULL, bytes ${integer} NOT NULL, parts ${integer} NOT NULL, timeout ${integer} NOT NULL, expires ${integer} NOT NULL, complete ${integer} NOT NULL)`,
    systemIndex(entitySetTable, 'id'),
    systemIndex(entitySetTable, 'session'),
    systemIndex(entitySetTable, 'expires'),
    sql`CREATE TABLE IF NOT EXISTS ${entitySetPartTable} (content ${text} NOT NULL, part ${integer} NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (content, part))`,
  ];
}

const systemIndex = (table: Sql, ...columns: readonly string[]): Sql =>
  sql`CREATE INDEX IF NOT EXISTS ${ident(`${table.text.slice(1, -1)}_${columns.join('_')}`)} ON ${table} (${join(
    columns.map((column) => ident(column)),
    ', ',
  )})`;

/** Sessions of a version that kept less of them: they end, so that the table can be made anew. */
export const outdatedTables = (existing: ExistingSchema): readonly Sql[] => {
  const sessions = existing.table('keystamp_session');
  return sessions && !sessions.columns.has('kind') ? [sql`DROP TABLE ${sessionTable}`] : [];
};

/** Statements that bring the tables of the model up to date, faults where that would lose data. */
export function schemaChanges(
  model: Model,
  existing: ExistingSchema,
  d: SchemaDialect,
): { statements: Sql[]; faults: string[] } {
  const statements: Sql[] = staleWordTables(existing, model).map(dropWordTable);
  const faults: string[] = [];
  for (const dataClass of model.dataClasses.values()) {
    const table = existing.table(dataClass.base);
    faults.push(...schemaFaults(dataClass, existing, d.hasTypes));
    if (dataClass.stamps !== 'side') {
      statements.push(...(table ? extend(dataClass, table, d) : [createTable(dataClass, d)]));
      statements.push(...indexes(dataClass, existing, d));
    }
    if (dataClass.table === dataClass.base) statements.push(...widened(dataClass, table, existing, d));
    else {
      const [drop, make] = viewStatements(dataClass, d.keyTexts);
      // A view keeps the types of the columns that it shows from being changed.
      statements.push(drop, ...widened(dataClass, table, existing, d), make);
    }
    statements.push(...d.triggers(dataClass));
    for (const attribute of dataClass.storage) {
      const type = rememberedType(attribute);
      const was = existing.attributes.get(attributeName(attribute));
      if (was === type) continue;
      statements.push(
        sql`INSERT INTO ${attributeTable} (name, type) VALUES (${attributeName(attribute)}, ${type}) ON CONFLICT (name) DO UPDATE SET type = ${type}`,
      );
    }
  }
  for (const attribute of missingWordTables(existing, model)) statements.push(...wordTableStatements(attribute, d));
  return { statements, faults };
}

/** Columns take the wider types of their attributes, but those whose types other programs choose. */
function widened(
  { storage, stamps }: DataClassDef,
  table: ExistingTable | undefined,
  { attributes }: ExistingSchema,
  d: SchemaDialect,
): readonly Sql[] {
  if (!table || stamps === 'side') return [];
  return storage.flatMap((attribute) => {
    const was = attributes.get(attributeName(attribute));
    const stays = was === undefined || was === rememberedType(attribute) || attribute.stored;
    return stays ? [] : d.widened(attribute);
  });
}

function columnsOf(attribute: StorageDef, d: SchemaDialect): [string, Sql][] {
  if (!isMedia(attribute)) return [[attribute.column, d.columnType(attribute.type, attribute.simpleDate)]];
  const side = mediaColumns(attribute).map((name): [string, Sql] => [
    name,
    name === mediaType(attribute) ? d.text : d.integer,
  ]);
  return [[attribute.column, d.bytes], ...side];
}

/** Keys and bookkeeping stand first, so that narrow reads never walk through long values. */
function createTable(dataClass: DataClassDef, d: SchemaDialect): Sql {
  const [only] = dataClass.key;
  const auto = dataClass.key.length === 1 && only?.autosequence ? only : undefined;
  const columns = dataClass.key.map((key) =>
    key === auto
      ? d.autosequence(ident(key.column), key)
      : sql`${ident(key.column)} ${d.columnType(key.type, key.simpleDate)} NOT NULL`,
  );
  columns.push(...bookkeeping(d));
  const others = dataClass.storage.filter((attribute) => !attribute.primKey);
  const narrowFirst = [...others.filter(isMedia), ...others.filter((attribute) => !isMedia(attribute))];
  for (const attribute of narrowFirst)
    for (const [name, type] of columnsOf(attribute, d)) columns.push(sql`${ident(name)} ${type}`);
  if (!auto)
    columns.push(
      sql`PRIMARY KEY (${join(
        dataClass.key.map((key) => ident(key.column)),
        ', ',
      )})`,
    );
  return sql`CREATE TABLE ${ident(dataClass.table)} (${join(columns, ', ')})`;
}

const bookkeeping = (d: SchemaDialect): Sql[] => [
  sql`${ident(stampColumn)} ${d.integer} NOT NULL DEFAULT 1`,
  sql`${ident(timestampColumn)} ${d.text} NOT NULL DEFAULT '1970-01-01T00:00:00.000Z'`,
  sql`${ident(baseColumn)} ${d.integer} NOT NULL DEFAULT 0`,
];

function extend(dataClass: DataClassDef, table: ExistingTable, d: SchemaDialect): Sql[] {
  const missing = (name: string): boolean => !table.columns.has(name.toLowerCase());
  const add = (definition: Sql): Sql => sql`ALTER TABLE ${ident(dataClass.base)} ADD COLUMN ${definition}`;
  const names = [stampColumn, timestampColumn, baseColumn];
  const statements = bookkeeping(d)
    .filter((_, i) => missing(names[i] as string))
    .map(add);
  for (const attribute of dataClass.storage)
    for (const [name, type] of columnsOf(attribute, d))
      if (missing(name)) statements.push(add(sql`${ident(name)} ${type}`));
  return statements;
}

/** An index that the model no longer asks for goes: it would refuse equal values, or cost with every save. */
function indexes(dataClass: DataClassDef, existing: ExistingSchema, d: SchemaDialect): Sql[] {
  const foreignKeys = new Set<StorageDef>();
  for (const attribute of dataClass.attributes.values())
    if (attribute.kind === 'relatedEntity') foreignKeys.add(attribute.foreignKey);
  // Indexes of a table that others write are theirs: one on folded texts would keep them from writing.
  const own = dataClass.storage.filter(({ name }) => !dataClass.shared || name === globalStampName);
  return own.flatMap((attribute) => {
    const plain = ident(attribute.column);
    const compared = d.indexed(attribute);
    const folded = compared.text !== plain.text;
    // What makes a text unique is the text itself, and relations compare it too; filters compare it folded.
    const found = attribute.indexed || (folded && (attribute.unique || attribute.primKey));
    const made = (kind: string, word: string, wanted: boolean, what: Sql): readonly Sql[] => {
      const name = indexName(attribute, word);
      if (wanted === existing.indexes.has(existing.stored(name))) return [];
      return wanted
        ? [sql`CREATE ${raw(kind)} IF NOT EXISTS ${ident(name)} ON ${ident(dataClass.base)} (${what})`]
        : [sql`DROP INDEX IF EXISTS ${ident(name)}`];
    };
    const { primKey } = attribute;
    return [
      ...made('UNIQUE INDEX', 'unique', attribute.unique && !primKey, plain),
      ...made('INDEX', 'index', found && (!primKey || folded), d.sorted(compared)),
      ...made('INDEX', 'key', foreignKeys.has(attribute) && !primKey && (folded || !attribute.indexed), plain),
    ];
  });
}

/** `Employee.lastName index`: the point keeps `a_b.c` and `a.b_c` apart, names of indexes are one list per database. */
const indexName = ({ owner, column }: StorageDef, word: string): string => `${owner.table}.${column} ${word}`;
