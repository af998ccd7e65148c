// Who reads in these tests: a client without a cache, one behind a shared cache, and browsers with a private cache of
// their own behind that same shared cache. The caches are undici's, which follow RFC 9111.
import { Agent, cacheStores, interceptors, request, type Dispatcher } from 'undici';
import type { Answered, ItemServer } from './item-server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** What the server itself answered meanwhile; nothing when a cache did. Meaningful when nobody else was asking. */
  readonly byServer: readonly Answered[];
}

export const clientNames = ['direct', 'shared', 'anna', 'ben'] as const;
export type ClientName = (typeof clientNames)[number];

/** The address that caches see. It stays when the server comes back on another port. */
const origin = 'http://keystamp.test';

export class Clients {
  readonly #server: ItemServer;
  readonly #agent = new Agent();
  readonly #dispatchers: Record<ClientName, Dispatcher>;

  constructor(server: ItemServer) {
    this.#server = server;
    const toServer: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
      dispatch({ ...options, origin: server.url }, handler);
    const shared = interceptors.cache({ type: 'shared', store: new cacheStores.MemoryCacheStore() });
    const browser = (): Dispatcher =>
      this.#agent.compose(
        toServer,
        shared,
        interceptors.cache({ type: 'private', store: new cacheStores.MemoryCacheStore() }),
      );
    this.#dispatchers = {
      direct: this.#agent.compose(toServer),
      shared: this.#agent.compose(toServer, shared),
      anna: browser(),
      ben: browser(),
    };
  }

  /** A GET. @param path begins with `/` */
  get(client: ClientName, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(client, 'GET', path, undefined, headers);
  }

  /** @param body sent as it is, or as JSON when it is no buffer */
  async send(
    client: ClientName,
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    this.#server.takeAnswered();
    const sent = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await request(origin + path, {
      dispatcher: this.#dispatchers[client],
      method,
      headers,
      ...(sent !== undefined && { body: sent }),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes, byServer: this.#server.takeAnswered() };
  }

  end(): Promise<void> {
    return this.#agent.destroy();
  }
}

export const jsonOf = (answer: Answer): unknown => JSON.parse(answer.bytes.toString('utf8'));

export const headerOf = ({ headers }: Answer, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};
