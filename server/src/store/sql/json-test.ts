// Tests of values inside object attributes: the stored JSON type decides first, other types never match (spec 04 § 6).
import type { Value } from '../../model/model.ts';
import type { Instant, ObjectScalar, Test } from '../../query/predicate.ts';
import type { FilterDialect, JsonAtom } from './filter-dialect.ts';
import { fold } from './fold.ts';
import { comparisons, isAny, isLike, isOneOf } from './operators.ts';
import { join, raw, sql, type Sql } from './sql.ts';
import { wordQuery } from './words.ts';

/** A place in a JSON document. */
export interface JsonPlace {
  readonly json: Sql;
  readonly path: readonly string[];
}

/** The condition that the value at the place fulfils the test; unknown when it is null or missing. */
export function testJson(test: Test<ObjectScalar>, place: JsonPlace, dialect: FilterDialect): Sql {
  const kind = kindOf(place, dialect);
  const text = (): Sql => atom(place, 'string', dialect);
  const folded = (): Sql => dialect.fold(text());
  switch (test.kind) {
    case 'null':
      return test.negated ? sql`(${kind}) IS NOT NULL` : sql`(${kind}) IS NULL`;
    case 'any':
      return isAny(sql`(${kind})`, test.negated);
    case 'compare':
      return byKind(kind, [compare(test.comparison, test.value, place, dialect)], test.comparison === '!=');
    case 'like':
      return byKind(kind, [{ kind: 'string', when: isLike(folded(), test.pattern, test.negated, fold) }], test.negated);
    case 'words':
      return byKind(
        kind,
        [{ kind: 'string', when: dialect.hasWords(text(), wordQuery(test.text, test.prefix)) }],
        false,
      );
    case 'in':
      return byKind(kind, membership(test, place, dialect), false);
    case 'identity':
      throw new TypeError('No foreign key lives in an object');
    default:
      return test satisfies never;
  }
}

/** What holds when the value is of this kind. */
interface Branch {
  readonly kind: JsonAtom;
  readonly when: Sql;
}

function byKind(kind: Sql, branches: readonly Branch[], otherwise: boolean): Sql {
  const cases = branches.map((branch) => sql`WHEN ${raw(`'${branch.kind}'`)} THEN ${branch.when}`);
  const other = otherwise ? sql`ELSE (${kind}) IS NOT NULL OR NULL` : sql`ELSE (${kind}) IS NULL AND NULL`;
  return cases.length === 0 ? isAny(sql`(${kind})`, true) : sql`CASE (${kind}) ${join(cases, ' ')} ${other} END`;
}

function compare(
  comparison: keyof typeof comparisons,
  value: ObjectScalar,
  place: JsonPlace,
  dialect: FilterDialect,
): Branch {
  const operator = comparisons[comparison];
  if (typeof value === 'string') {
    return { kind: 'string', when: sql`${dialect.fold(atom(place, 'string', dialect))} ${operator} ${fold(value)}` };
  }
  if (!isInstant(value)) {
    const kind = typeof value === 'boolean' ? 'boolean' : 'number';
    return { kind, when: sql`${atom(place, kind, dialect)} ${operator} ${value}` };
  }
  // A text that is no date is of another type than a date.
  const stored = dialect.instantOf(atom(place, 'string', dialect));
  const when = sql`coalesce(${stored} ${operator} ${value.instant}, ${raw(comparison === '!=' ? 'TRUE' : 'FALSE')})`;
  return { kind: 'string', when };
}

function membership(
  { values, patterns }: Extract<Test<ObjectScalar>, { kind: 'in' }>,
  place: JsonPlace,
  dialect: FilterDialect,
): readonly Branch[] {
  const strings = values.filter((value) => typeof value === 'string');
  const instants = values.filter(isInstant).map((value) => value.instant);
  const branches: Branch[] = [];
  const text = atom(place, 'string', dialect);
  const choices: Sql[] = [];
  if (strings.length + patterns.length > 0)
    choices.push(isOneOf(dialect.fold(text), strings.map(fold), patterns, dialect));
  if (instants.length > 0)
    choices.push(sql`coalesce(${isOneOf(dialect.instantOf(text), instants, [], dialect)}, FALSE)`);
  if (choices.length > 0) branches.push({ kind: 'string', when: join(choices, ' OR ') });
  const numbers = values.filter((value) => typeof value === 'number' || typeof value === 'bigint');
  const booleans = values.filter((value) => typeof value === 'boolean');
  const add = (kind: JsonAtom, list: readonly Value[]): void => {
    if (list.length > 0) branches.push({ kind, when: isOneOf(atom(place, kind, dialect), list, [], dialect) });
  };
  add('number', numbers);
  add('boolean', booleans);
  return branches;
}

const isInstant = (value: ObjectScalar): value is Instant => typeof value === 'object';

/** The collection whose length is asked, when the path may ask for one. */
const collection = ({ json, path }: JsonPlace): JsonPlace | undefined =>
  path.at(-1) === 'length' ? { json, path: path.slice(0, -1) } : undefined;

/** The kind of the value at the place; `.length` of a collection is a number. */
export function kindOf(place: JsonPlace, dialect: FilterDialect): Sql {
  const kind = dialect.jsonKind(place.json, place.path);
  const whole = collection(place);
  return whole ? sql`CASE WHEN ${isArray(whole, dialect)} THEN 'number' ELSE ${kind} END` : kind;
}

/** The value at the place as SQL value; only where `kindOf` says that it is of that kind. */
export function atom(place: JsonPlace, kind: JsonAtom, dialect: FilterDialect): Sql {
  const value = dialect.jsonAtom(place.json, place.path, kind);
  const whole = kind === 'number' ? collection(place) : undefined;
  if (!whole) return value;
  const length = dialect.jsonLength(whole.json, whole.path);
  return sql`CASE WHEN ${isArray(whole, dialect)} THEN ${length} ELSE ${value} END`;
}

export const isArray = ({ json, path }: JsonPlace, dialect: FilterDialect): Sql =>
  sql`(${dialect.jsonKind(json, path)}) = 'array'`;
