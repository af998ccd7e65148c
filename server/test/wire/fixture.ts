// Servers for conversations: real HTTP, real databases, real converters, a data folder of their own, a clock that obeys.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { readConfig, settings, type Config } from '../../src/config.ts';
import type { AppEvent } from '../../src/events.ts';
import { isProtected, listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, openKeystamps, type Keystamp, type Part } from '../../src/keystamp.ts';
import type { Model } from '../../src/model/model.ts';
import { sow } from '../../src/orm/sow.ts';
import { Roles } from '../../src/session/roles.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { addKey, removeKey, type KeyType } from '../../src/session/stored-api-keys.ts';
import type { Engine } from '../../src/store/engine.ts';
import { openEngine } from '../../src/store/open.ts';
import { CachingProxy } from './caching-proxy.ts';
import { seedTime, startTime, stocks, type Stock, type StockName } from './company.ts';
import '../kept-converters.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keystamp-wire-'));
  folders.push(folder);
  return folder;
}

/** Sown data serve all test files of the process. Databases go with their server. */
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Where the data of a conversation are. */
export type EngineName = 'sqlite' | 'postgres';

/** Data that were sown: a folder, and on PostgreSQL the URL of a database. */
type Sown = Pick<Config, 'data' | 'database'>;

const sown = new Map<string, Promise<Sown>>();

/** The sown data of models; sown once in a run and copied for each conversation. */
function sownData(names: readonly StockName[], engine: EngineName): Promise<Sown> {
  const id = `${engine} ${names.join(' ')}`;
  let made = sown.get(id);
  if (!made) sown.set(id, (made = sowStocks(names, engine)));
  return made;
}

async function sowStocks(names: readonly StockName[], engine: EngineName): Promise<Sown> {
  const data = newFolder();
  const database = engine === 'postgres' ? await newDatabase() : '';
  const config = readConfig({ data, database, converters: 2, conversionSeconds: 120 });
  const ignore = (): void => undefined;
  const now = (): number => seedTime;
  const models = names.map((name) => stocks[name].model);
  const [only, ...others] = models as [Model];
  const keystamp = await (others.length > 0
    ? openKeystamps(models, config, ignore, now)
    : openKeystamp(only, config, ignore, now));
  try {
    for (const [i, name] of names.entries()) {
      const { model, seed } = stocks[name];
      await sow(seed, model, join(data, 'seed'), (keystamp.parts[i] as Part).services, ignore);
    }
  } finally {
    await keystamp.close();
  }
  return { data, database };
}

/** The roles file of a stock; the others are open. */
function rolesOf(model: Model): Roles {
  const stock: Stock | undefined = Object.values(stocks).find((each) => each.model === model);
  return stock?.roles?.() ?? new Roles();
}

/** What conversations have that say nothing else: on a crowded machine a converter may have to wait for long. */
function standing(given: Readonly<Record<string, string>>): Partial<Config> {
  return {
    ...('converters' in given ? {} : { converters: 1 }),
    ...('conversionSeconds' in given ? {} : { conversionSeconds: 120 }),
  };
}

/** Settings as `@setting` writes them, read as the environment would be. */
function configOf(at: Sown, given: Readonly<Record<string, string>>): Config {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settings, name)) throw new Error(`@setting ${name}: there is no such setting`);
    env[settings[name as keyof typeof settings].env] = value;
  }
  return readConfig({ ...at, port: 0, ...standing(given) }, env);
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
  /** Transactions that are under way. */
  readonly #writes = new Set<Promise<unknown>>();

  private constructor(config: Config, models: readonly Model[]) {
    this.#config = config;
    this.#models = models;
  }

  /**
   * @param names of the models, the first one at the root, separated by spaces
   * @throws Error for an unknown model or setting
   */
  static async open(
    names: string,
    given: Readonly<Record<string, string>>,
    engine: EngineName = 'sqlite',
  ): Promise<Fixture> {
    const stockNames = names.split(' ').map((name) => {
      if (!Object.hasOwn(stocks, name)) throw new Error(`@model ${name}: there is no such model`);
      return name as StockName;
    });
    const from = await sownData(stockNames, engine);
    const data = newFolder();
    cpSync(from.data, data, { recursive: true });
    const database = engine === 'postgres' ? await newDatabase(from.database) : '';
    const models = stockNames.map((name) => stocks[name].model);
    return new Fixture(configOf({ data, database }, given), models);
  }

  /** What the servers write behind an answered request is done by then, as it would be when the time had passed. */
  async moveClock(milliseconds: number): Promise<void> {
    if (milliseconds !== 0) await Promise.allSettled(this.#writes);
    this.#clock += milliseconds;
  }

  /** The port of a server, started when it is not yet. */
  async port(number: number): Promise<number> {
    return (this.#nodes.get(number) ?? (await this.#start(number))).port;
  }

  /** Makes an API key as `keystamp key add` does, in a process of its own so to speak. */
  async addKey(wishes: Readonly<Record<string, string>>): Promise<{ readonly id: string; readonly key: string }> {
    const { type = 'standard', role, description = 'a program', days = '30', hosts = '' } = wishes;
    return this.#beside((engine) =>
      addKey(
        engine,
        {
          type: type as KeyType,
          ...(role !== undefined && { role }),
          description,
          days: Number(days),
          hosts: hosts === '' ? [] : hosts.split(','),
        },
        this.#clock,
      ),
    );
  }

  async removeKey(id: string): Promise<void> {
    assert.ok(await this.#beside((engine) => removeKey(engine, id)), id);
  }

  /** Work on the data of the first model beside the servers. */
  async #beside<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    const [model] = this.#models as [Model];
    const engine = await openEngine(this.#config, model);
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
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
    if (this.#config.database !== '') await dropDatabase(this.#config.database);
  }

  /** What went wrong inside the servers since the last call. */
  takeFaults(): readonly unknown[] {
    return this.#faults.splice(0);
  }

  #watch(engine: Engine): void {
    const write = engine.write.bind(engine);
    engine.write = (work) => {
      const writing = write(work);
      this.#writes.add(writing);
      const done = (): unknown => this.#writes.delete(writing);
      writing.then(done, done);
      return writing;
    };
  }

  async #start(number: number): Promise<Node> {
    const onEvent = (event: AppEvent): void => {
      if (event.kind === 'failed' || event.kind === 'sweepFailed') this.#faults.push(event.cause);
    };
    const [only, ...others] = this.#models as [Model];
    const keystamp = await (others.length > 0
      ? openKeystamps(this.#models, this.#config, onEvent, () => this.#clock, rolesOf)
      : openKeystamp(only, this.#config, onEvent, () => this.#clock, rolesOf));
    for (const { services } of keystamp.parts) this.#watch(services.engine);
    const roles = keystamp.parts.map(({ services }) => services.roles);
    const server = createServer(keystamp.handle, this.#config, { isProtected: isProtected(this.#config, roles) });
    const node = { keystamp, server, port: Number(new URL(await listen(server, this.#config)).port) };
    this.#nodes.set(number, node);
    return node;
  }
}
