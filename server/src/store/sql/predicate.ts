// Predicate → the condition of a WHERE clause. Relations become subqueries that never multiply rows.
import { fail } from '../../errors.ts';
import type { RelationDef, StorageDef, Value } from '../../model/model.ts';
import type { Predicate } from '../../query/predicate.ts';
import type { FilterDialect } from './filter-dialect.ts';
import { isArray, testJson, type JsonPlace } from './json-test.ts';
import { foundIn, formOf, isKey, isSame, sameIn } from './column-form.ts';
import { testColumn } from './operators.ts';
import { column, ident, join, raw, sql, type Sql } from './sql.ts';
import { keyOf } from './steps.ts';
import { inWordIndex } from './word-index.ts';
import { testStored } from './test-stored.ts';
import { wordQuery } from './words.ts';

/**
 * The condition that the row `alias` fulfils the predicate; text depends on the predicate's shape and names of the model
 * alone. Its own aliases start with `alias` and an underscore.
 * @param schema in front of the names of tables
 */
export function compilePredicate(predicate: Predicate, alias: string, dialect: FilterDialect, schema?: Sql): Sql {
  return new Compiler(alias, dialect, schema).condition(predicate, { alias });
}

/** Where names of a predicate are looked up. */
interface Scope {
  /** The row. */
  readonly alias: string;
  /** The element of a collection around. */
  readonly element?: Sql;
}

/** So many subqueries of one condition may become joins, whose orders a planner tries. */
const mostJoined = 6;

class Compiler {
  readonly #root: string;
  readonly #dialect: FilterDialect;
  readonly #schema: Sql | undefined;
  #aliases = 0;
  /** Below a NOT, where unknown and false are not the same. */
  #negated = false;

  constructor(root: string, dialect: FilterDialect, schema?: Sql) {
    this.#root = root;
    this.#dialect = dialect;
    this.#schema = schema;
  }

  #below(compile: () => Sql): Sql {
    const around = this.#negated;
    this.#negated = true;
    const made = compile();
    this.#negated = around;
    return made;
  }

  condition(predicate: Predicate, scope: Scope): Sql {
    switch (predicate.kind) {
      case 'all':
        return raw('TRUE');
      case 'none':
        return raw('FALSE');
      case 'keys':
        return this.#keys(predicate.dataClass.key, predicate.keys, scope.alias);
      case 'members': {
        const key = predicate.dataClass.key[0] as StorageDef;
        return this.#dialect.inKeys(foundIn(key, scope.alias), predicate.keys, formOf(key));
      }
      case 'and':
        return this.#parts(predicate.parts, ' AND ', scope);
      case 'or':
        return this.#parts(predicate.parts, ' OR ', scope);
      case 'not':
        return sql`NOT (${this.#below(() => this.condition(predicate.part, scope))})`;
      case 'except': {
        const { from, without } = predicate;
        return sql`(${this.condition(from, scope)} AND NOT coalesce((${this.condition(without, scope)}), FALSE))`;
      }
      case 'test': {
        const { attribute, test } = predicate;
        if (test.kind === 'words' && attribute.keywords && !this.#negated)
          return sql`(${inWordIndex(attribute, scope.alias, wordQuery(test.text, test.prefix))})`;
        return (
          testStored(test, attribute, scope.alias, this.#dialect) ??
          testColumn(test, attribute, column(scope.alias, attribute.column), this.#dialect)
        );
      }
      case 'calculated':
        // Where code is not asked before the statement is made, it cannot be answered.
        throw fail(1162, `${predicate.attribute.name} is worked out by code and cannot be compared here`);
      case 'exists':
        return this.#related(predicate.relation, predicate.where, scope.alias);
      case 'json':
        return testJson(predicate.test, this.#place(predicate, scope), this.#dialect);
      case 'element': {
        const place = this.#place(predicate, scope);
        const alias = this.#nextAlias();
        const where = this.condition(predicate.where, { alias: scope.alias, element: column(alias, 'json') });
        const elements = this.#dialect.jsonElements(place.json, place.path);
        return sql`CASE WHEN ${isArray(place, this.#dialect)} THEN EXISTS (SELECT 1 FROM (${elements}) AS ${ident(alias)} WHERE ${where}) END`;
      }
      default:
        return predicate satisfies never;
    }
  }

  #parts(parts: readonly Predicate[], separator: string, scope: Scope): Sql {
    return inHalves(
      parts.map((part) => this.condition(part, scope)),
      separator,
    );
  }

  /** Keys are compared exactly, so that the index of the key serves. */
  #keys(key: readonly StorageDef[], keys: readonly (readonly Value[])[], alias: string): Sql {
    const columns = key.map((attribute) => foundIn(attribute, alias));
    const [only] = keys;
    const [single] = columns;
    if (!only || !single) return raw('FALSE');
    if (keys.length === 1)
      return sql`(${join(
        key.map((part, i) => isKey(part, alias, only[i] ?? null)),
        ' AND ',
      )})`;
    if (columns.length > 1) return this.#dialect.tupleOneOf(columns, keys, key.map(formOf));
    return this.#dialect.oneOf(
      single,
      keys.map(([value]) => value ?? null),
      formOf(key[0] as StorageDef),
    );
  }

  /**
   * Two-valued: some related row fulfils the condition. To one, the foreign key is looked for among the keys that fulfil
   * it, which are found once and lead back through an index; to many, each row looks for its own.
   */
  #related(relation: RelationDef, where: Predicate, outer: string): Sql {
    const alias = this.#nextAlias();
    const table = ident(relation.target.table);
    const from = sql`FROM ${this.#schema ? sql`${this.#schema}.${table}` : table} AS ${ident(alias)}`;
    const condition = this.condition(where, { alias });
    if (relation.kind === 'relatedEntity') {
      const [held, key] = sameIn(relation.foreignKey, outer, keyOf(relation), alias);
      return this.#perhapsApart(sql`(${held} IS NOT NULL AND ${held} IN (SELECT ${key} ${from} WHERE ${condition}))`);
    }
    const same = isSame(relation.inverse.foreignKey, alias, keyOf(relation), outer);
    return this.#perhapsApart(sql`EXISTS (SELECT 1 ${from} WHERE ${same} AND ${condition})`);
  }

  #perhapsApart(found: Sql): Sql {
    return this.#dialect.apart && this.#aliases > mostJoined ? this.#dialect.apart(found) : found;
  }

  #place(
    { attribute, path }: { readonly attribute: StorageDef | undefined; readonly path: readonly string[] },
    { alias, element }: Scope,
  ): JsonPlace {
    if (attribute) return { json: column(alias, attribute.column), path };
    if (!element) throw new TypeError('A path without attribute stands outside of any collection');
    return { json: element, path };
  }

  #nextAlias(): string {
    return `${this.#root}_${++this.#aliases}`;
  }
}

/** Databases read a long chain as a deep tree, so it is cut in halves by parentheses. */
function inHalves(pieces: readonly Sql[], separator: string): Sql {
  if (pieces.length <= 4) return sql`(${join(pieces, separator)})`;
  const half = pieces.length >> 1;
  const halves = [inHalves(pieces.slice(0, half), separator), inHalves(pieces.slice(half), separator)];
  return sql`(${join(halves, separator)})`;
}
