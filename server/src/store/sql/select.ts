// Statements that read entities: one by key, a page of a selection, members of a set, keys, distinct pictures.
import type { DataClassDef, StorageDef, Value } from '../../model/model.ts';
import { oncePer } from '../../model/once-per.ts';
import type { MediaPlace } from '../../query/aggregate.ts';
import type { Columns, Links, Rows } from '../../query/columns.ts';
import type { Predicate } from '../../query/predicate.ts';
import type { Key, Selection, Window } from '../../query/selection.ts';
import type { SqlDialect } from './dialect.ts';
import { stampColumn } from './columns.ts';
import { heldAt } from './aggregate.ts';
import { arrayJson } from './array-json.ts';
import { askedKeys, type AskedKeys } from './asked-keys.ts';
import { entityJson, type EntityShape } from './entity-json.ts';
import { foundIn, isKey } from './column-form.ts';
import { exactKey } from './exact-integer.ts';
import { asksChanges, sortedKey, syncColumns } from './global-stamp.ts';
import { lookerJson } from './looker-json.ts';
import { mediaJson } from './media-json.ts';
import { compileOrder } from './order.ts';
import { compilePredicate } from './predicate.ts';
import { column, entityWork, ident, join, raw, sql, Sql } from './sql.ts';
import { atEnd } from './steps.ts';

/** `key = ?` for every part of the key. */
export function hasKey(dataClass: DataClassDef, alias: string, key: Key): Sql {
  return join(
    dataClass.key.map((part, i) => isKey(part, alias, key[i] as Value)),
    ' AND ',
  );
}

/** The table of a dataclass where a statement names it: the one place for what must hold of all reads. */
export const from = (dataClass: DataClassDef, alias: string): Sql => sql`${ident(dataClass.table)} AS ${ident(alias)}`;

/** A shape, or `bytes`: the answer itself as bytes, since long texts cost much on their way to and fro. */
type EntityForm = EntityShape | 'bytes';

/** Statements by key differ in their key alone, so their text is made once per columns and shape. */
const byKeyIn = oncePer((_dialect: SqlDialect) => oncePer((_columns: Columns) => new Map<EntityForm, Sql>()));

/** One entity: a row with `json`, or none. */
export function entityStatement(columns: Columns, key: Key, form: EntityForm, dialect: SqlDialect): Sql {
  const forms = byKeyIn(dialect)(columns);
  let statement = forms.get(form);
  if (!statement) {
    const condition = hasKey(columns.dataClass, 'e', key);
    const json = entityJson(columns, 'e', form === 'bytes' ? 'top' : form, dialect);
    const rows = sql`${from(columns.dataClass, 'e')} WHERE ${new Sql(condition.text, [])}`;
    statement = form === 'bytes' ? dialect.entity(json, rows) : sql`SELECT ${json} AS json FROM ${rows}`;
    forms.set(form, statement);
  }
  return new Sql(statement.text, [...statement.params, ...key], statement);
}

/** Rows of `e` in order, cut to the page. Where something must be sorted, keys alone are, and their rows read after. */
function pageRows(selection: Selection, skip: number, top: number, dialect: SqlDialect): Sql {
  const { dataClass, predicate, order } = selection;
  const where = compilePredicate(predicate, 'p', dialect);
  const by =
    order.length === 0 && asksChanges(dataClass, predicate)
      ? sortedKey(dataClass, 'p', dialect)
      : compileOrder(order, dataClass, 'p', dialect);
  const ordered = sql`${from(dataClass, 'p')} WHERE ${where} ORDER BY ${by} LIMIT ${top} OFFSET ${skip}`;
  if (order.length === 0 && predicate.kind === 'all') return sql`(SELECT * FROM ${ordered}) AS e`;
  const keys = dataClass.key.map((key) => foundIn(key, 'p'));
  const same = dataClass.key.map((key) => sql`${foundIn(key, 'e')} = ${foundIn(key, 'k')}`);
  return sql`(SELECT ${join(keys, ', ')} FROM ${ordered}) AS k ${dialect.lookUpJoin} ${from(dataClass, 'e')} ON ${join(same, ' AND ')}`;
}

/** Lists of the same columns differ in what they hold, so the JSON of a row is made once per columns. */
const jsonIn = oncePer((dialect: SqlDialect) => ({
  listed: oncePer((columns: Columns) => entityJson(columns, 'e', 'listed', dialect)),
  top: oncePer((columns: Columns) => entityJson(columns, 'e', 'top', dialect)),
}));

/** The same with an answer for rows that are gone; one JSON is of one dialect. */
const ofMembers = new WeakMap<Sql, Sql>();

function memberJson(listed: Sql, key: StorageDef, dialect: SqlDialect): Sql {
  let json = ofMembers.get(listed);
  if (!json) ofMembers.set(listed, (json = dialect.unlessNull(column('e', key.column), listed, '{"__STAMP":0}')));
  return json;
}

/** The JSON text of row `e`. */
function rowJson(rows: Rows, dialect: SqlDialect): Sql {
  switch (rows.kind) {
    case 'entities':
      return jsonIn(dialect).listed(rows.columns);
    case 'array':
      return arrayJson(rows.columns, 'e', rows.keys, dialect);
    case 'looker':
      return lookerJson(rows.fields, 'e', dialect);
    default:
      return rows satisfies never;
  }
}

/**
 * A page (see `JsonDialect.page`), whose bytes stand between the brackets of `__ENTITIES`, with the `syncColumns` of the
 * class.
 */
export function pageStatement(selection: Selection, rows: Rows, skip: number, top: number, dialect: SqlDialect): Sql {
  const json = rowJson(rows, dialect);
  const page = dialect.page(json, {
    rows: pageRows(selection, skip, top, dialect),
    order: () => compileOrder(selection.order, selection.dataClass, 'e', dialect),
    present: column('e', stampColumn),
    beside: syncColumns(selection.dataClass),
  });
  // Without a filter it need not look further than its end, unless it must sort.
  return selection.predicate.kind === 'all' ? page.visiting(skip + top * entityWork) : page;
}

/** One row with `total`. */
export function countStatement(dataClass: DataClassDef, predicate: Predicate, dialect: SqlDialect): Sql {
  return sql`SELECT count(*) AS total FROM ${from(dataClass, 'c')} WHERE ${compilePredicate(predicate, 'c', dialect)}`;
}

/** The keys of a selection in order: rows with the key columns. */
export function keysStatement(
  { dataClass, predicate, order }: Selection,
  dialect: SqlDialect,
  { skip, top }: Window = { skip: 0 },
): Sql {
  const keys = dataClass.key.map((key) => exactKey(key, column('e', key.column), dialect));
  const all = sql`SELECT ${join(keys, ', ')} FROM ${from(dataClass, 'e')} WHERE ${compilePredicate(predicate, 'e', dialect)} ORDER BY ${compileOrder(order, dataClass, 'e', dialect)}`;
  // SQLite knows no OFFSET without LIMIT.
  const most = top ?? Number.MAX_SAFE_INTEGER;
  return skip === 0 && top === undefined ? all : sql`${all} LIMIT ${most} OFFSET ${skip}`;
}

/**
 * The entities of the given keys in their order, as a row like that of a page. A key whose entity is gone gives
 * `{"__STAMP":0}` (spec 05 § 3.3).
 */
export function membersStatement(dataClass: DataClassDef, rows: Rows, keys: AskedKeys, dialect: SqlDialect): Sql {
  const json = memberJson(rowJson(rows, dialect), dataClass.key[0] as StorageDef, dialect);
  return ofKeys(dataClass, keys, json, { join: raw('LEFT JOIN'), beside: syncColumns(dataClass) }, dialect);
}

/**
 * Those of the given keys that are still there, in the order of the keys, each as an answer of its own: a row like that of a
 * page.
 */
export function entitiesStatement(columns: Columns, keys: AskedKeys, dialect: SqlDialect): Sql {
  const json = jsonIn(dialect).top(columns);
  return ofKeys(columns.dataClass, keys, json, { join: dialect.lookUpJoin, beside: {} }, dialect);
}

/** A page of `json`, one of each key, in the order of the keys; `join` decides about those that no entity has. */
function ofKeys(
  dataClass: DataClassDef,
  keys: AskedKeys,
  json: Sql,
  { join: joined, beside }: { readonly join: Sql; readonly beside: Readonly<Record<string, Sql>> },
  dialect: SqlDialect,
): Sql {
  const { rows, same } = askedKeys(dataClass, keys, dialect);
  const page = dialect.page(json, {
    rows: sql`${rows} ${joined} ${from(dataClass, 'e')} ON ${same}`,
    order: () => raw('k.position'),
    present: raw('k.position'),
    beside,
  });
  return page.visiting(keys.length * entityWork);
}

/**
 * The distinct pictures of a selection, each shown by the first entity that holds it, in selection order: a row with
 * `sent` and `entities`, the bytes of the deferred objects (spec 10 § 5 row 11).
 */
export function distinctMediaStatement(
  selection: Selection,
  links: Links,
  place: MediaPlace,
  skip: number,
  top: number,
  dialect: SqlDialect,
): Sql {
  const { dataClass, predicate, order } = selection;
  const held = heldAt(place, 'p');
  const key = dataClass.key.map((part) => foundIn(part, 'p'));
  const ranked = sql`SELECT ${join(key, ', ')}, ${held} AS held, row_number() OVER (ORDER BY ${compileOrder(order, dataClass, 'p', dialect)}) AS position FROM ${from(dataClass, 'p')} WHERE ${held} IS NOT NULL AND (${compilePredicate(predicate, 'p', dialect)})`;
  const first = sql`SELECT min(position) AS position FROM (${ranked}) AS r GROUP BY ${column('r', 'held')} ORDER BY 1 LIMIT ${top} OFFSET ${skip}`;
  const same = dataClass.key.map((part) => sql`${foundIn(part, 'e')} = ${foundIn(part, 'a')}`);
  const { attribute, steps, name } = place;
  const item = { kind: 'media', attribute, detail: false } as const;
  const json = atEnd(steps, 'e', (end) => mediaJson(item, { links, dataClass, row: 'e', name }, end, dialect));
  return dialect.page(json, {
    rows: sql`(${first}) AS f ${dialect.lookUpJoin} (${ranked}) AS a ON a.position = f.position ${dialect.lookUpJoin} ${from(dataClass, 'e')} ON ${join(same, ' AND ')}`,
    order: () => raw('f.position'),
    present: raw('f.position'),
    beside: {},
  });
}
