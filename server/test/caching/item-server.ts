// A Keystamp of its own for a test: real SQLite and converters in a temporary folder, over HTTP. It can be restarted.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp } from '../../src/keystamp.ts';
import { defineModel } from '../../src/model/definition.ts';
import { buildModel } from '../../src/model/load.ts';
import '../kept-converters.ts';

/** One class with a picture of each way to count versions (spec 10 §§ 2.6 and 2.8). */
export const itemModel = buildModel(
  defineModel({
    dataClasses: {
      Item: {
        attributes: {
          code: { type: 'string', primKey: true },
          title: { type: 'string' },
          photo: { type: 'image' },
          badge: { type: 'image', imageVersion: 'stamp' },
        },
      },
    },
  }),
);

export type Answered = Extract<AppEvent, { kind: 'answered' }>;

type Running = Awaited<ReturnType<typeof run>>;

async function run(config: Config, onEvent: (event: AppEvent) => void) {
  const keystamp = await openKeystamp(itemModel, config, onEvent);
  const http = createServer(keystamp.handle, config);
  const url = await listen(http, config);
  return {
    url,
    async end(): Promise<void> {
      await stop(http, config);
      await keystamp.close();
    },
  };
}

export class ItemServer {
  readonly #config: Config;
  readonly #events: AppEvent[] = [];
  #running: Running | undefined;

  private constructor(config: Config) {
    this.#config = config;
  }

  /** Starts on a free port, in an empty folder. */
  static async start(flags: Partial<Config> = {}): Promise<ItemServer> {
    const data = await mkdtemp(join(tmpdir(), 'keystamp-test-'));
    const server = new ItemServer(readConfig({ conversionSeconds: 120, ...flags, data }));
    await server.#start();
    return server;
  }

  /** `http://127.0.0.1:PORT`; another one after most restarts. */
  get url(): string {
    if (!this.#running) throw new Error('The server does not run');
    return this.#running.url;
  }

  /** What was answered since this was asked last, oldest first. */
  takeAnswered(): readonly Answered[] {
    return this.#events.splice(0).filter((event) => event.kind === 'answered');
  }

  /** Stops and opens the same data folder again. @param port where it listens then; a free one when nothing is said */
  async restart(port = 0): Promise<void> {
    await this.#running?.end();
    await this.#start(port);
  }

  /** Stops and deletes the data. */
  async end(): Promise<void> {
    await this.#running?.end();
    this.#running = undefined;
    await rm(this.#config.data, { recursive: true, force: true });
  }

  async #start(port = 0): Promise<void> {
    this.#running = await run({ ...this.#config, port }, (event) => this.#events.push(event));
  }
}
