// Answers without an end: written as their text comes, as fast as the client takes it.
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
    this.#open.add(control);
    response.once('close', () => control.abort());
    if (response.destroyed) control.abort();
    // The connection ends with it: a server that stops would wait for one that is kept.
    response.shouldKeepAlive = false;
    response.writeHead(status, headers);
    void this.#write(response, stream(control.signal), control)
      .catch(() => response.destroy())
      .finally(() => this.#open.delete(control));
  }

  /** Ends all of them in good order. */
  end(): void {
    for (const control of this.#open) control.abort();
  }

  async #write(response: ServerResponse, texts: AsyncIterable<string>, { signal }: AbortController): Promise<void> {
    for await (const text of texts) {
      if (response.destroyed) return;
      const taken = response.write(text);
      if (signal.aborted) break;
      if (taken) continue;
      // Nothing more is read for a client that does not read: what it has not been told stays where it is.
      const stalled = AbortSignal.timeout(this.#stallMs);
      await once(response, 'drain', { signal: AbortSignal.any([signal, stalled]) }).catch(() => undefined);
      if (signal.aborted) break;
      if (stalled.aborted) return void response.destroy();
    }
    response.end();
  }
}
