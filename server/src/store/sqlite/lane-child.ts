// One process of the slow lane, seen from the server: does one job at a time, is killed when late.
import { fork, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { programBeside } from '../../program-beside.ts';
import type { KeyList } from '../../query/key-list.ts';
import { ExchangeFile, type Deposit } from './exchange-file.ts';
import { laidJob, type LaneJob, type LaneReply, type LaneResult } from './lane-job.ts';

/** The process ended before it answered. */
export class LaneLost extends Error {
  readonly timedOut: boolean;

  constructor(timedOut: boolean, detail: string) {
    super(timedOut ? 'the query took too long' : `the process of long queries ended: ${detail}`);
    this.timedOut = timedOut;
  }
}

const program = fileURLToPath(programBeside(import.meta.url, 'lane-process'));

/** How long a process may take until it takes jobs. */
const startMs = 30_000;

/**
 * Long queries take the time that short requests leave. Where that cannot be said, they share it. A process that comes up
 * does not give way yet: on a machine without a free core it would not be there in time for its first query.
 */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const thread of threadsOf(pid))
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // Some systems do not allow it, and a thread may have ended.
    }
}

/** Linux gives each thread a priority of its own; elsewhere the process has one for all. */
function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

export class LaneChild {
  readonly #process: ChildProcess;
  readonly #exchange = new ExchangeFile();
  /** Settles when the process is gone. */
  readonly closed: Promise<void>;
  #waiting: { resolve: (reply: LaneReply) => void; reject: (error: LaneLost) => void } | undefined;
  #timedOut = false;
  /** Settles when the process takes jobs. */
  readonly #ready: Promise<unknown>;
  /** False as soon as the process is ending. */
  alive = true;

  /** @param file path of the database, which must exist */
  constructor(file: string) {
    this.#process = fork(program, [file], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', this.#exchange.descriptor],
      execArgv: process.execArgv.filter((argument) => argument.startsWith('--conditions')),
    });
    // An idle process is no reason for the server to stay.
    this.#holdServer(false);
    this.#ready = new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    this.#ready.then(
      () => giveWay(this.#process.pid),
      () => undefined,
    );
    this.#process.on('message', (reply: LaneReply) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(reply);
    });
    this.closed = new Promise((resolve) => {
      const gone = (detail: string): void => {
        this.alive = false;
        this.#waiting?.reject(new LaneLost(this.#timedOut, detail));
        this.#waiting = undefined;
        this.#exchange.close();
        resolve();
      };
      this.#process.on('error', (error) => gone(error.message));
      this.#process.on('exit', (code, signal) => gone(String(signal ?? code)));
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Does a job.
   * @throws LaneLost when the process ends first, or is killed because `timeoutMs` have passed
   */
  async run(job: LaneJob, timeoutMs: number): Promise<LaneResult> {
    this.#holdServer(true);
    try {
      // What a process takes to come up on a busy machine is not the query's time.
      await this.#within(startMs, this.#ready);
      return await this.#within(timeoutMs, this.#do(job));
    } finally {
      this.#holdServer(false);
    }
  }

  /** Ends the process, also in the middle of a job. */
  async end(): Promise<void> {
    this.alive = false;
    this.#holdServer(true);
    this.#process.kill('SIGKILL');
    await this.closed;
  }

  /** Work of the process, which is killed when it is not done in time. */
  async #within<T>(ms: number, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.alive = false;
      this.#process.kill('SIGKILL');
    }, ms);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  async #do(job: LaneJob): Promise<LaneResult> {
    try {
      return await this.#exchangeFor(job);
    } catch (error) {
      throw this.alive || error instanceof LaneLost ? error : new LaneLost(this.#timedOut, String(error));
    }
  }

  async #exchangeFor(job: LaneJob): Promise<LaneResult> {
    const { sent, laid } = laidJob(job);
    for (const each of laid) await this.#exchange.write(each);
    const reply = await this.#ask(sent);
    switch (reply.kind) {
      case 'keys':
      case 'held':
        return { ...reply, keys: (await this.#exchange.read(reply.keys)) as KeyList };
      case 'rows':
      case 'written':
      case 'gone':
      case 'failed':
        return reply;
      case 'ready':
        throw new Error('a process of long queries started twice');
      default:
        return reply satisfies never;
    }
  }

  #ask(job: LaneJob<Deposit>): Promise<LaneReply> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return reject(new LaneLost(this.#timedOut, 'before the query'));
      this.#waiting = { resolve, reject };
      // Sending to a process that has died fails here; what matters is that it ended.
      this.#process.send(job, () => {});
    });
  }

  #holdServer(held: boolean): void {
    if (held) {
      this.#process.ref();
      this.#process.channel?.ref();
    } else {
      this.#process.unref();
      this.#process.channel?.unref();
    }
  }
}
