// Two server processes over one database, of which now and then one is killed and started again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../crash/server-process.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';

const modelFile = fileURLToPath(new URL('./model.ts', import.meta.url));

export type EngineName = 'sqlite' | 'postgres';

export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export class TwoServers {
  readonly #data: string;
  readonly #database: string;
  readonly #servers: ServerProcess[] = [];
  kills = 0;

  private constructor(data: string, database: string) {
    this.#data = data;
    this.#database = database;
  }

  static async open(engine: EngineName): Promise<TwoServers> {
    const data = await mkdtemp(join(tmpdir(), 'keystamp-history-'));
    const made = new TwoServers(data, engine === 'postgres' ? await newDatabase() : '');
    for (const number of [0, 1]) made.#servers.push(made.#start(number));
    await Promise.all(made.#servers.map((server) => server.ready()));
    return made;
  }

  /** Ends a server without a warning and starts it again. */
  async kill(number: number): Promise<void> {
    this.kills++;
    await this.#servers[number]?.kill();
    const again = this.#start(number);
    this.#servers[number] = again;
    await again.ready();
  }

  /** The answer of a server; `undefined` when it died before it answered, or is not there. */
  async ask(number: number, path: string, body?: unknown, cookie?: Cookie): Promise<Answer | undefined> {
    const server = this.#servers[number % 2] as ServerProcess;
    try {
      const url = await server.ready();
      const answer = await fetch(`${url}/rest/${path}`, {
        headers: cookie?.text === undefined ? {} : { cookie: cookie.text },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      });
      const json = (await answer.json()) as Answer['json'];
      const given = answer.headers.get('set-cookie')?.split(';')[0];
      if (cookie && given !== undefined) cookie.text = given;
      return { status: answer.status, json };
    } catch (error) {
      if (error instanceof TypeError || (error as Error).message.startsWith('the server ended')) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
    await rm(this.#data, { recursive: true, force: true });
    if (this.#database !== '') await dropDatabase(this.#database);
  }

  #start(number: number): ServerProcess {
    // Each has a data folder of its own on PostgreSQL, as on two machines.
    const data = this.#database === '' ? this.#data : join(this.#data, String(number));
    return new ServerProcess(data, { KEYSTAMP_DATABASE: this.#database }, modelFile);
  }
}

/** What a client was given to be known by. */
export interface Cookie {
  text?: string;
}
