// What the server and a process of the slow lane say to each other.
import type { KeyList } from '../../query/key-list.ts';
import type { Row } from '../engine.ts';
import type { Param } from '../sql/sql.ts';

export interface LaneStatement {
  readonly text: string;
  readonly params: readonly Param[];
}

export type LaneJob =
  | ({ readonly kind: 'rows' } & LaneStatement)
  /** The first row, if there is one. */
  | ({ readonly kind: 'row' } & LaneStatement)
  /** The first column, packed. With `among` only keys of that list, in its order. */
  | ({ readonly kind: 'keys'; readonly among?: KeyList } & LaneStatement)
  /** Each statement commits by itself. */
  | { readonly kind: 'write'; readonly statements: readonly LaneStatement[] };

export type LaneReply =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'keys'; readonly keys: KeyList }
  | { readonly kind: 'written' }
  /** SQLite refused the statement. */
  | { readonly kind: 'failed'; readonly message: string };
