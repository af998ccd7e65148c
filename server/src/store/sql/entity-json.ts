// An entity as JSON text, written by the database: attributes, deferred relations and pictures, expanded relations.
import type { ColumnItem, Columns, Links } from '../../query/columns.ts';
import type { DataClassDef, StorageDef } from '../../model/model.ts';
import { contentTable, literal, mediaType, stampColumn, timestampColumn, versionOf } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { compileOrder } from './order.ts';
import { column, ident, raw, sql, type Sql } from './sql.ts';

/**
 * How the entity stands in the answer: as the answer itself, as an item of a list or expanded, as the result of a save
 * (spec 06 § 1.3: objects last, nulls left out), or expanded in the result of a save.
 */
export type EntityShape = 'top' | 'listed' | 'saved' | 'savedRelated';

/** The JSON text of the entity in row `alias`. */
export function entityJson(columns: Columns, alias: string, shape: EntityShape, dialect: SqlDialect): Sql {
  const parts = new Parts(dialect);
  if (shape === 'top')
    parts.text(`{"__entityModel":"${columns.dataClass.name}","__DATACLASS":"${columns.dataClass.name}",`);
  else parts.text('{');
  system(parts, columns, alias, shape);
  const items = shape === 'saved' ? scalarsFirst(columns.items) : columns.items;
  for (const item of items) {
    const name = `,${JSON.stringify(item.attribute.name)}:`;
    if (shape === 'saved')
      parts.optional(name, presence(item, alias), itemJson(item, columns, alias, dialect, 'savedRelated'));
    else {
      parts.text(name);
      parts.piece(itemJson(item, columns, alias, dialect, 'listed'));
    }
  }
  parts.text('}');
  return parts.concat();
}

/** `__KEY` and the other fields that every entity has, in the order of spec 03 § 2 and 06 § 1.3. */
function system(parts: Parts, { dataClass, links }: Columns, alias: string, shape: EntityShape): void {
  parts.text('"__KEY":');
  parts.piece(keyJson(dataClass, alias, parts.dialect));
  if (shape === 'saved' || shape === 'savedRelated') {
    parts.text(',"__STAMP":');
    parts.piece(column(alias, stampColumn));
    if (shape === 'saved') {
      parts.text(',"uri":"');
      parts.piece(entityUri(dataClass, alias, links, parts.dialect));
      parts.text('"');
    }
    parts.text(',"__TIMESTAMP":"');
    parts.piece(column(alias, timestampColumn));
    parts.text('"');
    return;
  }
  parts.text(',"__TIMESTAMP":"');
  parts.piece(column(alias, timestampColumn));
  parts.text('","__STAMP":');
  parts.piece(column(alias, stampColumn));
}

/** `__KEY` is a string whatever the key's type (spec 01 § 2.2); the parts of a composite key are joined by `&`. */
function keyJson(dataClass: DataClassDef, alias: string, dialect: SqlDialect): Sql {
  const [key] = dataClass.key;
  if (dataClass.key.length === 1 && key && plainKey(key))
    return dialect.concat([literal('"'), column(alias, key.column), literal('"')]);
  return dialect.string(joinedKey(dataClass, dialect, (part) => column(alias, part.column)));
}

const plainKey = (key: StorageDef): boolean => !['string', 'text', 'object'].includes(key.type);

function joinedKey(dataClass: DataClassDef, dialect: SqlDialect, part: (key: StorageDef) => Sql): Sql {
  if (dataClass.key.length === 1 && dataClass.key[0]) return part(dataClass.key[0]);
  return dialect.concat(dataClass.key.flatMap((key, i) => (i === 0 ? [part(key)] : [literal('&'), part(key)])));
}

/** The key of the entity in row `alias` as it stands in URIs. */
function keyInUri(dataClass: DataClassDef, alias: string, dialect: SqlDialect): Sql {
  return joinedKey(dataClass, dialect, (key) => dialect.keyInUri(key, column(alias, key.column)));
}

/** `/rest/Employee(31)`, inside a JSON string. */
function entityUri(dataClass: DataClassDef, alias: string, links: Links, dialect: SqlDialect): Sql {
  return dialect.concat([
    sql`${`${links.mount}/${dataClass.name}${links.brackets[0]}`}`,
    keyInUri(dataClass, alias, dialect),
    literal(links.brackets[1]),
  ]);
}

/** When the item is printed in the answer of a save: never without a value. */
function presence(item: ColumnItem, alias: string): Sql | undefined {
  switch (item.kind) {
    case 'value':
    case 'media':
      return item.attribute.primKey ? undefined : column(alias, item.attribute.column);
    case 'entity':
      return column(alias, item.attribute.foreignKey.column);
    case 'deferred':
      return item.attribute.kind === 'relatedEntity' ? column(alias, item.attribute.foreignKey.column) : undefined;
    case 'selection':
      return undefined;
    default:
      return item satisfies never;
  }
}

function scalarsFirst(items: readonly ColumnItem[]): readonly ColumnItem[] {
  const isScalar = (item: ColumnItem): boolean => item.kind === 'value' && item.attribute.type !== 'object';
  return [...items.filter(isScalar), ...items.filter((item) => !isScalar(item))];
}

function itemJson(
  item: ColumnItem,
  columns: Columns,
  alias: string,
  dialect: SqlDialect,
  related: 'listed' | 'savedRelated',
): Sql {
  switch (item.kind) {
    case 'value':
      return dialect.value(item.attribute, column(alias, item.attribute.column));
    case 'media':
      return mediaJson(item.attribute, item.detail, columns, alias, dialect);
    case 'deferred':
      return item.attribute.kind === 'relatedEntity'
        ? toOneDeferred(columns.links, item.attribute.target, column(alias, item.attribute.foreignKey.column), dialect)
        : toManyDeferred(columns, item.attribute.name, alias, dialect);
    case 'entity': {
      const { target, foreignKey } = item.attribute;
      const inner = `${alias}e`;
      const json = entityJson(item.columns, inner, related, dialect);
      const key = target.key[0] as StorageDef;
      return sql`coalesce((SELECT ${json} FROM ${ident(target.table)} AS ${ident(inner)} WHERE ${column(inner, key.column)} = ${column(alias, foreignKey.column)}), 'null')`;
    }
    case 'selection':
      return selectionJson(item, columns, alias, dialect);
    default:
      return item satisfies never;
  }
}

/** `{"__deferred":{"uri":"/rest/Company(7)","__KEY":"7"}}` */
function toOneDeferred(links: Links, target: DataClassDef, foreignKey: Sql, dialect: SqlDialect): Sql {
  const key = target.key[0] as StorageDef;
  const printed = plainKey(key) ? dialect.concat([literal('"'), foreignKey, literal('"')]) : dialect.string(foreignKey);
  const deferred = dialect.concat([
    sql`${`{"__deferred":{"uri":"${links.mount}/${target.name}${links.brackets[0]}`}`,
    dialect.keyInUri(key, foreignKey),
    literal(`${links.brackets[1]}","__KEY":`),
    printed,
    literal('}}'),
  ]);
  return sql`CASE WHEN ${foreignKey} IS NULL THEN 'null' ELSE ${deferred} END`;
}

/** `{"__deferred":{"uri":"/rest/Company(7)/staff?$expand=staff"}}` */
function toManyDeferred({ dataClass, links }: Columns, name: string, alias: string, dialect: SqlDialect): Sql {
  return dialect.concat([
    literal('{"__deferred":{"uri":"'),
    entityUri(dataClass, alias, links, dialect),
    literal(`/${name}?$expand=${name}"}}`),
  ]);
}

/** The deferred object alone, for distinct pictures. */
export function mediaOnly(columns: Columns, attribute: StorageDef, dialect: SqlDialect): Sql {
  return mediaJson(attribute, false, columns, 'e', dialect);
}

/** The deferred form of a picture (spec 10 §§ 1.1 to 1.4) or BLOB (spec 11 § 1). */
function mediaJson(attribute: StorageDef, detail: boolean, columns: Columns, alias: string, dialect: SqlDialect): Sql {
  const { links, dataClass } = columns;
  const held = column(alias, attribute.column);
  const uri = entityUri(dataClass, alias, links, dialect);
  if (attribute.type === 'blob') {
    const size = sql`(SELECT c.size FROM ${contentTable} AS c WHERE c.hash = ${held})`;
    const details = detail
      ? [literal(',"size":'), size, literal(',"mediatype":'), dialect.string(column(alias, mediaType(attribute)))]
      : [];
    const query = literal(`/${attribute.name}?$binary=true&$expand=${attribute.name}"`);
    const deferred = dialect.concat([literal('{"__deferred":{"uri":"'), uri, query, ...details, literal('}}')]);
    return sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE ${deferred} END`;
  }
  const deferred = dialect.concat([
    literal('{"__deferred":{"uri":"'),
    uri,
    sql`${`/${attribute.name}?${links.imagePrefix}`}`,
    versionOf(attribute, alias),
    sql`${`${links.imageSuffix(attribute.name)}"`}`,
    ...(links.imageInfo || detail ? [imageDetails(held, links.imageInfo, dialect)] : []),
    literal(',"image":true}}'),
  ]);
  return sql`CASE WHEN ${held} IS NULL THEN 'null' ELSE ${deferred} END`;
}

function imageDetails(held: Sql, info: boolean, dialect: SqlDialect): Sql {
  const parts = [
    literal(',"mediatype":"'),
    raw('c.mediatype'),
    literal('","height":'),
    sql`coalesce(c.height, 'null')`,
    literal(',"width":'),
    sql`coalesce(c.width, 'null')`,
  ];
  if (info)
    parts.push(literal(',"size":'), raw('c.size'), literal(',"thumbhash":'), dialect.string(raw('c.thumbhash')));
  return sql`(SELECT ${dialect.concat(parts)} FROM ${contentTable} AS c WHERE c.hash = ${held})`;
}

/** An expanded 1→N relation: an envelope of its own inside the entity (spec 03 § 3.3). */
function selectionJson(
  item: Extract<ColumnItem, { kind: 'selection' }>,
  { dataClass, links }: Columns,
  alias: string,
  dialect: SqlDialect,
): Sql {
  const { target, inverse, name } = item.attribute;
  const inner = `${alias}s`;
  const own = dataClass.key[0] as StorageDef;
  const related = sql`${column(inner, inverse.foreignKey.column)} = ${column(alias, own.column)}`;
  const from = sql`${ident(target.table)} AS ${ident(inner)}`;
  const order = compileOrder(item.order ?? [], target, inner, dialect);
  const page = sql`SELECT * FROM ${from} WHERE ${related} ORDER BY ${order} LIMIT ${item.top} OFFSET ${item.skip}`;
  const count = sql`(SELECT count(*) FROM ${from} WHERE ${related})`;
  const envelope = dialect.concat([
    literal('{"__ENTITYSET":"'),
    entityUri(dataClass, alias, links, dialect),
    literal(`/${name}?$expand=${name}","__DATACLASS":"${target.name}","__GlobalStamp":0,"__COUNT":`),
    count,
    literal(',"__SENT":'),
    raw('count(*)'),
    literal(',"__FIRST":'),
    // As text: a number would be bound as a float and printed with its point.
    sql`${String(item.skip)}`,
    literal(',"__ENTITIES":['),
    dialect.list(entityJson(item.columns, inner, 'listed', dialect)),
    literal(']}'),
  ]);
  return sql`(SELECT ${envelope} FROM (${page}) AS ${ident(inner)})`;
}

/** Pieces of a concatenation; neighbouring texts become one literal. */
class Parts {
  readonly dialect: SqlDialect;
  readonly #parts: Sql[] = [];
  #text = '';

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
  }

  text(text: string): void {
    this.#text += text;
  }

  piece(piece: Sql): void {
    this.#flush();
    this.#parts.push(piece);
  }

  /** `name` and the value when `present` is not null, else nothing; always both when there is nothing to test. */
  optional(name: string, present: Sql | undefined, value: Sql): void {
    if (present === undefined) {
      this.text(name);
      this.piece(value);
    } else {
      this.piece(sql`CASE WHEN ${present} IS NULL THEN '' ELSE ${this.dialect.concat([literal(name), value])} END`);
    }
  }

  concat(): Sql {
    this.#flush();
    return this.dialect.concat(this.#parts);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#parts.push(literal(this.#text));
    this.#text = '';
  }
}
