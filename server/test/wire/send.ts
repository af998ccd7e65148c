// A plain HTTP client: the path goes out as it was written, headers too, and nothing is followed or decoded.
import { request, type IncomingHttpHeaders } from 'node:http';
import type { Header } from './http-file.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Outgoing {
  readonly method: string;
  /** Path and query as written in the conversation. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body?: Uint8Array;
}

/** A request line cannot hold spaces, and letters only as bytes: both are written as browsers write them. */
export const onTheWire = (url: string): string => url.replace(/[^\u0021-\u007e]+/gu, encodeURIComponent);

/**
 * Sends a request to a port of this machine.
 * @throws Error when no answer comes within two minutes or the connection breaks before it
 */
export function send(port: number, { method, url, headers, body }: Outgoing): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const list = Object.fromEntries(headers.map(([name, value]) => [name, value]));
    const outgoing = request(
      { host: '127.0.0.1', port, method, path: onTheWire(url), headers: list, agent: false, timeout: 120_000 },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          outgoing.destroy();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within two minutes')));
    outgoing.on('error', reject);
    if (body && body.length > 0 && outgoing.getHeader('transfer-encoding') !== undefined) outgoing.write(body);
    outgoing.end(outgoing.getHeader('transfer-encoding') === undefined ? body : undefined);
  });
}
