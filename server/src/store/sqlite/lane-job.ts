// What the server and a process of the slow lane say to each other.
import { keyCount, keyListParts, readKeyList, sizeOf, type KeyKind, type KeyList } from '../../query/key-list.ts';
import type { Row } from '../engine.ts';
import type { Param } from '../sql/sql.ts';

/** A list of keys whose bytes travel apart, so many parts. */
export interface SentList {
  readonly kind: 'sent';
  readonly keys: KeyKind;
  readonly count: number;
  readonly parts: number;
  /** Bytes of all parts together. */
  readonly size: number;
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

/**
 * Parts of lists, in order, then the job that they belong to; `more` asks for the next part of a list that came of it.
 * Each is answered before the next one.
 */
export type LaneMessage =
  { readonly kind: 'part'; readonly bytes: Uint8Array } | { readonly kind: 'more' } | LaneJob<SentList>;

/** `List` is what stands for a list of keys; `ms`: the processor time that the statement took. */
export type LaneResult<List = KeyList> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[]; readonly ms: number }
  | { readonly kind: 'keys'; readonly keys: List; readonly ms: number }
  | { readonly kind: 'written' }
  /** SQLite refused the statement. */
  | { readonly kind: 'failed'; readonly message: string };

export type LaneReply =
  /** Comes unasked, once. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'part'; readonly bytes: Uint8Array }
  | LaneResult<SentList>;

/** Sending or receiving so many bytes holds the server up for a fraction of a millisecond. */
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

/** A list as it travels: its parts, and what is said of them. */
export function sentList(list: KeyList): { readonly sent: SentList; readonly parts: readonly Uint8Array[] } {
  const parts = keyListParts(list, partBytes);
  const sent = { keys: list.kind, count: keyCount(list), parts: parts.length, size: sizeOf(parts) };
  return { sent: { kind: 'sent', ...sent }, parts };
}

/** The messages that a job travels as. */
export function laneMessages(job: LaneJob): readonly LaneMessage[] {
  const messages: LaneMessage[] = [];
  const last = replaceLists(job, (list): SentList => {
    const { sent, parts } = sentList(list);
    for (const bytes of parts) messages.push({ kind: 'part', bytes });
    return sent;
  });
  return [...messages, last];
}

/** The job, from the parts that went ahead of it. */
export function receivedJob(job: LaneJob<SentList>, parts: readonly Uint8Array[]): LaneJob {
  let next = 0;
  return replaceLists(job, ({ keys, count, parts: own }): KeyList =>
    readKeyList(keys, count, parts.slice(next, (next += own))),
  );
}
