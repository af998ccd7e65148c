// Saves over HTTP of which one call after the other is made to fail: what the client is told, what is stored, and whether
// the next save works.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { listen, stop } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { buildModel } from '../../src/model/load.ts';
import { makePicture, shaOf } from '../caching/pictures.ts';
import { checkData } from './check-data.ts';
import definition from './model.ts';
import '../kept-converters.ts';

/** Something that can be made to fail at each of its calls. */
export interface Fault {
  readonly name: string;
  /** What the client may be told. */
  readonly statuses: readonly number[];
  /** The call with that number from now on fails, counted from 0. */
  arm(n: number): void | Promise<void>;
  /** Nothing fails any more; whether something did. @param acknowledged whether the save was */
  disarm(acknowledged: boolean): boolean | Promise<boolean>;
}

/** An entity as it is stored: its title, and the SHA-256 of its contents. */
interface State {
  readonly title: string;
  readonly photo: string | null;
  readonly file: string | null;
}

/** A request that saves, and what the entity is like before and after it. */
interface Save {
  readonly code: string;
  readonly before: State | undefined;
  readonly after: State | undefined;
  send(): Promise<Response>;
}

const model = buildModel(definition);

export class FailingSaves {
  readonly keystamp: Keystamp;
  readonly data: string;
  readonly #database: string;
  readonly #url: string;
  readonly #photos: readonly Buffer[];
  #cookie = '';
  #number = 0;

  private constructor(keystamp: Keystamp, data: string, database: string, url: string, photos: readonly Buffer[]) {
    this.keystamp = keystamp;
    this.data = data;
    this.#database = database;
    this.#url = url;
    this.#photos = photos;
  }

  /** @param database URL, empty for the embedded one */
  static async start(t: TestContext, database = ''): Promise<FailingSaves> {
    const data = mkdtempSync(join(tmpdir(), 'keystamp-faults-'));
    const config = readConfig({ data, database, port: 0, logLevel: 'silent', converters: 1, conversionSeconds: 120 });
    const keystamp = await openKeystamp(model, config, () => {});
    const server = createServer(keystamp.handle, config);
    const url = await listen(server, config);
    t.after(async () => {
      await stop(server, config);
      await keystamp.close();
      rmSync(data, { recursive: true });
    });
    const pictures = await Promise.all([0, 1, 2, 3].map((number) => makePicture(number)));
    const photos = pictures.map(({ bytes }) => bytes);
    return new FailingSaves(keystamp, data, database, `${url}/rest`, photos);
  }

  /**
   * Saves of all kinds with a fault at every place they have; how many faults struck, and how many saves failed of them.
   * @param from the first place, and `step` from one to the next: how many are left out
   */
  async failEverywhere(
    fault: Fault,
    from = 0,
    step = 1,
  ): Promise<{ readonly strikes: number; readonly failed: number }> {
    let strikes = 0;
    let failed = 0;
    for (const [kind, make] of Object.entries(this.#kinds)) {
      for (let n = from; ; n += step) {
        const what = `${fault.name}: ${kind}, call ${n}`;
        const save = await make();
        await fault.arm(n);
        // A connection that breaks is no answer.
        const answer = await save.send().catch((error: unknown) => assert.fail(`${what}: ${String(error)}`));
        const text = await answer.text();
        const acknowledged = answer.status === 200;
        const struck = await fault.disarm(acknowledged);
        if (struck) strikes++;
        if (!acknowledged) {
          assert.ok(struck && fault.statuses.includes(answer.status), `${what}: ${answer.status} ${text}`);
          assert.ok((JSON.parse(text) as { __ERROR?: unknown }).__ERROR, `${what}: ${text}`);
          failed++;
        }
        const found = await this.#read(save.code);
        if (acknowledged) assert.deepEqual(found, save.after, `${what}: acknowledged, and not there`);
        else if (!isSame(found, save.after)) assert.deepEqual(found, save.before, `${what}: half done`);
        assert.deepEqual(await checkData(this.data, model, this.#database), [], what);
        if (!acknowledged && isSame(found, save.before)) {
          const again = await save.send();
          assert.equal(again.status, 200, `${what}, again: ${await again.text()}`);
          assert.deepEqual(await this.#read(save.code), save.after, `${what}, again`);
        }
        await this.#save({ code: `${save.code}, next`, title: 'next' });
        if (!struck) break;
        assert.ok(n < 200, `${what}: there is no end`);
      }
    }
    return { strikes, failed };
  }

  readonly #kinds: Readonly<Record<string, () => Promise<Save>>> = {
    create: async () => {
      const code = this.#newCode();
      const { state, body } = await this.#draft();
      return { code, before: undefined, after: state, send: () => this.#update({ code, ...body }) };
    },
    change: async () => {
      const { code, state: before } = await this.#stored();
      const { state, body } = await this.#draft();
      return { code, before, after: state, send: () => this.#update({ __KEY: code, ...body }) };
    },
    'change two or none': async () => {
      const { code, state: before } = await this.#stored();
      const { state, body } = await this.#draft();
      const entities = [
        { code: this.#newCode(), title: 'the other one' },
        { __KEY: code, ...body },
      ];
      return { code, before, after: state, send: () => this.#update({ __ENTITIES: entities }, '&$atomic=true') };
    },
    'picture directly': async () => {
      const { code, state: before } = await this.#stored();
      const photo = this.#photo();
      const send = (): Promise<Response> => this.#send(`Note(${code})/photo?$rawPict=true`, photo);
      return { code, before, after: { ...before, photo: shaOf(photo) }, send };
    },
    'file directly': async () => {
      const { code, state: before } = await this.#stored();
      const file = Buffer.alloc(20_000, code);
      const send = (): Promise<Response> => this.#send(`Note(${code})/file?$binary=true`, file);
      return { code, before, after: { ...before, file: shaOf(file) }, send };
    },
    upload: async () => {
      const { code, state } = await this.#stored();
      const send = (): Promise<Response> => this.#send('$upload?$binary=true', Buffer.alloc(20_000, `of ${code}`));
      return { code, before: state, after: state, send };
    },
    delete: async () => {
      const { code, state } = await this.#stored();
      const send = (): Promise<Response> => this.#send(`Note(${code})?$method=delete`, '');
      return { code, before: state, after: undefined, send };
    },
  };

  #newCode(): string {
    return `n${this.#number++}`;
  }

  /** Few, so that entities share them. */
  #photo(): Buffer {
    return this.#photos[this.#number++ % this.#photos.length] as Buffer;
  }

  /** What a save is to store; its file is sent ahead. */
  async #draft(): Promise<{ state: State; body: object }> {
    const title = `title ${this.#number++}`;
    const file = Buffer.alloc(12_000, title);
    const answer = await this.#send('$upload?$binary=true', file);
    assert.equal(answer.status, 200);
    return { state: { title, photo: null, file: shaOf(file) }, body: { title, file: await answer.json() } };
  }

  async #stored(): Promise<{ code: string; state: State }> {
    const code = this.#newCode();
    const { state, body } = await this.#draft();
    await this.#save({ code, ...body });
    return { code, state };
  }

  async #save(body: object): Promise<void> {
    const answer = await this.#update(body);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
  }

  #update(body: object, more = ''): Promise<Response> {
    return this.#send(`Note?$method=update${more}`, JSON.stringify(body));
  }

  async #send(path: string, body?: string | Buffer): Promise<Response> {
    const answer = await fetch(`${this.#url}/${encodeURI(path)}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie: this.#cookie },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    this.#cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie;
    return answer;
  }

  async #read(code: string): Promise<State | undefined> {
    const answer = await this.#send(`Note(${code})`);
    const json = (await answer.json()) as Record<string, unknown>;
    if (answer.status === 404) return undefined;
    assert.equal(answer.status, 200, JSON.stringify(json));
    const shaAt = async (name: string): Promise<string | null> => {
      const deferred = json[name] as { __deferred: { uri: string } } | null;
      if (!deferred) return null;
      const bytes = await fetch(new URL(deferred.__deferred.uri, this.#url), { headers: { cookie: this.#cookie } });
      assert.equal(bytes.status, 200);
      return shaOf(new Uint8Array(await bytes.arrayBuffer()));
    };
    return { title: String(json['title']), photo: await shaAt('photo'), file: await shaAt('file') };
  }
}

const isSame = (one: State | undefined, other: State | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
