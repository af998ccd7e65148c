// An entity as a row of values for Looker Studio (`$format=looker`, spec 03 § 5), written by the database.
import type { StorageDef } from '../../model/model.ts';
import type { LookerField } from '../../query/looker.ts';
import { literal } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { JsonText } from './json-text.ts';
import { column, ident, sql, type Sql } from './sql.ts';

/** `{"values":["Joubert",52000]}` */
export function lookerJson(fields: readonly LookerField[], alias: string, dialect: SqlDialect): Sql {
  const text = new JsonText(dialect);
  text.text('{"values":[');
  for (const [i, field] of fields.entries()) {
    if (i > 0) text.text(',');
    text.piece(valueOf(field, alias, dialect));
  }
  text.text(']}');
  return text.concat();
}

/** Null where a relation on the way has no entity. */
function valueOf({ steps, attribute }: LookerField, alias: string, dialect: SqlDialect): Sql {
  const [step] = steps;
  if (!step) {
    const held = column(alias, attribute.column);
    return attribute.type === 'date' ? dialect.digitsOfDate(attribute, held) : dialect.value(attribute, held);
  }
  const { target, foreignKey } = step;
  const inner = `${alias}e`;
  const key = target.key[0] as StorageDef;
  const value = valueOf({ name: attribute.name, steps: steps.slice(1), attribute }, inner, dialect);
  return sql`coalesce((SELECT ${value} FROM ${ident(target.table)} AS ${ident(inner)} WHERE ${column(inner, key.column)} = ${column(alias, foreignKey.column)}), ${literal('null')})`;
}
