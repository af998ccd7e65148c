// A folder with a model and a server of its own on it, for the tests of a file that run commands beside it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { endAll, keystamp, type Ended, type KeystampProcess } from './keystamp-process.ts';

export class ServedModel {
  /** Where `model.ts` is. */
  readonly root = mkdtempSync(join(tmpdir(), 'keystamp-cli-'));
  readonly data = join(this.root, 'data');
  readonly #env: Readonly<Record<string, string>>;
  #server: KeystampProcess | undefined;
  #url = '';

  private constructor(model: string, env: Readonly<Record<string, string>>) {
    this.#env = env;
    writeFileSync(join(this.root, 'model.ts'), model);
    after(async () => {
      await this.stop();
      await endAll();
      rmSync(this.root, { recursive: true });
    });
  }

  /**
   * Starts the server; it ends after the tests of the file, with its folder.
   * @param model text of the model file
   * @param env settings of the server
   */
  static async open(model: string, env: Readonly<Record<string, string>> = {}): Promise<ServedModel> {
    const served = new ServedModel(model, env);
    await served.start();
    return served;
  }

  /** `http://127.0.0.1:41234/rest` */
  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    this.#server = keystamp(['serve', this.root, '--port', '0', '--data', this.data], this.#env);
    this.#url = await this.#server.url;
  }

  /** What the server printed, once it has ended. */
  async stop(): Promise<Ended | undefined> {
    this.#server?.kill('SIGTERM');
    return this.#server?.ended;
  }

  /** Runs `keystamp NAME ARGS…` on the model and, unless told otherwise, on the data of the server. */
  command(args: readonly string[], data = this.data): Promise<Ended> {
    return keystamp([...args, '--model', this.root, '--data', data]).ended;
  }

  /** The JSON that a request is answered with: a GET, a POST when it has a body. */
  async send(path: string, body?: object | Buffer<ArrayBuffer>): Promise<Record<string, unknown>> {
    const init = body && { method: 'POST', body: Buffer.isBuffer(body) ? body : JSON.stringify(body) };
    return (await (await fetch(`${this.#url}/${path}`, init)).json()) as Record<string, unknown>;
  }
}
