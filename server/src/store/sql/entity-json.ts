// An entity as JSON text, written by the database: attributes, deferred relations and pictures, expanded relations.
import { isMedia, type DataClassDef, type StorageDef } from '../../model/model.ts';
import type { AliasItem, CalculatedItem, ColumnItem, Columns, Links, SelectionItem } from '../../query/columns.ts';
import { calculatedMark } from './calculated-mark.ts';
import { literal, stampColumn, timestampColumn } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { entityUri, keyJson, plainKey } from './entity-key.ts';
import { globalStampOf } from './global-stamp.ts';
import { JsonText } from './json-text.ts';
import { mediaJson } from './media-json.ts';
import { pageOrder, relatedCount, relatedPage, relatedRow } from './related-rows.ts';
import { column, ident, raw, sql, type Sql } from './sql.ts';
import { atEnd } from './steps.ts';

/**
 * How the entity stands in the answer: as the answer itself, as an item of a list or expanded, as the result of a save
 * (spec 06 § 1.3: objects last, nulls left out), or expanded in the result of a save.
 */
export type EntityShape = 'top' | 'listed' | 'saved' | 'savedRelated';

/** The JSON text of the entity in row `alias`. */
export function entityJson(columns: Columns, alias: string, shape: EntityShape, dialect: SqlDialect): Sql {
  const parts = new JsonText(dialect);
  if (shape === 'top')
    parts.text(`{"__entityModel":"${columns.dataClass.name}","__DATACLASS":"${columns.dataClass.name}",`);
  else parts.text('{');
  system(parts, columns, alias, shape);
  const items = shape === 'saved' ? scalarsFirst(columns.items) : columns.items;
  for (const item of items) {
    const name = `,${JSON.stringify(item.attribute.name)}:`;
    if (shape === 'saved' && isCalculated(item)) parts.piece(namedMark(item, columns, alias, dialect));
    else if (shape === 'saved')
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
function system(parts: JsonText, { dataClass, links }: Columns, alias: string, shape: EntityShape): void {
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
    case 'calculated':
      return undefined;
    case 'alias':
      return atEnd(item.attribute.steps, alias, (end) => presence(item.shown, end) ?? raw('1'));
    default:
      return item satisfies never;
  }
}

function scalarsFirst(items: readonly ColumnItem[]): readonly ColumnItem[] {
  const isScalar = (item: ColumnItem): boolean => {
    if (item.kind === 'alias') return isScalar(item.shown);
    if (item.kind === 'value') return item.attribute.type !== 'object';
    if (item.kind !== 'calculated' || item.attribute.result.kind !== 'value') return false;
    const { shape } = item.attribute.result;
    return shape.type !== 'object' && !isMedia(shape);
  };
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
      return mediaJson(item, { ...columns, row: alias, name: item.attribute.name }, alias, dialect);
    case 'deferred':
      return item.attribute.kind === 'relatedEntity'
        ? toOneDeferred(columns.links, item.attribute.target, column(alias, item.attribute.foreignKey.column), dialect)
        : toManyDeferred(columns, item.attribute.name, alias, dialect);
    case 'entity': {
      const inner = `${alias}e`;
      const json = entityJson(item.columns, inner, related, dialect);
      return sql`coalesce((SELECT ${json} FROM ${relatedRow(item, alias, inner, dialect)}), 'null')`;
    }
    case 'selection':
      return selectionJson(item, columns, alias, dialect);
    case 'calculated':
      return calculatedMark(item.index, 'listed', columns.dataClass, alias, dialect);
    case 'alias':
      return aliasJson(item, columns, alias, dialect, related);
    default:
      return item satisfies never;
  }
}

type CalculatedOrAlias = CalculatedItem | (AliasItem & { readonly shown: CalculatedItem });

const isCalculated = (item: ColumnItem): item is CalculatedOrAlias =>
  item.kind === 'calculated' || (item.kind === 'alias' && item.shown.kind === 'calculated');

/** The name comes with the value, since nobody knows yet whether there is one. */
function namedMark(item: CalculatedOrAlias, { dataClass }: Columns, alias: string, dialect: SqlDialect): Sql {
  const form = { named: item.attribute.name };
  if (item.kind === 'calculated') return calculatedMark(item.index, form, dataClass, alias, dialect);
  const { shown, attribute } = item;
  return atEnd(attribute.steps, alias, (end) => calculatedMark(shown.index, form, shown.attribute.owner, end, dialect));
}

/** What the entity at the end of the alias shows; a picture has the uri of the alias (spec 10 § 6.3). */
function aliasJson(
  { attribute, shown }: AliasItem,
  columns: Columns,
  alias: string,
  dialect: SqlDialect,
  related: 'listed' | 'savedRelated',
): Sql {
  const json = atEnd(attribute.steps, alias, (end) =>
    shown.kind === 'media'
      ? mediaJson(shown, { ...columns, row: alias, name: attribute.name }, end, dialect)
      : itemJson(shown, { ...columns, dataClass: shown.attribute.owner }, end, dialect, related),
  );
  return sql`coalesce(${json}, 'null')`;
}

/** `{"__deferred":{"uri":"/rest/Company(7)","__KEY":"7"}}` */
function toOneDeferred(links: Links, target: DataClassDef, foreignKey: Sql, dialect: SqlDialect): Sql {
  const key = target.key[0] as StorageDef;
  const printed = plainKey(key)
    ? dialect.concat([literal('"'), dialect.plainKey(key, foreignKey), literal('"')])
    : dialect.string(foreignKey);
  const deferred = dialect.concat([
    sql`${`{"__deferred":{"uri":"${links.mount}/${target.name}${links.brackets[0]}`}`,
    dialect.keyInUri(key, foreignKey),
    literal(`${links.brackets[1]}","__KEY":`),
    printed,
    literal('}}'),
  ]);
  return dialect.unlessNull(seen(target, foreignKey), deferred);
}

/** Null without an entity. Where rows are filtered, one that is hidden is as if there was none (spec 15 § 9.2). */
function seen({ code, table, key }: DataClassDef, foreignKey: Sql): Sql {
  if (!code.restrict) return foreignKey;
  const held = column('seen', (key[0] as StorageDef).column);
  return sql`(SELECT 1 FROM ${ident(table)} AS "seen" WHERE ${held} = ${foreignKey})`;
}

/** `{"__deferred":{"uri":"/rest/Company(7)/staff?$expand=staff"}}` */
function toManyDeferred({ dataClass, links }: Columns, name: string, alias: string, dialect: SqlDialect): Sql {
  return dialect.concat([
    literal('{"__deferred":{"uri":"'),
    entityUri(dataClass, alias, links, dialect),
    literal(`/${name}?$expand=${name}"}}`),
  ]);
}

/** An expanded 1→N relation: an envelope of its own inside the entity (spec 03 § 3.3). */
function selectionJson(item: SelectionItem, { dataClass, links }: Columns, alias: string, dialect: SqlDialect): Sql {
  const { target, name } = item.attribute;
  const inner = `${alias}s`;
  const envelope = dialect.concat([
    literal('{"__ENTITYSET":"'),
    entityUri(dataClass, alias, links, dialect),
    literal(`/${name}?$expand=${name}","__DATACLASS":"${target.name}","__GlobalStamp":`),
    globalStampOf(target),
    literal(',"__COUNT":'),
    relatedCount(item, alias, inner, dialect),
    literal(',"__SENT":'),
    raw('count(*)'),
    literal(',"__FIRST":'),
    // As text: a number would be bound as a float and printed with its point.
    sql`${String(item.skip)}`,
    literal(',"__ENTITIES":['),
    dialect.list(entityJson(item.columns, inner, 'listed', dialect), () => pageOrder(item, inner, dialect)),
    literal(']}'),
  ]);
  return sql`(SELECT ${envelope} FROM ${relatedPage(item, alias, inner, dialect)})`;
}
