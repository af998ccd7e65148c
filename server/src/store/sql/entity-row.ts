// Rows of entities as code on the server holds them: key, stamp, time, values, and what is known of pictures and BLOBs
// without their bytes.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../../model/model.ts';
import { oncePer } from '../../model/once-per.ts';
import type { Key, Selection } from '../../query/selection.ts';
import type { Row } from '../engine.ts';
import { exactKey, exactValue } from './exact-integer.ts';
import { contentTable, mediaType, stampColumn, timestampColumn, versionOf } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { compileOrder } from './order.ts';
import { compilePredicate } from './predicate.ts';
import { from, hasKey } from './select.ts';
import { column, entityWork, ident, join, raw, sql, Sql } from './sql.ts';
import { askedKeys, type AskedKeys } from './asked-keys.ts';

/** A picture or BLOB as it is stored. */
export interface StoredMedia {
  readonly hash: Uint8Array;
  readonly version: number;
  readonly mediatype: string;
  readonly size: number;
  /** Of pictures alone, as the next ones. */
  readonly width: number;
  readonly height: number;
  readonly alpha: boolean;
  readonly fewColours: boolean;
  readonly pages: number;
  readonly thumbhash: string | null;
}

/** One entity as it was read. */
export interface StoredEntity {
  readonly key: Key;
  readonly stamp: number;
  /** ISO text. */
  readonly timestamp: string;
  /** The canonical value of a storage attribute but pictures and BLOBs. */
  value(attribute: StorageDef): Value;
  /** A picture or BLOB that is not null. */
  media(attribute: StorageDef): StoredMedia | undefined;
}

const mediaFields = ['mediatype', 'size', 'width', 'height', 'alpha', 'few_colours', 'pages', 'thumbhash'] as const;

/** What a row holds, and the joins that it needs. */
interface Shape {
  readonly items: Sql;
  readonly joins: Sql;
}

/** Names of the columns that a row has for a storage attribute. */
interface ColumnNames {
  readonly value: string;
  /** Of a picture or BLOB. */
  readonly version: string;
  readonly content: Readonly<Record<(typeof mediaFields)[number], string>>;
}

const columnNamesOf = oncePer(
  ({ storage }: DataClassDef): ReadonlyMap<StorageDef, ColumnNames> =>
    new Map(storage.map((attribute, i) => [attribute, namesAt(i)])),
);

const namesAt = (i: number): ColumnNames => ({
  value: `v${i}`,
  version: `version${i}`,
  content: Object.fromEntries(mediaFields.map((field) => [field, `${field}${i}`])) as ColumnNames['content'],
});

const shapesIn = oncePer((dialect: SqlDialect) => oncePer((dataClass: DataClassDef) => makeShape(dataClass, dialect)));

const shapeOf = (dataClass: DataClassDef, dialect: SqlDialect): Shape => shapesIn(dialect)(dataClass);

function makeShape(dataClass: DataClassDef, dialect: SqlDialect): Shape {
  const items = [stampColumn, timestampColumn].map((name) => column('e', name));
  const joins: Sql[] = [];
  for (const [attribute, names] of columnNamesOf(dataClass)) {
    const held = column('e', attribute.column);
    items.push(sql`${exactValue(attribute, held, dialect)} AS ${ident(names.value)}`);
    if (!isMedia(attribute)) continue;
    const content = `${names.value}c`;
    joins.push(sql` LEFT JOIN ${contentTable} AS ${ident(content)} ON ${column(content, 'hash')} = ${held}`);
    items.push(sql`${versionOf(attribute, 'e')} AS ${ident(names.version)}`);
    for (const field of mediaFields) {
      const from =
        field === 'mediatype' && attribute.type === 'blob' ? column('e', mediaType(attribute)) : column(content, field);
      items.push(sql`${from} AS ${ident(names.content[field])}`);
    }
  }
  return { items: join(items, ', '), joins: join(joins, '') };
}

/** The text does not depend on what stands in the key. */
const byKeyIn = oncePer((dialect: SqlDialect) =>
  oncePer((dataClass: DataClassDef): string => {
    const { items, joins } = shapeOf(dataClass, dialect);
    const anyKey = dataClass.key.map(() => null);
    return sql`SELECT ${items} FROM ${from(dataClass, 'e')}${joins} WHERE ${hasKey(dataClass, 'e', anyKey)}`.text;
  }),
);

/** The entity of that key: a row, or none. */
export const entityRowStatement = (dataClass: DataClassDef, key: Key, dialect: SqlDialect): Sql =>
  new Sql(byKeyIn(dialect)(dataClass), key);

/** The entities of those keys that exist, in any order. */
export function entityRowsStatement(dataClass: DataClassDef, keys: AskedKeys, dialect: SqlDialect): Sql {
  const { items, joins } = shapeOf(dataClass, dialect);
  const { rows, same } = askedKeys(dataClass, keys, dialect);
  const found = sql`SELECT ${items} FROM ${rows} ${dialect.lookUpJoin} ${from(dataClass, 'e')} ON ${same}${joins}`;
  return found.visiting(keys.length * entityWork);
}

/** The entity at a position of a selection: a row, or none. */
export function entityAtStatement(
  { dataClass, predicate, order }: Selection,
  position: number,
  dialect: SqlDialect,
): Sql {
  const { items, joins } = shapeOf(dataClass, dialect);
  const found = sql`SELECT ${items} FROM ${from(dataClass, 'e')}${joins} WHERE ${compilePredicate(predicate, 'e', dialect)} ORDER BY ${compileOrder(order, dataClass, 'e', dialect)} LIMIT 1 OFFSET ${position}`;
  return predicate.kind === 'all' && order.length === 0 ? found.visiting(position + entityWork) : found;
}

/** The distinct keys that a foreign key of the selected entities holds. */
export function foreignKeysStatement(
  { dataClass, predicate }: Selection,
  foreignKey: StorageDef,
  dialect: SqlDialect,
): Sql {
  const held = column('e', foreignKey.column);
  return sql`SELECT DISTINCT ${exactKey(foreignKey, held, dialect)} FROM ${from(dataClass, 'e')} WHERE ${held} IS NOT NULL AND (${compilePredicate(predicate, 'e', dialect)}) ORDER BY ${raw('1')}`;
}

/** What a row of these statements tells. */
export const storedEntity = (dataClass: DataClassDef, row: Row): StoredEntity => new ReadEntity(dataClass, row);

/** Values are taken out of the row when they are asked for: much code hands an entity on without a look at it. */
class ReadEntity implements StoredEntity {
  readonly key: Key;
  readonly stamp: number;
  readonly timestamp: string;
  readonly #row: Row;
  readonly #names: ReadonlyMap<StorageDef, ColumnNames>;

  constructor(dataClass: DataClassDef, row: Row) {
    this.#row = row;
    this.#names = columnNamesOf(dataClass);
    this.stamp = Number(row[stampColumn]);
    this.timestamp = String(row[timestampColumn]);
    this.key = dataClass.key.map((part) => this.value(part));
  }

  value(attribute: StorageDef): Value {
    return canonical(attribute, this.#row[this.#namesOf(attribute).value] ?? null);
  }

  media(attribute: StorageDef): StoredMedia | undefined {
    const names = this.#namesOf(attribute);
    return (this.#row[names.value] ?? null) === null ? undefined : storedMedia(this.#row, names);
  }

  #namesOf(attribute: StorageDef): ColumnNames {
    return this.#names.get(attribute) as ColumnNames;
  }
}

/** The canonical value of what an engine gives: truth values may be numbers, long integers texts. */
export function canonical({ type }: StorageDef, value: Value): Value {
  if (value === null) return null;
  switch (type) {
    case 'bool':
      return value === true || value === 1;
    case 'long64':
    case 'duration':
      return typeof value === 'string' ? exactNumber(value) : value;
    default:
      return value;
  }
}

/** The key in a row that has its columns under their own names. */
export const keyOfRow = (dataClass: DataClassDef, row: Row): Key =>
  dataClass.key.map((part) => canonical(part, row[part.column] ?? null));

function exactNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function storedMedia(row: Row, { value, version, content }: ColumnNames): StoredMedia {
  return {
    hash: row[value] as Uint8Array,
    version: Number(row[version]),
    mediatype: String(row[content.mediatype]),
    size: Number(row[content.size]),
    width: Number(row[content.width]),
    height: Number(row[content.height]),
    alpha: Boolean(row[content.alpha]),
    fewColours: Boolean(row[content.few_colours]),
    pages: Number(row[content.pages]),
    thumbhash: (row[content.thumbhash] ?? null) as string | null,
  };
}
