// Relations walked inside a statement: the entity at the end of N→1 steps, the entities that any steps lead to.
import type { RelatedEntityDef, RelationDef, StorageDef } from '../../model/model.ts';
import { isSame, sameIn } from './column-form.ts';
import { ident, sql, type Sql } from './sql.ts';

/** The alias of the row at the end of N→1 steps from row `alias`; `prefix` begins the aliases on the way. */
export const endRow = (steps: readonly RelatedEntityDef[], alias: string, prefix: string): string =>
  steps.length === 0 ? alias : `${prefix}${steps.length}`;

/** The value of the row `endRow`, null when there is no such row. */
export function walk(steps: readonly RelatedEntityDef[], value: Sql, alias: string, prefix: string): Sql {
  return steps.reduceRight((inner, step, i) => {
    const from = i === 0 ? alias : `${prefix}${i}`;
    const to = `${prefix}${i + 1}`;
    return sql`(SELECT ${inner} FROM ${ident(step.target.table)} AS ${ident(to)} WHERE ${isSame(keyOf(step), to, step.foreignKey, from)})`;
  }, value);
}

/** What `make` says of the row at the end of N→1 steps from row `alias`, null when there is no such row. */
export function atEnd(steps: readonly RelatedEntityDef[], alias: string, make: (end: string) => Sql): Sql {
  const prefix = `${alias}w`;
  return walk(steps, make(endRow(steps, alias, prefix)), alias, prefix);
}

/** The condition that steps from row `alias` lead to row `inner`. Whatever the number of ways, a row is one row. */
export function leadsTo(steps: readonly RelationDef[], alias: string, inner: string): Sql {
  const step = steps.at(-1) as RelationDef;
  const before = steps.slice(0, -1);
  const [from, to] = joined(step);
  const last = before.at(-1);
  if (!last) return isSame(to, inner, from, alias);
  const middle = `${inner}m`;
  const [held, found] = sameIn(to, inner, from, middle);
  return sql`${held} IN (SELECT ${found} FROM ${ident(last.target.table)} AS ${ident(middle)} WHERE ${leadsTo(before, alias, middle)})`;
}

/** The attributes that hold the same value in the row a relation starts from and in a row that it leads to. */
export const joined = (step: RelationDef): readonly [from: StorageDef, to: StorageDef] =>
  step.kind === 'relatedEntity' ? [step.foreignKey, keyOf(step)] : [keyOf(step), step.inverse.foreignKey];

/** The key that foreign keys of the relation point to. */
export function keyOf(relation: RelationDef): StorageDef {
  const pointed = relation.kind === 'relatedEntity' ? relation.target : relation.inverse.target;
  return pointed.key[0] as StorageDef;
}
