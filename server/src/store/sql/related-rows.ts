// The rows of an expanded relation, beside the row of the entity it belongs to.
import type { StorageDef } from '../../model/model.ts';
import type { EntityItem, SelectionItem } from '../../query/columns.ts';
import type { Predicate } from '../../query/predicate.ts';
import type { SqlDialect } from './dialect.ts';
import { compileOrder } from './order.ts';
import { compilePredicate } from './predicate.ts';
import { isSame } from './column-form.ts';
import { ident, sql, type Sql } from './sql.ts';
import { leadsTo } from './steps.ts';

/** What follows FROM: the related entity of row `alias` as row `inner`, if there is one. */
export function relatedRow(
  { attribute, predicate }: Pick<EntityItem, 'attribute'> & { readonly predicate?: Predicate },
  alias: string,
  inner: string,
  dialect: SqlDialect,
): Sql {
  const { target, foreignKey } = attribute;
  const key = target.key[0] as StorageDef;
  const same = sql`${ident(target.table)} AS ${ident(inner)} WHERE ${isSame(key, inner, foreignKey, alias)}`;
  return predicate ? sql`${same} AND ${compilePredicate(predicate, inner, dialect)}` : same;
}

type Related = Pick<SelectionItem, 'attribute' | 'predicate'>;

function relatedRows({ attribute, predicate }: Related, alias: string, inner: string, dialect: SqlDialect): Sql {
  const steps = attribute.kind === 'alias' ? attribute.steps : [attribute];
  const pointing = sql`${ident(attribute.target.table)} AS ${ident(inner)} WHERE ${leadsTo(steps, alias, inner)}`;
  return predicate ? sql`${pointing} AND ${compilePredicate(predicate, inner, dialect)}` : pointing;
}

/** The number of related entities of row `alias`, in parentheses. */
export const relatedCount = (item: Related, alias: string, inner: string, dialect: SqlDialect): Sql =>
  sql`(SELECT count(*) FROM ${relatedRows(item, alias, inner, dialect)})`;

/** The order of the related entities `inner` on the page of the item. */
export const pageOrder = (item: SelectionItem, inner: string, dialect: SqlDialect): Sql =>
  compileOrder(item.order ?? [], item.attribute.target, inner, dialect);

/** What follows FROM: the related entities of row `alias` on the page of the item, in order, as rows `inner`. */
export function relatedPage(item: SelectionItem, alias: string, inner: string, dialect: SqlDialect): Sql {
  const order = pageOrder(item, inner, dialect);
  const rows = relatedRows(item, alias, inner, dialect);
  return sql`(SELECT * FROM ${rows} ORDER BY ${order} LIMIT ${item.top} OFFSET ${item.skip}) AS ${ident(inner)}`;
}
