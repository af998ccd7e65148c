// Runs filters and orders against a sample database, the whole way from text to keys.
import type Database from 'better-sqlite3';
import type { DataClassDef, Value } from '../../../src/model/model.ts';
import { bindFilter } from '../../../src/query/bind.ts';
import { parseOrder } from '../../../src/query/order.ts';
import { parseParams } from '../../../src/query/params.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import type { Predicate } from '../../../src/query/predicate.ts';
import { exposedSight } from '../../../src/query/sight.ts';
import type { FilterDialect } from '../../../src/store/sql/filter-dialect.ts';
import { compileOrder } from '../../../src/store/sql/order.ts';
import { compilePredicate } from '../../../src/store/sql/predicate.ts';
import { ident, sql, type Sql } from '../../../src/store/sql/sql.ts';
import { bindable } from '../../../src/store/sqlite/bind.ts';
import { sqliteFilter } from '../../../src/store/sqlite/filter.ts';
import { limits } from './sample-model.ts';

export function bind(dataClass: DataClassDef, filter: string, params?: unknown): Predicate {
  const json = params === undefined ? undefined : JSON.stringify(params);
  return bindFilter(parseFilter(filter, limits), dataClass, parseParams(json), limits, exposedSight);
}

export function statement(
  dataClass: DataClassDef,
  predicate: Predicate,
  order = '',
  dialect: FilterDialect = sqliteFilter,
): Sql {
  const by = compileOrder(parseOrder(order, dataClass, limits, exposedSight), dataClass, 't', dialect);
  const where = compilePredicate(predicate, 't', dialect);
  const key = ident((dataClass.key.at(-1) as { column: string }).column);
  return sql`SELECT ${key} AS k FROM ${ident(dataClass.table)} AS t WHERE ${where} ORDER BY ${by}`;
}

export function run(database: Database.Database, { text, params }: Sql): Value[] {
  return database
    .prepare<Value[], { k: Value }>(text)
    .all(...bindable(params))
    .map((row) => row.k);
}

/** The keys of the entities that a filter finds, in order. */
export function ask(
  database: Database.Database,
  dataClass: DataClassDef,
  filter: string,
  params?: unknown,
  order?: string,
): Value[] {
  return run(database, statement(dataClass, bind(dataClass, filter, params), order));
}
