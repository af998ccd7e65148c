// Statements of stored entity sets. Keys are written before the set can be found, and a set cannot be found any more
// before its keys go, so that whatever ends the server leaves no half set.
import type { KeyKind } from '../../query/key-list.ts';
import { entitySetPartTable, entitySetTable } from './columns.ts';
import { Sql, sql } from './sql.ts';

/** A row of the table; times are milliseconds, `expires` since 1970. */
export interface StoredSet {
  /** Names the keys; another one whenever a set is made. */
  readonly content: string;
  readonly id: string;
  readonly session: string;
  readonly dataClass: string;
  readonly kind: KeyKind;
  readonly members: number;
  /** What the set counts for in the budget. */
  readonly bytes: number;
  readonly timeout: number;
  readonly expires: number;
}

/** Bytes of keys in one row, written with one commit. */
export const partBytes = 256 * 1024;
/** Reading a part takes about as long as visiting so many rows. */
const partWork = 2000;

/**
 * What makes a set, one statement after the other: the first ones may be done long before the last one, with which it
 * can be found. Another set of that id is no more.
 * @param keys see `keyListParts`
 */
export function makeSetStatements(set: StoredSet, keys: readonly Uint8Array[]): readonly Sql[] {
  const { content, id, session, dataClass, kind, members, bytes, timeout, expires } = set;
  const parts = keys.map(
    (part, i) => sql`INSERT INTO ${entitySetPartTable} (content, part, bytes) VALUES (${content}, ${i}, ${part})`,
  );
  return [
    sql`INSERT INTO ${entitySetTable} (content, id, session, dataclass, kind, members, bytes, parts, timeout, expires, complete) VALUES (${content}, ${id}, ${session}, ${dataClass}, ${kind}, ${members}, ${bytes}, ${parts.length}, ${timeout}, ${expires}, 0)`,
    ...parts,
    endSets(sql`id = ${id}`),
    sql`UPDATE ${entitySetTable} SET complete = 1, expires = ${expires} WHERE content = ${content}`,
  ];
}

/** The live row of a set, at most one. */
export const findSetStatement = (id: string): Sql =>
  sql`SELECT content, session, dataclass, kind, members, bytes, parts, timeout, expires FROM ${entitySetTable} WHERE id = ${id} AND complete = 1 LIMIT 1`;

/** Rows with `bytes`, in order; `size` is about what they are together. */
export function partsStatement(content: string, size: number): Sql {
  const { text, params } = sql`SELECT bytes FROM ${entitySetPartTable} WHERE content = ${content} ORDER BY part`;
  return new Sql(text, params, { work: Math.ceil(size / partBytes) * partWork });
}

/** The set lives until then at least; one that has ended does not come back. */
export const prolongStatement = (content: string, expires: number): Sql =>
  sql`UPDATE ${entitySetTable} SET expires = ${expires} WHERE content = ${content} AND expires < ${expires} AND complete = 1`;

/** The sets that fulfil the condition cannot be found any more; `overSetsStatement` finds what is left of them. */
export const endSets = (condition: Sql): Sql =>
  sql`UPDATE ${entitySetTable} SET complete = 0, expires = 0 WHERE ${condition}`;

/** Rows with `content` and `parts` of sets whose life was over by then. */
export const overSetsStatement = (by: number, most: number): Sql =>
  sql`SELECT content, parts FROM ${entitySetTable} WHERE expires < ${by} LIMIT ${most}`;

/** Rows with `content` and `id` of living sets of the session beyond so many: those that would end first, but that one. */
export const surplusSetsStatement = (session: string, most: number, kept: string): Sql =>
  sql`SELECT content, id FROM ${entitySetTable} WHERE session = ${session} AND complete = 1 AND content <> ${kept} ORDER BY expires DESC LIMIT ${surplus} OFFSET ${most - 1}`;

/** Sets that make room in one go. */
const surplus = 1000;

/** What takes an ended set away, one statement after the other. */
export const removeSetStatements = (content: string, parts: number): readonly Sql[] => [
  ...Array.from(
    { length: parts },
    (_, part) => sql`DELETE FROM ${entitySetPartTable} WHERE content = ${content} AND part = ${part}`,
  ),
  sql`DELETE FROM ${entitySetTable} WHERE content = ${content}`,
];

/** One row with `sets` and `bytes`: how many there are, and what they count for together. */
export function spaceStatement(about: number): Sql {
  const { text } = sql`SELECT count(*) AS sets, coalesce(sum(bytes), 0) AS bytes FROM ${entitySetTable}`;
  return new Sql(text, [], { work: about });
}

/**
 * Living sets, those used last first.
 * @param session whose sets alone may be seen; absent: all
 */
export const listSetsStatement = (now: number, most: number, session?: string): Sql =>
  sql`SELECT id, dataclass, members, timeout, expires FROM ${entitySetTable} WHERE complete = 1 AND expires >= ${now}${session === undefined ? sql`` : sql` AND session = ${session}`} ORDER BY expires DESC LIMIT ${most}`;
