// What handle.ts gives back to the HTTP edge.

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[]>>;
  /** Absent: no body. For HEAD the edge drops the body and keeps the headers, `Content-Length` included. */
  readonly body?: string | Uint8Array;
  /** A body without an end, instead of the other: written as it comes, as fast as the client takes it. */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string>;
}
