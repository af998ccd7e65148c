// What handle.ts gives back to the HTTP edge.

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[]>>;
  /** Absent: no body. For HEAD the edge drops the body and keeps the headers, `Content-Length` included. */
  readonly body?: string | Uint8Array;
  /**
   * A body that is written as it comes, as fast as the client takes it, instead of the other. Without `Content-Length` it
   * has no end of its own.
   */
  readonly stream?: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>;
}
