// What the server and a process of the slow lane say to each other.
import type { KeyRange, Row } from '../engine.ts';
import type { KeyFacts, KeyKind, KeyList } from '../../query/key-list.ts';
import type { StoredSet } from '../sql/entity-set.ts';
import { isKeyList, type Param } from '../sql/sql.ts';
import { behind, lay, type Bulk, type Deposit, type Laid } from './exchange-file.ts';

/** A statement; `B` is what stands for lists of keys and bytes. */
export interface LaneStatement<B = Bulk> {
  readonly text: string;
  readonly params: readonly (Exclude<Param, Bulk> | B)[];
}

export type LaneJob<B = Bulk> =
  | ({ readonly kind: 'rows' } & LaneStatement<B>)
  /** The first row, if there is one. */
  | ({ readonly kind: 'row' } & LaneStatement<B>)
  /** The first column, packed. With `among` only keys of that list, in its order. */
  | ({ readonly kind: 'keys'; readonly among?: Exclude<B, Uint8Array> } & LaneStatement<B>)
  /** The same, to be held until the next job when there are many of them; `shown` are sent all the same. */
  | ({ readonly kind: 'find'; readonly shown: KeyRange } & LaneStatement<B>)
  /** Makes an entity set of the keys that are held. */
  | { readonly kind: 'store'; readonly set: StoredSet }
  /** The list of keys that the first column makes up. */
  | ({ readonly kind: 'load'; readonly of: KeyKind; readonly count: number } & LaneStatement<B>)
  /** One after the other, each committed by itself. */
  | { readonly kind: 'writes'; readonly statements: readonly LaneStatement<B>[] };

/** `List` is what stands for a list of keys; `ms`: the processor time that the statement took. */
export type LaneResult<List = KeyList> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly ms: number }
  | { readonly kind: 'keys'; readonly keys: List; readonly ms: number }
  | { readonly kind: 'held'; readonly facts: KeyFacts; readonly keys: List; readonly ms: number }
  /** Some of the list is not there any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'written' }
  /** SQLite refused the statement. */
  | { readonly kind: 'failed'; readonly message: string };

export type LaneReply =
  /** Comes unasked, once. */
  { readonly kind: 'ready' } | LaneResult<Deposit>;

const isBulk = (param: unknown): param is Bulk => param instanceof Uint8Array || isKeyList(param as Param);
const isDeposit = (param: unknown): param is Deposit =>
  typeof param === 'object' && param !== null && 'kind' in param && param.kind === 'deposit';

/** The job with something else in place of what is long. */
function replaceBulk<From, To>(
  job: LaneJob<From>,
  isLong: (param: unknown) => param is From,
  replace: (bulk: From) => To,
): LaneJob<To> {
  const replaced = ({ text, params }: LaneStatement<From>): LaneStatement<To> => ({
    text,
    params: params.map((param) => (isLong(param) ? replace(param) : param)) as LaneStatement<To>['params'],
  });
  switch (job.kind) {
    case 'store':
      return job;
    case 'writes':
      return { kind: 'writes', statements: job.statements.map(replaced) };
    case 'keys':
      return {
        kind: 'keys',
        ...replaced(job),
        ...(job.among !== undefined && { among: replace(job.among) as Exclude<To, Uint8Array> }),
      };
    default:
      return { ...job, ...replaced(job) };
  }
}

/** A job as it is sent, and what must lie in the exchange file before. */
export function laidJob(job: LaneJob): { readonly sent: LaneJob<Deposit>; readonly laid: readonly Laid[] } {
  const laid: Laid[] = [];
  let at = 0;
  const sent = replaceBulk(job, isBulk, (bulk): Deposit => {
    const each = lay(bulk, at);
    laid.push(each);
    at = behind(each.deposit);
    return each.deposit;
  });
  return { sent, laid };
}

/** The job that was sent. */
export const foundJob = (job: LaneJob<Deposit>, read: (deposit: Deposit) => Bulk): LaneJob =>
  replaceBulk(job, isDeposit, read);
