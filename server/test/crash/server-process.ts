// The real command as a process of its own: started, watched through its log, killed, started again on the same data.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { command } from '../command.ts';
import { pathWithoutChrt } from '../without-chrt.ts';

const modelFile = fileURLToPath(new URL('./model.ts', import.meta.url));

/** One line of the log: its kind and its details. */
export type LogLine = { readonly msg: string } & Readonly<Record<string, unknown>>;

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #url: Promise<string>;
  /** What the server has logged, oldest first. */
  readonly log: LogLine[] = [];

  /**
   * Starts it on a free port.
   * @param env settings, for instance `KEYSTAMP_CONVERTERS`
   * @param model file of the model; absent: that of the crash tests
   * @param under words in front of the command; what they start must become it
   */
  constructor(
    data: string,
    env: Readonly<Record<string, string>> = {},
    model = modelFile,
    under: readonly string[] = [],
  ) {
    const args = ['--conditions=keystamp-source', command, 'serve', model, '--data', data, '--port', '0'];
    const [program = process.execPath, ...rest] = [...under, process.execPath, ...args];
    const child = spawn(program, rest, {
      // On a crowded machine a converter may have to wait for long.
      env: { ...process.env, PATH: pathWithoutChrt, KEYSTAMP_LOG: 'debug', KEYSTAMP_CONVERSION_TIMEOUT: '120', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#exited = new Promise((resolve) => child.on('close', () => resolve()));
    const printed: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
      else printed.push(line);
    });
    this.#url = new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const url = /^Keystamp serves (http:\S+)\/rest$/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
      child.on('close', () => reject(new Error(`the server ended: ${printed.join('\n')}`)));
    });
    this.#url.catch(() => {});
  }

  /** `http://127.0.0.1:PORT` as soon as it serves. @throws Error when it ends before */
  ready(): Promise<string> {
    return this.#url;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Asks it to end; answers its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    return this.#child.exitCode;
  }
}
