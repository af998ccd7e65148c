// What the HTTP edge hands to handle.ts: a request with its body not yet read.
import type { Readable } from 'node:stream';

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query exactly as they came over the wire, mount included: `/rest/Employee(1)?$expand=photo`. */
  readonly url: string;
  /** Lower-case names, as Node gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The undecoded body; reading stops with an error past the limits of config.ts. */
  readonly body: Readable;
  /** Address of the client, also behind a trusted proxy. */
  readonly remoteAddress: string;
  /** It came by TLS, or a trusted proxy says so. */
  readonly secure: boolean;
}
