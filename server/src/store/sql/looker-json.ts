// An entity as a row of values for Looker Studio (`$format=looker`, spec 03 § 5), written by the database.
import type { LookerField } from '../../query/looker.ts';
import { calculatedMark } from './calculated-mark.ts';
import { literal } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { JsonText } from './json-text.ts';
import { column, sql, type Sql } from './sql.ts';
import { atEnd } from './steps.ts';

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
function valueOf({ steps, attribute, calculated }: LookerField, alias: string, dialect: SqlDialect): Sql {
  const value = atEnd(steps, alias, (end) => {
    if (calculated) return calculatedMark(calculated.index, 'looker', attribute.owner, end, dialect);
    const held = column(end, attribute.column);
    return attribute.type === 'date' ? dialect.digitsOfDate(attribute, held) : dialect.value(attribute, held);
  });
  return steps.length === 0 ? value : sql`coalesce(${value}, ${literal('null')})`;
}
