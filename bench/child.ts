// Child processes of the bench: pinned to a core where that can be done, asked over the IPC channel.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const answersUsage = fileURLToPath(new URL('./usage.ts', import.meta.url));

/** Cores of server and load; they share none, so that neither takes the other's time. */
export const serverCore = 0;
export const loadCore = 1;

const canPin = ((): boolean => {
  if (availableParallelism() < 2) return false;
  try {
    execFileSync('taskset', ['-c', String(loadCore), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** How processes are kept apart, for the heading of the table. */
export const pinning = canPin ? `server on core ${serverCore}, load on core ${loadCore}` : 'processes are not pinned';

export interface Usage {
  /** Processor time so far, microseconds, user and system, all threads. */
  readonly cpu: number;
  /** Resident memory, bytes. */
  readonly rss: number;
}

export interface ChildOptions {
  /** Core to run on; absent: any. */
  readonly core?: number;
  /** False: on any core, whatever `core` says. */
  readonly pinned?: boolean;
  /** Words in front of the command, for instance another scheduling class. */
  readonly under?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A running Node program that answers questions. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  #asked = 0;
  #printed = '';

  constructor(program: string, args: readonly string[], options: ChildOptions = {}) {
    const { core, pinned = true, under = [], nodeArgs = [], env = {} } = options;
    const pin = core !== undefined && pinned && canPin ? ['taskset', '-c', String(core)] : [];
    const own = ['--conditions=keystamp-source', '--import', answersUsage, ...nodeArgs, program, ...args];
    const [command = process.execPath, ...rest] = [...pin, ...under, process.execPath, ...own];
    this.#process = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#printed += text));
    this.#process.on('message', (message: { id: number; answer?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.answer as never);
      else waiting?.reject(new Error(message.error));
    });
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${program} ended: ${signal ?? code}`));
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends a question of that kind and waits for its answer. */
  ask<T>(kind: string, question: unknown = undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, kind, question });
    });
  }

  usage(): Promise<Usage> {
    return this.ask('usage');
  }

  /** Waits until the program has printed a line with `serves http://…` and gives the port. */
  async port(): Promise<number> {
    for (;;) {
      const found = /serves http:\/\/[^\s:]+:(\d+)/.exec(this.#printed);
      if (found) return Number(found[1]);
      if (this.#process.exitCode !== null) throw new Error(`the server ended at its start: ${this.#printed}`);
      await Promise.race([once(this.#process.stdout!, 'data'), once(this.#process, 'exit')]);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await gone;
  }
}
