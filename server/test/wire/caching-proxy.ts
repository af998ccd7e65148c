// A small shared cache (RFC 9111) between client and server, as a CDN stands there: it keeps what it may, as long as it
// may, asks again where it must, and tells in `X-Cache` what it did: hit, revalidated, miss or pass.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, type Answer } from './send.ts';
import type { Header } from './http-file.ts';

interface Kept extends Answer {
  readonly storedAt: number;
  /** Request headers that `Vary` names, as they were. */
  readonly vary: ReadonlyMap<string, string | undefined>;
}

const directives = (headers: IncomingHttpHeaders): ReadonlyMap<string, string> =>
  new Map(
    (headers['cache-control'] ?? '')
      .split(',')
      .map((part) => part.trim().toLowerCase().split('='))
      .map(([name, value]) => [name as string, value ?? '']),
  );

const text = (headers: IncomingHttpHeaders, name: string): string | undefined =>
  headers[name] === undefined ? undefined : String(headers[name]);

export class CachingProxy {
  readonly #kept = new Map<string, Kept[]>();
  readonly #origin: () => number;
  readonly #now: () => number;
  readonly #server: Server;

  /**
   * @param origin port of the server behind
   * @param now milliseconds since 1970
   */
  constructor(origin: () => number, now: () => number) {
    this.#origin = origin;
    this.#now = now;
    this.#server = createServer((incoming, outgoing) => {
      const { method = 'GET', url = '/', headers } = incoming;
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        this.#answer(method, url, headers, Buffer.concat(chunks)).then(
          ([answer, state]) => {
            outgoing.writeHead(answer.status, { ...answer.headers, 'x-cache': state });
            outgoing.end(method === 'HEAD' ? undefined : answer.body);
          },
          (error: unknown) => outgoing.writeHead(502).end(String(error)),
        );
      });
    });
  }

  /** Starts listening; answers the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(method: string, url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<[Answer, string]> {
    if (method !== 'GET') return [await this.#forward(method, url, headers, body), 'pass'];
    const kept = this.#find(url, headers);
    if (kept && this.#isFresh(kept)) return [kept, 'hit'];
    const tag = kept && text(kept.headers, 'etag');
    const asked = tag === undefined ? headers : { ...headers, 'if-none-match': tag };
    const answer = await this.#forward(method, url, asked, body);
    if (kept && tag !== undefined && answer.status === 304) {
      const renewed = { ...kept, headers: { ...kept.headers, ...answer.headers }, storedAt: this.#now() };
      this.#keep(url, headers, renewed);
      return [renewed, 'revalidated'];
    }
    this.#keep(url, headers, answer);
    return [answer, 'miss'];
  }

  #forward(method: string, url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    const list: Header[] = [];
    for (const [name, value] of Object.entries(headers))
      if (name !== 'connection' && name !== 'transfer-encoding' && value !== undefined)
        list.push([name, String(value)]);
    return send(this.#origin(), { method, url, headers: list, body });
  }

  #find(url: string, headers: IncomingHttpHeaders): Kept | undefined {
    return this.#kept.get(url)?.find(({ vary }) => [...vary].every(([name, value]) => text(headers, name) === value));
  }

  #isFresh({ headers, storedAt }: Kept): boolean {
    const told = directives(headers);
    return !told.has('no-cache') && (this.#now() - storedAt) / 1000 < Number(told.get('max-age') ?? 0);
  }

  #keep(url: string, asked: IncomingHttpHeaders, answer: Answer): void {
    const told = directives(answer.headers);
    const names = (text(answer.headers, 'vary') ?? '').split(',').map((name) => name.trim().toLowerCase());
    const vary = new Map(names.filter((name) => name !== '').map((name) => [name, text(asked, name)]));
    const others = (this.#kept.get(url) ?? []).filter((kept) => kept !== this.#find(url, asked));
    const may = answer.status === 200 && !told.has('no-store') && !told.has('private') && !vary.has('*');
    const useful = told.has('max-age') || text(answer.headers, 'etag') !== undefined;
    this.#kept.set(url, may && useful ? [...others, { ...answer, storedAt: this.#now(), vary }] : others);
  }
}
