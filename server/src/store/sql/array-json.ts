// An entity as it stands in a bare array ($asArray, spec 03 § 4), written by the database.
import type { ColumnItem, Columns, EntityItem } from '../../query/columns.ts';
import { literal, stampColumn } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { keyJson } from './entity-key.ts';
import { JsonText } from './json-text.ts';
import { mediaJson } from './media-json.ts';
import { pageOrder, relatedCount, relatedPage, relatedRow } from './related-rows.ts';
import { column, sql, type Sql } from './sql.ts';

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
  const related = `${alias}e`;
  const addIfThere = (item: Pick<EntityItem, 'attribute' | 'predicate'>, json: readonly Sql[]): void =>
    text.piece(
      sql`(SELECT ${dialect.concat([literal(name), ...json])} FROM ${relatedRow(item, alias, related, dialect)})`,
    );
  switch (item.kind) {
    case 'value':
      return add(dialect.value(item.attribute, column(alias, item.attribute.column)));
    case 'media':
      return add(mediaJson(item.attribute, item.detail, columns, alias, dialect));
    case 'deferred': {
      const { attribute } = item;
      if (attribute.kind === 'relatedEntities') {
        const count = relatedCount({ attribute }, alias, `${alias}s`, dialect);
        return add(dialect.concat([literal('{"__COUNT":'), count, literal('}')]));
      }
      const key = keyJson(attribute.target, related, dialect);
      const stamp = column(related, stampColumn);
      return addIfThere({ attribute }, [literal('{"__KEY":'), key, literal(',"__STAMP":'), stamp, literal('}')]);
    }
    case 'entity':
      return addIfThere(item, [arrayJson(item.columns, related, false, dialect)]);
    case 'selection': {
      const inner = `${alias}s`;
      const list = dialect.list(arrayJson(item.columns, inner, false, dialect), () => pageOrder(item, inner, dialect));
      const array = dialect.concat([literal('['), list, literal(']')]);
      return add(sql`(SELECT ${array} FROM ${relatedPage(item, alias, inner, dialect)})`);
    }
    default:
      return item satisfies never;
  }
}
