// Which reads are short enough to share a connection with others: the planner is asked once for each statement.
import type { Connection } from './connection.ts';
import { isAway, isTimedOut } from './errors.ts';
import type { Bound } from './statement.ts';

/** In the planner's units: a few rows by their keys, and some ten thousand rows that are looked at. */
const surelyShortCost = 300;
const shortCost = 3000;
/** What a statement says of itself, in rows, see `Sql.work`. */
const shortWork = 20_000;

interface Explained {
  readonly Plan: { readonly 'Total Cost': number };
}

/** `likelyShort`: only trying tells. */
export type Reach = 'short' | 'likelyShort' | 'long';

/** @param work rows that it visits at most, where that is known */
export async function reachOf(
  connection: Connection,
  { statement, values }: Bound,
  work: number | undefined,
): Promise<Reach> {
  if (work !== undefined && work <= shortWork) return 'short';
  const text = `EXPLAIN (FORMAT JSON) ${statement.text}`;
  const asked = { text, name: undefined, longNames: undefined };
  try {
    const { rows } = await connection.send({ statement: asked, values, reader: undefined });
    const [explained] = JSON.parse(String(rows[0]?.['QUERY PLAN'])) as Explained[];
    const cost = explained?.Plan['Total Cost'] ?? Infinity;
    return cost <= surelyShortCost ? 'short' : cost <= shortCost ? 'likelyShort' : 'long';
  } catch (error) {
    if (isAway(error)) throw error;
    // A statement that cannot be explained says itself what is wrong with it; other databases explain in other words.
    return isTimedOut(error) ? 'long' : 'likelyShort';
  }
}
