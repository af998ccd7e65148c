// One converter process, seen from the server: does one job at a time at idle priority, is killed when late.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programBeside } from '../program-beside.ts';
import type { ConversionJob, ConversionReply } from './conversion-job.ts';
import { FrameReader, writeFrame } from './frames.ts';

/** The process ended before it answered. */
export class ConverterLost extends Error {
  readonly timedOut: boolean;
  /** It ended by a fault of its own, which the picture may have caused; not at its time limit, not by somebody's kill. */
  readonly crashed: boolean;

  constructor(timedOut: boolean, detail: string, crashed = false) {
    super(timedOut ? 'the converter took too long' : `the converter ended: ${detail}`);
    this.timedOut = timedOut;
    this.crashed = crashed && !timedOut;
  }
}

export interface Answer {
  readonly reply: ConversionReply;
  readonly body: Buffer;
}

const program = fileURLToPath(programBeside(import.meta.url, 'convert-process'));

/** Sent by somebody, the kernel short of memory for instance; a decoder's fault ends otherwise. */
const killSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/** A start is no picture's fault, and a busy machine may take long over it: milliseconds. */
const startLimit = 60_000;

/**
 * From now on the process and its threads run on time alone that nobody else wants (SCHED_IDLE), where `chrt` exists and
 * may do that. Not sooner: to load a decoder at this priority takes for ever while all cores are busy.
 */
function yieldToOthers(pid: number): Promise<void> {
  return new Promise((resolve) => {
    execFile('chrt', ['-a', '-i', '-p', '0', String(pid)], () => resolve());
  });
}

/** A running converter process. Never holds more than the job at hand. */
export class ConverterChild {
  readonly #process: ChildProcessWithoutNullStreams;
  /** Settles when the process is gone. */
  readonly closed: Promise<void>;
  #waiting: { resolve: (answer: Answer) => void; reject: (error: ConverterLost) => void } | undefined;
  #timedOut = false;
  #printed = '';
  /** False as soon as the process is ending. */
  alive = true;
  /** Jobs given to it so far. */
  jobs = 0;

  /**
   * Starts a process and waits until it can work.
   * @param onStart called with it at once, before it can work
   * @throws ConverterLost when it ends before it can work, or does not come up within a minute
   */
  static async start(onStart: (child: ConverterChild) => void): Promise<ConverterChild> {
    const own = process.execArgv.filter((argument) => argument.startsWith('--conditions'));
    const child = new ConverterChild(
      spawn(process.execPath, [...own, program], {
        // One job needs one thread of the pool; few malloc arenas keep the process from growing.
        env: { ...process.env, UV_THREADPOOL_SIZE: '1', MALLOC_ARENA_MAX: '2' },
      }),
    );
    onStart(child);
    await child.#answer(startLimit);
    await yieldToOthers(child.pid);
    return child;
  }

  private constructor(spawned: ChildProcessWithoutNullStreams) {
    this.#process = spawned;
    const reader = new FrameReader<ConversionReply>((reply, body) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve({ reply, body });
    });
    spawned.stdout.on('data', (chunk: Buffer) => {
      if (!this.alive) return;
      try {
        reader.push(chunk);
      } catch (error) {
        // A decoder that was taken over may send anything; the server must not follow.
        this.#printed += String(error);
        this.alive = false;
        spawned.kill('SIGKILL');
      }
    });
    spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#printed = (this.#printed + text).slice(-2000);
    });
    // Writing to a process that has died fails here; what matters is that it ended.
    spawned.stdin.on('error', () => {});
    spawned.on('error', (error) => (this.#printed += error.message));
    this.closed = new Promise((resolve) => {
      spawned.on('exit', () => (this.alive = false));
      spawned.on('close', (code, signal) => {
        this.alive = false;
        const crashed = signal === null || !killSignals.has(signal);
        const detail = `${signal ?? code} ${this.#printed}`.trim();
        this.#waiting?.reject(new ConverterLost(this.#timedOut, detail, crashed));
        this.#waiting = undefined;
        resolve();
      });
    });
  }

  /** Process id; 0 when it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Does one job. The bytes must not change meanwhile.
   * @throws ConverterLost when the process ends first, or is killed because `timeoutMs` have passed
   */
  run(job: ConversionJob, bytes: Uint8Array, timeoutMs: number): Promise<Answer> {
    this.jobs++;
    if (!this.alive) return Promise.reject(new ConverterLost(false, `before the job ${this.#printed}`.trim()));
    writeFrame(this.#process.stdin, job, bytes);
    return this.#answer(timeoutMs);
  }

  /** Ends the process, also in the middle of a job. */
  async end(): Promise<void> {
    this.alive = false;
    this.#process.kill('SIGKILL');
    await this.closed;
  }

  async #answer(timeoutMs: number): Promise<Answer> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.#process.kill('SIGKILL');
    }, timeoutMs);
    try {
      return await new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
    } finally {
      clearTimeout(timer);
    }
  }
}
