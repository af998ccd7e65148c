// An answer that a function writes itself (spec 12 § 5): status, headers and body, without the wrapping of a result.
import { validateHeaderName, validateHeaderValue } from '../node-http.ts';
import { MediaBytes, type BlobValue } from './media-value.ts';

/** Headers that are the server's alone. */
const dropped = new Set([
  'connection', 'content-length', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection',
  'set-cookie', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]); // oxfmt-ignore

export class OutgoingMessage {
  #status = 200;
  #body: unknown;
  readonly #headers = new Map<string, { readonly name: string; readonly value: string }>();

  get status(): number {
    return this.#status;
  }

  get body(): unknown {
    return this.#body;
  }

  get headers(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#headers.values().map(({ name, value }) => [name, value]));
  }

  /** Sets the type of the body too, so a `Content-Type` of one's own comes after it. */
  setBody(body: unknown, mediaType?: string): this {
    this.#body = body;
    return this.setHeader('Content-Type', mediaType ?? mediaTypeOf(body));
  }

  /** @throws TypeError for a name or value that HTTP does not know */
  setHeader(name: string, value: string | number): this {
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    const lower = name.toLowerCase();
    // Under the name that the server looks for.
    const written = lower === 'cache-control' ? 'Cache-Control' : name;
    if (!dropped.has(lower)) this.#headers.set(lower, { name: written, value: String(value) });
    return this;
  }

  /** @throws RangeError for what is no status of an answer */
  setStatus(status: number): this {
    if (!Number.isInteger(status) || status < 200 || status > 599)
      throw new RangeError(`${status} is no status of an answer`);
    this.#status = status;
    return this;
  }
}

function mediaTypeOf(body: unknown): string {
  if (typeof body === 'string') return 'text/plain; charset=UTF-8';
  if (body instanceof Uint8Array) return 'application/octet-stream';
  return body instanceof MediaBytes ? (body as BlobValue).mediatype : 'application/json';
}
