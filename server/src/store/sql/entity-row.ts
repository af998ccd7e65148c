// Rows of entities as code on the server holds them: key, stamp, time, values, and what is known of pictures and BLOBs
// without their bytes.
import { isMedia, type DataClassDef, type StorageDef, type Value } from '../../model/model.ts';
import type { Key, Selection } from '../../query/selection.ts';
import type { Row } from '../engine.ts';
import { asStored, foundIn } from './column-form.ts';
import { contentTable, mediaType, stampColumn, timestampColumn, versionOf } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { compileOrder } from './order.ts';
import { compilePredicate } from './predicate.ts';
import { exactKey, from, hasKey } from './select.ts';
import { column, entityWork, ident, join, raw, sql, Sql } from './sql.ts';

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
  /** Canonical values of the storage attributes but pictures and BLOBs. */
  readonly values: ReadonlyMap<StorageDef, Value>;
  /** The pictures and BLOBs that are not null. */
  readonly media: ReadonlyMap<StorageDef, StoredMedia>;
}

const mediaFields = ['mediatype', 'size', 'width', 'height', 'alpha', 'few_colours', 'pages', 'thumbhash'];

/** What a row holds, and the joins that it needs. */
interface Shape {
  readonly items: Sql;
  readonly joins: Sql;
}

/** A storage attribute and the column of a row that has it. */
interface Field {
  readonly attribute: StorageDef;
  readonly column: string;
  readonly isMedia: boolean;
}

const fields = new WeakMap<DataClassDef, { readonly all: readonly Field[]; readonly key: readonly Field[] }>();

function fieldsOf(dataClass: DataClassDef): { readonly all: readonly Field[]; readonly key: readonly Field[] } {
  let known = fields.get(dataClass);
  if (!known) {
    const all = dataClass.storage.map((attribute, i) => ({ attribute, column: `v${i}`, isMedia: isMedia(attribute) }));
    const key = dataClass.key.map((part) => all[dataClass.storage.indexOf(part)] as Field);
    fields.set(dataClass, (known = { all, key }));
  }
  return known;
}

const shapes = new WeakMap<DataClassDef, Shape>();

function shapeOf(dataClass: DataClassDef, dialect: SqlDialect): Shape {
  let shape = shapes.get(dataClass);
  if (!shape) shapes.set(dataClass, (shape = makeShape(dataClass, dialect)));
  return shape;
}

function makeShape({ storage }: DataClassDef, dialect: SqlDialect): Shape {
  const items = [stampColumn, timestampColumn].map((name) => column('e', name));
  const joins: Sql[] = [];
  for (const [i, attribute] of storage.entries()) {
    const held = column('e', attribute.column);
    items.push(sql`${exact(attribute, held, dialect)} AS ${ident(`v${i}`)}`);
    if (!isMedia(attribute)) continue;
    const content = `c${i}`;
    joins.push(sql` LEFT JOIN ${contentTable} AS ${ident(content)} ON ${column(content, 'hash')} = ${held}`);
    items.push(sql`${versionOf(attribute, 'e')} AS ${ident(`version${i}`)}`);
    for (const field of mediaFields) {
      const from =
        field === 'mediatype' && attribute.type === 'blob' ? column('e', mediaType(attribute)) : column(content, field);
      items.push(sql`${from} AS ${ident(`${field}${i}`)}`);
    }
  }
  return { items: join(items, ', '), joins: join(joins, '') };
}

const exact = ({ type }: StorageDef, held: Sql, dialect: SqlDialect): Sql =>
  type === 'long64' || type === 'duration' ? dialect.exactInteger(held) : held;

const byKey = new WeakMap<DataClassDef, string>();

/** The entity of that key: a row, or none. */
export function entityRowStatement(dataClass: DataClassDef, key: Key, dialect: SqlDialect): Sql {
  let text = byKey.get(dataClass);
  if (text === undefined) {
    const { items, joins } = shapeOf(dataClass, dialect);
    ({ text } = sql`SELECT ${items} FROM ${from(dataClass, 'e')}${joins} WHERE ${hasKey(dataClass, 'e', key)}`);
    byKey.set(dataClass, text);
  }
  return new Sql(text, key);
}

/** The entities of those keys that exist, in any order. For classes with a key of one attribute. */
export function entityRowsStatement(dataClass: DataClassDef, keys: readonly Value[], dialect: SqlDialect): Sql {
  const key = dataClass.key[0] as StorageDef;
  const { items, joins } = shapeOf(dataClass, dialect);
  const asked = dialect.elements(
    sql`${JSON.stringify(keys.map((part) => (typeof part === 'bigint' ? String(part) : part)))}`,
    key,
  );
  const found = sql`SELECT ${items} FROM (${asked}) AS k ${dialect.lookUpJoin} ${from(dataClass, 'e')} ON ${foundIn(key, 'e')} = ${asStored(key, raw('k.value'))}${joins}`;
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
  readonly #dataClass: DataClassDef;
  readonly #row: Row;
  #taken: Pick<StoredEntity, 'values' | 'media'> | undefined;

  constructor(dataClass: DataClassDef, row: Row) {
    this.#dataClass = dataClass;
    this.#row = row;
    this.stamp = Number(row[stampColumn]);
    this.timestamp = String(row[timestampColumn]);
    this.key = fieldsOf(dataClass).key.map(({ attribute, column }) => canonical(attribute, row[column] ?? null));
  }

  get values(): StoredEntity['values'] {
    return (this.#taken ??= take(this.#dataClass, this.#row)).values;
  }

  get media(): StoredEntity['media'] {
    return (this.#taken ??= take(this.#dataClass, this.#row)).media;
  }
}

function take(dataClass: DataClassDef, row: Row): Pick<StoredEntity, 'values' | 'media'> {
  const values = new Map<StorageDef, Value>();
  const media = new Map<StorageDef, StoredMedia>();
  for (const field of fieldsOf(dataClass).all) {
    const { attribute, column } = field;
    const value = row[column] ?? null;
    if (!field.isMedia) values.set(attribute, canonical(attribute, value));
    else if (value !== null) media.set(attribute, storedMedia(value as Uint8Array, row, column.slice(1)));
  }
  return { values, media };
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

function exactNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function storedMedia(hash: Uint8Array, row: Row, i: string): StoredMedia {
  const of = (field: string): Value => row[`${field}${i}`] ?? null;
  return {
    hash,
    version: Number(of('version')),
    mediatype: String(of('mediatype')),
    size: Number(of('size')),
    width: Number(of('width')),
    height: Number(of('height')),
    alpha: Boolean(of('alpha')),
    fewColours: Boolean(of('few_colours')),
    pages: Number(of('pages')),
    thumbhash: of('thumbhash') as string | null,
  };
}
