// An entity as it stands in a bare array ($asArray, spec 03 § 4), written by the database.
import type { ColumnItem, Columns, OneItem } from '../../query/columns.ts';
import { calculatedMark } from './calculated-mark.ts';
import { literal, stampColumn } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { keyJson } from './entity-key.ts';
import { JsonText } from './json-text.ts';
import { mediaJson } from './media-json.ts';
import { pageOrder, relatedCount, relatedPage, relatedRow } from './related-rows.ts';
import { column, sql, type Sql } from './sql.ts';
import { atEnd } from './steps.ts';

/** @param withKey expanded entities, and all of them with `$noKey`, carry no `__KEY` */
export function arrayJson(columns: Columns, alias: string, withKey: boolean, dialect: SqlDialect): Sql {
  const text = new JsonText(dialect);
  text.text('{');
  if (withKey) {
    text.text('"__KEY":');
    text.piece(keyJson(columns.dataClass, alias, dialect));
    text.text(',');
  }
  text.text('"__STAMP":');
  text.piece(column(alias, stampColumn));
  for (const item of columns.items) addItem(text, `,${JSON.stringify(item.attribute.name)}:`, item, columns, alias);
  text.text('}');
  return text.concat();
}

/** Values and to-many relations always stand there; a to-one relation without an entity is left out. */
function addItem(text: JsonText, name: string, item: ColumnItem, columns: Columns, alias: string): void {
  const { dialect } = text;
  const add = (json: Sql): void => {
    text.text(name);
    text.piece(json);
  };
  switch (item.kind) {
    case 'value':
      return add(dialect.value(item.attribute, column(alias, item.attribute.column)));
    case 'media':
      return add(mediaJson(item, { ...columns, row: alias, name: item.attribute.name }, alias, dialect));
    case 'deferred': {
      const { attribute } = item;
      if (attribute.kind === 'relatedEntity') return text.piece(ifThere(name, { ...item, attribute }, alias, dialect));
      const count = relatedCount({ attribute }, alias, `${alias}s`, dialect);
      return add(dialect.concat([literal('{"__COUNT":'), count, literal('}')]));
    }
    case 'entity':
      return text.piece(ifThere(name, item, alias, dialect));
    case 'selection': {
      const inner = `${alias}s`;
      const list = dialect.list(arrayJson(item.columns, inner, false, dialect), () => pageOrder(item, inner, dialect));
      const array = dialect.concat([literal('['), list, literal(']')]);
      return add(sql`(SELECT ${array} FROM ${relatedPage(item, alias, inner, dialect)})`);
    }
    case 'calculated':
      return add(calculatedMark(item.index, 'array', columns.dataClass, alias, dialect));
    case 'alias': {
      const { shown, attribute } = item;
      const at = (make: (end: string) => Sql): Sql => atEnd(attribute.steps, alias, make);
      if (shown.kind === 'deferred' || shown.kind === 'entity')
        return text.piece(at((end) => ifThere(name, shown, end, dialect)));
      const json = at((end) => {
        if (shown.kind === 'calculated')
          return calculatedMark(shown.index, 'array', shown.attribute.owner, end, dialect);
        return shown.kind === 'media'
          ? mediaJson(shown, { ...columns, row: alias, name: attribute.name }, end, dialect)
          : dialect.value(shown.attribute, column(end, shown.attribute.column));
      });
      return add(sql`coalesce(${json}, 'null')`);
    }
    default:
      return item satisfies never;
  }
}

/** Name and text of a to-one relation of row `alias`, null without an entity. */
function ifThere(name: string, item: RelatedItem, alias: string, dialect: SqlDialect): Sql {
  const inner = `${alias}e`;
  const json =
    item.kind === 'entity'
      ? [arrayJson(item.columns, inner, false, dialect)]
      : [
          literal('{"__KEY":'),
          keyJson(item.attribute.target, inner, dialect),
          literal(',"__STAMP":'),
          column(inner, stampColumn),
          literal('}'),
        ];
  return sql`(SELECT ${dialect.concat([literal(name), ...json])} FROM ${relatedRow(item, alias, inner, dialect)})`;
}

type RelatedItem = Extract<OneItem, { readonly kind: 'deferred' | 'entity' }>;
