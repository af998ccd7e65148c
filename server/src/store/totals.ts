// Numbers of rows that were counted, kept while the tables they depend on have not changed: paging through a million
// entities counts them once.
import { LRUCache } from 'lru-cache';
import { sideViewPrefix } from '../model/names.ts';
import { isKeyList, type Sql } from './sql/sql.ts';
import { tablesRead } from './tables-of.ts';

interface Kept {
  /** Says in which state of the data it was counted. */
  readonly state: string;
  readonly total: Promise<number>;
}

const keptTotals = 1000;
/** Statements with longer parameters are counted each time. */
const longestParams = 2000;

export class Totals {
  readonly #kept = new LRUCache<string, Kept>({ max: keptTotals });
  readonly #tables = new LRUCache<string, readonly string[]>({ max: keptTotals });
  /** Commits of this process by table; `*` for those that may have changed any. */
  readonly #commits = new Map<string, number>();

  /** A commit of this process has changed these tables (see `tableWritten`). */
  committed(tables: Iterable<string>): void {
    for (const table of tables)
      // A table of another program is read through its view.
      for (const name of [table, `${sideViewPrefix}${table}`])
        this.#commits.set(name, (this.#commits.get(name) ?? 0) + 1);
  }

  /**
   * What `count` gives, or gave before when nothing has changed since.
   * @param foreign changes with every commit that `committed` is not told of
   */
  total(statement: Sql, foreign: number | string, count: () => Promise<number>): Promise<number> {
    const name = nameOf(statement);
    if (name === undefined) return count();
    const state: (number | string)[] = [foreign, this.#commits.get('*') ?? 0];
    for (const table of this.#tablesOf(statement.text)) state.push(this.#commits.get(table) ?? 0);
    const kept = this.#kept.get(name);
    if (kept?.state === state.join()) return kept.total;
    // The state was read first: a change while it counts makes another state.
    const total = count();
    this.#kept.set(name, { state: state.join(), total });
    total.catch(() => this.#kept.delete(name));
    return total;
  }

  #tablesOf(text: string): readonly string[] {
    let tables = this.#tables.get(text);
    if (!tables) this.#tables.set(text, (tables = [...new Set([...tablesRead(text).values()].flat())]));
    return tables;
  }
}

function nameOf({ text, params }: Sql): string | undefined {
  if (params.length === 0) return text;
  if (params.some((param) => isKeyList(param) || param instanceof Uint8Array)) return undefined;
  const printed = JSON.stringify(params, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  return printed.length > longestParams ? undefined : `${text}\n${printed}`;
}
