// Servers for conversations: real HTTP, real SQLite, real converters, a data folder of their own, a clock that obeys.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { readConfig, settings, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, openKeystamps, type Keystamp } from '../../src/keystamp.ts';
import type { Model } from '../../src/model/model.ts';
import { sow } from '../../src/orm/sow.ts';
import { CachingProxy } from './caching-proxy.ts';
import { seedTime, startTime, stocks, type StockName } from './company.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-wire-'));
  folders.push(folder);
  return folder;
}

/** Deletes all data folders of the run. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const sown = new Map<StockName, Promise<string>>();

/** The folder with the sown data of a model; sown once in a run and copied for each conversation. */
function sownFolder(name: StockName): Promise<string> {
  let folder = sown.get(name);
  if (!folder) sown.set(name, (folder = sowStock(name)));
  return folder;
}

async function sowStock(name: StockName): Promise<string> {
  const data = newFolder();
  const { model, seed } = stocks[name];
  const keystamp = await openKeystamp(
    model,
    readConfig({ data, converters: 2 }),
    () => undefined,
    () => seedTime,
  );
  try {
    await sow(seed, model, join(data, 'seed'), keystamp.services, () => undefined);
  } finally {
    await keystamp.close();
  }
  return data;
}

/** Settings as `@setting` writes them, read as the environment would be. */
function configOf(data: string, given: Readonly<Record<string, string>>): Config {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settings, name)) throw new Error(`@setting ${name}: there is no such setting`);
    env[settings[name as keyof typeof settings].env] = value;
  }
  return readConfig({ data, port: 0, ...('converters' in given ? {} : { converters: 1 }) }, env);
}

interface Node {
  readonly keystamp: Keystamp;
  readonly server: FastifyInstance;
  readonly port: number;
}

/** The servers of one conversation: the first, others over the same data when asked for, and a shared cache. */
export class Fixture {
  readonly #config: Config;
  readonly #models: readonly Model[];
  readonly #nodes = new Map<number, Node>();
  #proxy: { readonly proxy: CachingProxy; readonly port: number } | undefined;
  #clock = startTime;
  /** Faults of the server since they were last taken. */
  #faults: unknown[] = [];

  private constructor(config: Config, models: readonly Model[]) {
    this.#config = config;
    this.#models = models;
  }

  /**
   * @param names of the models, the first one at the root, separated by spaces
   * @throws Error for an unknown model or setting
   */
  static async open(names: string, given: Readonly<Record<string, string>>): Promise<Fixture> {
    const data = newFolder();
    const stockNames = names.split(' ');
    for (const name of stockNames) {
      if (!Object.hasOwn(stocks, name)) throw new Error(`@model ${name}: there is no such model`);
      const own = stockNames.length > 1 ? join(data, stocks[name as StockName].model.name) : data;
      cpSync(await sownFolder(name as StockName), own, { recursive: true });
    }
    const models = stockNames.map((name) => stocks[name as StockName].model);
    return new Fixture(configOf(data, given), models);
  }

  moveClock(milliseconds: number): void {
    this.#clock += milliseconds;
  }

  /** The port of a server, started when it is not yet. */
  async port(number: number): Promise<number> {
    return (this.#nodes.get(number) ?? (await this.#start(number))).port;
  }

  /** The port of the shared cache in front of the first server. */
  async cachePort(): Promise<number> {
    if (!this.#proxy) {
      await this.port(1);
      const proxy = new CachingProxy(
        () => this.#nodes.get(1)?.port ?? 0,
        () => this.#clock,
      );
      this.#proxy = { proxy, port: await proxy.listen() };
    }
    return this.#proxy.port;
  }

  /** Stops all servers; the next request starts them on the same data. */
  async stop(): Promise<void> {
    for (const { server, keystamp } of this.#nodes.values()) {
      await stop(server, this.#config);
      await keystamp.close();
    }
    this.#nodes.clear();
  }

  async close(): Promise<void> {
    await this.#proxy?.proxy.close();
    await this.stop();
    rmSync(this.#config.data, { recursive: true, force: true });
  }

  /** What went wrong inside the servers since the last call. */
  takeFaults(): readonly unknown[] {
    return this.#faults.splice(0);
  }

  async #start(number: number): Promise<Node> {
    const onEvent = (event: AppEvent): void => {
      if (event.kind === 'failed' || event.kind === 'sweepFailed') this.#faults.push(event.cause);
    };
    const [only, ...others] = this.#models as [Model];
    const keystamp = await (others.length > 0
      ? openKeystamps(this.#models, this.#config, onEvent, () => this.#clock)
      : openKeystamp(only, this.#config, onEvent, () => this.#clock));
    const server = createServer(keystamp.handle, this.#config);
    const node = { keystamp, server, port: Number(new URL(await listen(server, this.#config)).port) };
    this.#nodes.set(number, node);
    return node;
  }
}
