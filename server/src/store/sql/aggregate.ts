// Statements of `$compute` and `$distinct`; the database writes the JSON of the values.
import type { StorageDef } from '../../model/model.ts';
import type { AggregateName, MediaPlace, ValuePlace } from '../../query/aggregate.ts';
import type { Selection } from '../../query/selection.ts';
import { literal } from './columns.ts';
import type { SqlDialect } from './dialect.ts';
import { holdsInteger64 } from './exact-integer.ts';
import { atom, kindOf } from './json-test.ts';
import { compilePredicate } from './predicate.ts';
import { column, ident, join, raw, sql, type Sql } from './sql.ts';
import { atEnd } from './steps.ts';

/** Sums and averages are printed like values of this type. */
const asNumber = { type: 'number', notNull: false } as StorageDef;

const isText = ({ type }: StorageDef): boolean => type === 'string' || type === 'text';

/** The column of a place of row `alias`, or of the row at the end of its steps. */
export const heldAt = ({ steps, attribute }: MediaPlace, alias: string): Sql =>
  atEnd(steps, alias, (end) => column(end, attribute.column));

/** The value at a place of row `alias`. Inside objects numbers count, as only they compute. */
function valueAt(valuePlace: ValuePlace, alias: string, dialect: SqlDialect): Sql {
  const { objectPath } = valuePlace;
  const held = heldAt(valuePlace, alias);
  if (objectPath.length === 0) return held;
  const place = { json: held, path: objectPath };
  return sql`CASE (${kindOf(place, dialect)}) WHEN 'number' THEN ${atom(place, 'number', dialect)} END`;
}

/**
 * One row with `json`: an object with a member per place, or a bare value.
 * @param places what to compute of each; none: the number of entities
 */
export function computeStatement(
  selection: Selection,
  places: readonly { readonly place: ValuePlace; readonly names: readonly AggregateName[] }[],
  bare: boolean,
  dialect: SqlDialect,
): Sql {
  const { dataClass, predicate } = selection;
  const from = sql`FROM ${ident(dataClass.table)} AS e WHERE ${compilePredicate(predicate, 'e', dialect)}`;
  const [first] = places;
  if (!first) return sql`SELECT ${dialect.concat([sql`count(*)`])} AS json ${from}`;
  const name = first.names[0] as AggregateName;
  if (bare) {
    const value = aggregate(name, first.place, selection, dialect);
    // A found text gathers nothing: there would be as many rows of it as entities.
    return isFound(name, first.place) ? sql`SELECT ${value} AS json` : sql`SELECT ${value} AS json ${from}`;
  }
  const members = places.map(({ place, names }) => {
    const values = names.map((each, i) =>
      dialect.concat([literal(`${i === 0 ? '' : ','}"${each}":`), aggregate(each, place, selection, dialect)]),
    );
    return dialect.concat([sql`${`${JSON.stringify(place.name)}:{`}`, ...values, literal('}')]);
  });
  const listed = members.flatMap((member, i) => (i === 0 ? [member] : [literal(','), member]));
  return sql`SELECT ${dialect.concat([literal('{'), ...listed, literal('}')])} AS json ${from}`;
}

/** JSON text of one aggregate over the rows `e`. */
function aggregate(name: AggregateName, place: ValuePlace, selection: Selection, dialect: SqlDialect): Sql {
  const value = valueAt(place, 'e', dialect);
  const same = isText(place.attribute) ? dialect.fold(value) : value;
  const number = (computed: Sql): Sql => dialect.value(asNumber, computed);
  switch (name) {
    case 'count':
      return dialect.concat([sql`count(${value})`]);
    case 'countDistinct':
      return dialect.concat([sql`count(DISTINCT ${same})`]);
    case 'sum':
      return number(sql`coalesce(${sumOf(place, value, dialect)}, 0)`);
    case 'sumDistinct':
      return number(sql`coalesce(${dialect.sum(value, true)}, 0)`);
    case 'average':
      return number(sql`${sumOf(place, value, dialect)} / nullif(count(${value}), 0)`);
    case 'averageDistinct':
      return number(sql`${dialect.sum(value, true)} / nullif(count(DISTINCT ${value}), 0)`);
    case 'min':
    case 'max':
      return extreme(name, place, selection, dialect);
    default:
      return name satisfies never;
  }
}

/**
 * The sum of all values. Halves of 64-bit integers are summed apart, which neither overflows nor rounds, so that it does not
 * depend on the order of the rows.
 */
function sumOf({ attribute, objectPath }: ValuePlace, value: Sql, dialect: SqlDialect): Sql {
  if (!holdsInteger64(attribute) || objectPath.length > 0) return dialect.sum(value, false);
  return sql`CAST(sum(${value} >> 32) * 4294967296.0 + sum(${value} & 4294967295) AS double precision)`;
}

/** Is the value looked up by a query of its own? */
const isFound = (name: AggregateName, { attribute }: ValuePlace): boolean =>
  isText(attribute) && (name === 'min' || name === 'max');

/** Texts are compared without case and accents, but shown as they are stored; the first in key order wins a tie. */
function extreme(
  name: 'min' | 'max',
  place: ValuePlace,
  { dataClass, predicate }: Selection,
  dialect: SqlDialect,
): Sql {
  const { attribute, objectPath } = place;
  const printed = objectPath.length > 0 ? asNumber : attribute;
  if (!isText(attribute)) {
    const value = valueAt(place, 'e', dialect);
    return dialect.value(printed, name === 'min' ? sql`min(${value})` : sql`max(${value})`);
  }
  const held = heldAt(place, 'x');
  const keys = dataClass.key.map((key) => column('x', key.column));
  const order = dialect.orderBy(dialect.fold(held), name === 'max');
  const found = sql`(SELECT ${held} FROM ${ident(dataClass.table)} AS x WHERE ${held} IS NOT NULL AND (${compilePredicate(predicate, 'x', dialect)}) ORDER BY ${order}, ${join(keys, ', ')} LIMIT 1)`;
  return sql`coalesce(${dialect.value(printed, found)}, 'null')`;
}

/**
 * The distinct values of a place, sorted, nulls left out: a row with `entities`, their JSON texts as bytes. Texts that
 * differ by case or accents alone are one, spelled as the first in key order (spec 04 § 11).
 */
export function distinctStatement(
  selection: Selection,
  place: ValuePlace,
  skip: number,
  top: number,
  dialect: SqlDialect,
): Sql {
  const { dataClass, predicate } = selection;
  const { attribute, objectPath } = place;
  const held = heldAt(place, 'e');
  const keys = dataClass.key.map((key) => column('e', key.column));
  const where = compilePredicate(predicate, 'e', dialect);
  const sorted = (kind: Sql, folded: Sql, value: Sql, json: Sql): Sql => {
    const ranked = sql`SELECT ${kind} AS kind, ${folded} AS folded, ${value} AS plain, ${json} AS json, row_number() OVER (PARTITION BY ${kind}, ${folded}, ${value} ORDER BY ${join(keys, ', ')}) AS place FROM ${ident(dataClass.table)} AS e WHERE (${where})`;
    const first = sql`SELECT json, kind, folded, plain FROM (${ranked}) AS r WHERE place = 1 AND kind IS NOT NULL ORDER BY kind, folded, plain LIMIT ${top} OFFSET ${skip}`;
    return sql`SELECT ${dialect.bytes(dialect.list(sql`json`, () => raw('kind, folded, plain')))} AS entities FROM (${first}) AS f`;
  };
  if (objectPath.length === 0) {
    const kind = sql`CASE WHEN ${held} IS NOT NULL THEN 1 END`;
    const json = dialect.value(attribute, held);
    return isText(attribute) ? sorted(kind, dialect.fold(held), sql`NULL`, json) : sorted(kind, sql`NULL`, held, json);
  }
  // Inside objects: booleans, strings, numbers (spec 04 § 11).
  const at = { json: held, path: objectPath };
  const kindAt = kindOf(at, dialect);
  const text = atom(at, 'string', dialect);
  const kind = sql`CASE (${kindAt}) WHEN 'boolean' THEN 1 WHEN 'string' THEN 2 WHEN 'number' THEN 3 END`;
  const plain = sql`CASE (${kindAt}) WHEN 'boolean' THEN ${atom(at, 'boolean', dialect)} WHEN 'number' THEN ${atom(at, 'number', dialect)} END`;
  const json = sql`CASE (${kindAt}) WHEN 'string' THEN ${dialect.string(text)} WHEN 'number' THEN ${dialect.value(asNumber, atom(at, 'number', dialect))} ELSE CASE ${atom(at, 'boolean', dialect)} WHEN 1 THEN 'true' ELSE 'false' END END`;
  return sorted(kind, sql`CASE (${kindAt}) WHEN 'string' THEN ${dialect.fold(text)} END`, plain, json);
}
