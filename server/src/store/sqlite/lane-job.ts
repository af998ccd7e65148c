// What the server and a process of the slow lane say to each other.
import { keyCount, keyListParts, readKeyList, type KeyKind, type KeyList } from '../../query/key-list.ts';
import type { Row } from '../engine.ts';
import type { Param } from '../sql/sql.ts';

/** A list of keys whose bytes went ahead, so many parts. */
export interface SentList {
  readonly kind: 'sent';
  readonly keys: KeyKind;
  readonly count: number;
  readonly parts: number;
}

/** A statement; `List` is what stands for a list of keys. */
export interface LaneStatement<List = KeyList> {
  readonly text: string;
  readonly params: readonly (Exclude<Param, KeyList> | List)[];
}

export type LaneJob<List = KeyList> =
  | ({ readonly kind: 'rows' } & LaneStatement<List>)
  /** The first row, if there is one. */
  | ({ readonly kind: 'row' } & LaneStatement<List>)
  /** The first column, packed. With `among` only keys of that list, in its order. */
  | ({ readonly kind: 'keys'; readonly among?: List } & LaneStatement<List>)
  /** Commits by itself. */
  | ({ readonly kind: 'write' } & LaneStatement<List>);

/** Parts of lists, in order, then the job that they belong to; each is answered before the next one. */
export type LaneMessage = { readonly kind: 'part'; readonly bytes: Uint8Array } | LaneJob<SentList>;

export type LaneReply =
  | { readonly kind: 'taken' }
  /** `ms`: how long the statement ran. */
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly ms: number }
  | { readonly kind: 'keys'; readonly keys: KeyList; readonly ms: number }
  | { readonly kind: 'written' }
  /** SQLite refused the statement. */
  | { readonly kind: 'failed'; readonly message: string };

/** Sending so many bytes holds the server up for a fraction of a millisecond. */
const partBytes = 256 * 1024;

const isList = (param: unknown): param is KeyList | SentList =>
  typeof param === 'object' && param !== null && 'kind' in param;

/** The job with something else in place of its lists of keys. */
function replaceLists<From, To>(job: LaneJob<From>, replace: (list: From) => To): LaneJob<To> {
  const params = job.params.map((param) => (isList(param) ? replace(param as From) : param)) as LaneJob<To>['params'];
  if (job.kind !== 'keys') return { ...job, params };
  const { among, ...rest } = job;
  return among === undefined ? { ...rest, params } : { ...rest, params, among: replace(among) };
}

/** The messages that a job travels as. */
export function laneMessages(job: LaneJob): readonly LaneMessage[] {
  const messages: LaneMessage[] = [];
  const sent = replaceLists(job, (list): SentList => {
    const parts = keyListParts(list, partBytes);
    for (const bytes of parts) messages.push({ kind: 'part', bytes });
    return { kind: 'sent', keys: list.kind, count: keyCount(list), parts: parts.length };
  });
  return [...messages, sent];
}

/** The job, from the parts that went ahead of it. */
export function receivedJob(job: LaneJob<SentList>, parts: readonly Uint8Array[]): LaneJob {
  let next = 0;
  return replaceLists(job, ({ keys, count, parts: own }): KeyList =>
    readKeyList(keys, count, parts.slice(next, (next += own))),
  );
}
