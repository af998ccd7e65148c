// A server of the synchronisation tests, asked over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import definition from './model.ts';
import '../kept-converters.ts';

/** An entity as JSON shows it. */
export type Entity = Readonly<Record<string, unknown>> & { readonly __KEY: string };

export interface List {
  readonly __GlobalStamp: number;
  readonly __OldestStamp?: number;
  readonly __COUNT: number;
  readonly __ENTITYSET?: string;
  readonly __ENTITIES: readonly Entity[];
}

export class SyncServer {
  readonly keystamp: Keystamp;
  readonly #url: string;
  readonly #close: () => Promise<void>;
  #cookie = '';

  private constructor(keystamp: Keystamp, url: string, close: () => Promise<void>) {
    this.keystamp = keystamp;
    this.#url = url;
    this.#close = close;
  }

  static async start(): Promise<SyncServer> {
    const data = mkdtempSync(join(tmpdir(), 'keystamp-sync-'));
    const config = readConfig({ data, port: 0, logLevel: 'silent', converters: 1 });
    const keystamp = await openKeystamp(buildModel(definition), config, () => {});
    const server = createServer(keystamp.handle, config);
    const url = await listen(server, config);
    return new SyncServer(keystamp, `${url}/rest`, async () => {
      await stop(server, config);
      await keystamp.close();
      rmSync(data, { recursive: true });
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** @param query parameters by name without their `$` */
  async list(path: string, query: Readonly<Record<string, string | number>> = {}, body?: object): Promise<List> {
    const params = Object.entries(query).map(([name, value]) => `$${name}=${encodeURIComponent(String(value))}`);
    return (await this.send(`${path}?${params.join('&')}`, body)) as unknown as List;
  }

  /** Answers the JSON of the answer, whatever its status. */
  async send(path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(path.startsWith('/') ? new URL(path, this.#url).href : `${this.#url}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie: this.#cookie },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    this.#cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie;
    return (await answer.json()) as Readonly<Record<string, unknown>>;
  }
}
