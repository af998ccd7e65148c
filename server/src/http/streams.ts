// Answers that are written as they come, as fast as the client takes them: those without an end, and large bytes.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HttpReply } from '../reply/http-reply.ts';

export class Streams {
  readonly #open = new Set<AbortController>();
  readonly #stallMs: number;

  /** @param stallMs how long a client may take nothing before it is cut off */
  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  send(response: ServerResponse, { status, headers }: HttpReply, stream: NonNullable<HttpReply['stream']>): void {
    const control = new AbortController();
    response.once('close', () => control.abort());
    if (response.destroyed) control.abort();
    if (!('Content-Length' in headers)) {
      this.#open.add(control);
      // The connection ends with it: a server that stops would wait for one that is kept.
      response.shouldKeepAlive = false;
    }
    response.writeHead(status, headers);
    void this.#write(response, stream(control.signal), control)
      .catch(() => response.destroy())
      .finally(() => this.#open.delete(control));
  }

  /** Ends those without an end in good order. */
  end(): void {
    for (const control of this.#open) control.abort();
  }

  async #write(
    response: ServerResponse,
    pieces: AsyncIterable<string | Uint8Array>,
    { signal }: AbortController,
  ): Promise<void> {
    for await (const piece of pieces)
      for (const slice of slicesOf(piece)) {
        if (response.destroyed) return;
        const taken = response.write(slice);
        if (signal.aborted) return void response.end();
        if (taken) continue;
        // Nothing more is read for a client that does not read: what it has not been told stays where it is.
        await this.#drained(response, signal);
        if (response.destroyed) return;
        if (signal.aborted) return void response.end();
      }
    response.end();
  }

  /** Waits until the client has taken what was written, the signal aborts, or the client is cut off. */
  async #drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
    const timer = setTimeout(() => response.destroy(), this.#stallMs);
    try {
      await once(response, 'drain', { signal });
    } catch {
      // Aborted, or the connection broke.
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What even a slow client takes in time. */
const sliceBytes = 64 * 1024;

function* slicesOf(piece: string | Uint8Array): Generator<string | Uint8Array> {
  if (typeof piece === 'string') yield piece;
  else for (let at = 0; at < piece.length; at += sliceBytes) yield piece.subarray(at, at + sliceBytes);
}
