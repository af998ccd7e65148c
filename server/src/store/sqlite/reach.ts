// How far a statement reaches: a few rows, or so many that it would hold up everything else. Read from SQLite's plan.
import type Database from 'better-sqlite3';
import type { Value } from '../../model/model.ts';
import { hideParameters } from './hidden-parameters.ts';
import { tablesRead } from '../tables-of.ts';

export type Reach =
  /** Small tables and keys alone. */
  | 'short'
  /** Also equal values of an index, mostly few, on a large table; only trying tells. */
  | 'likelyShort'
  /** Also a range of an index, which may hold few rows or most of a large table; only trying tells. */
  | 'range'
  /** Along a large table in the order of an answer, which may be enough before the end. */
  | 'walk'
  /** All of a large table. */
  | 'long';

interface Step {
  readonly id: number;
  readonly parent: number;
  /** `SEARCH e USING INDEX Employee.salary index (salary>?)` */
  readonly detail: string;
}

/** A subquery that is run once; what scans it under its name sees no more rows than it gives. */
const subquery = /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/;
const access = /^(SCAN|SEARCH) (\S+)(?: USING (.*))?/;
const rowid = /^INTEGER PRIMARY KEY \(rowid=\?\)/;
const index = /^(?:COVERING )?INDEX (.+) \((.*)\)/;
const range = /[<>]\?/;

/** @param isLarge whether looking at all rows of that table takes long */
export function reachOf(
  database: Database.Database,
  text: string,
  params: readonly Value[],
  isLarge: (table: string) => boolean,
): Reach {
  const reads = tablesRead(text);
  const large = (alias: string): readonly string[] => reads.get(alias)?.filter(isLarge) ?? [];
  if ([...reads.keys()].every((alias) => large(alias).length === 0)) return 'short';
  const steps = database.prepare<Value[], Step>(`EXPLAIN QUERY PLAN ${hideParameters(text)}`).all(...params);
  const sorted = new Set(
    steps.filter(({ detail }) => detail.startsWith('USE TEMP B-TREE')).map(({ parent }) => parent),
  );
  const subqueries = new Set(
    steps.flatMap(({ parent, detail }) => {
      const name = subquery.exec(detail)?.[1];
      return name === undefined ? [] : [`${parent} ${name}`];
    }),
  );
  let reach: Reach = 'short';
  for (const { detail, parent } of steps) {
    const [, word, alias = '', how = ''] = access.exec(detail) ?? [];
    if (word === undefined || how.startsWith('VIRTUAL TABLE') || subqueries.has(`${parent} ${alias}`)) continue;
    const tables = large(alias);
    if (tables.length === 0) continue;
    const terms = index.exec(how)?.[2] ?? how;
    if (word === 'SCAN' || how.startsWith('AUTOMATIC') || range.test(terms)) {
      // What is sorted must be seen whole, and an index that is only made for the statement is made from all rows.
      if (sorted.has(parent) || how.startsWith('AUTOMATIC')) return 'long';
      if (word === 'SCAN') reach = 'walk';
      else if (reach !== 'walk') reach = 'range';
    } else if (reach === 'short' && !rowid.test(how) && !tables.every((table) => isUnique(database, table, how)))
      reach = 'likelyShort';
  }
  return reach;
}

/** Whether the index gives one row at most: it is unique and all its columns are given. */
function isUnique(database: Database.Database, table: string, how: string): boolean {
  const [, name = '', terms = ''] = index.exec(how) ?? [];
  const found = database
    .prepare<[string, string], { n: number }>(
      'SELECT count(*) AS n FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i WHERE l.name = ? AND l."unique" = 1',
    )
    .get(table, name);
  return found?.n === terms.split(' AND ').length;
}
