// One process of the slow lane, seen from the server: does one job at a time, is killed when late.
import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { KeyList } from '../../query/key-list.ts';
import {
  laneMessages,
  receivedList,
  type LaneJob,
  type LaneMessage,
  type LaneReply,
  type LaneResult,
  type SentList,
} from './lane-job.ts';

/** The process ended before it answered. */
export class LaneLost extends Error {
  readonly timedOut: boolean;

  constructor(timedOut: boolean, detail: string) {
    super(timedOut ? 'the query took too long' : `the process of long queries ended: ${detail}`);
    this.timedOut = timedOut;
  }
}

// The program lies beside this file: as source here in the repository, compiled in the package.
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './lane-process.ts' : './lane-process.js', import.meta.url),
);

/** Long queries take the time that short requests leave. Where that cannot be said, they share it. */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Some systems do not allow it.
  }
}

export class LaneChild {
  readonly #process: ChildProcess;
  /** Settles when the process is gone. */
  readonly closed: Promise<void>;
  #waiting: { resolve: (reply: LaneReply) => void; reject: (error: LaneLost) => void } | undefined;
  #timedOut = false;
  /** False as soon as the process is ending. */
  alive = true;

  /** @param file path of the database, which must exist */
  constructor(file: string) {
    this.#process = fork(program, [file], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: process.execArgv.filter((argument) => argument.startsWith('--conditions')),
    });
    giveWay(this.#process.pid);
    // An idle process is no reason for the server to stay.
    this.#holdServer(false);
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
   * Does jobs one after the other, until one fails.
   * @returns what came of the last one
   * @throws LaneLost when the process ends first, or is killed because `timeoutMs` have passed
   */
  async run(jobs: readonly LaneJob[], timeoutMs: number): Promise<LaneResult | undefined> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.alive = false;
      this.#process.kill('SIGKILL');
    }, timeoutMs);
    this.#holdServer(true);
    try {
      let result: LaneResult | undefined;
      for (const job of jobs) {
        result = await this.#do(job);
        if (result.kind === 'failed') break;
      }
      return result;
    } finally {
      clearTimeout(timer);
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

  async #do(job: LaneJob): Promise<LaneResult> {
    let reply: LaneReply | undefined;
    for (const message of laneMessages(job)) reply = await this.#ask(message);
    if (!reply || reply.kind === 'taken' || reply.kind === 'part') throw new Error(`unexpected reply: ${reply?.kind}`);
    return reply.kind === 'keys' ? { ...reply, keys: await this.#fetch(reply.keys) } : reply;
  }

  /** Part by part: a million keys at once would hold the server up. */
  async #fetch(list: SentList): Promise<KeyList> {
    const parts: Uint8Array[] = [];
    while (parts.length < list.parts) {
      const reply = await this.#ask({ kind: 'more' });
      if (reply.kind !== 'part') throw new Error(`unexpected reply: ${reply.kind}`);
      parts.push(reply.bytes);
    }
    return receivedList(list, parts);
  }

  #ask(message: LaneMessage): Promise<LaneReply> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return reject(new LaneLost(this.#timedOut, 'before the query'));
      this.#waiting = { resolve, reject };
      // Sending to a process that has died fails here; what matters is that it ended.
      this.#process.send(message, () => {});
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
