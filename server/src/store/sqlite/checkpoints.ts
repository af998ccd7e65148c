// Moving what was committed from the write-ahead log into the database file. SQLite does so inside of a commit, once the log
// has grown: that commit, and all that wait behind it, then take many times as long. Here a thread of its own does it.
import { Worker } from 'node:worker_threads';
import { programBeside } from '../../program-beside.ts';

/** So often it is looked how far the log has grown. */
const commitsBetween = 32;

/** From so many pages on in the log a commit moves them itself after all: the thread has not kept up. */
export const pagesUntilCommit = 8000;

export class Checkpoints {
  readonly #file: string;
  #thread: Worker | undefined;
  /** Settles when the thread is gone, however it ended. */
  #left: Promise<void> | undefined;
  #working = false;
  #commits = 0;
  #closed = false;

  /** @param file path of the database */
  constructor(file: string) {
    this.#file = file;
  }

  /** To be told of each commit. */
  committed(): void {
    if (++this.#commits < commitsBetween || this.#working) return;
    this.#commits = 0;
    this.#working = true;
    // Whoever waits for the commit is answered first.
    setImmediate(() => {
      if (this.#closed) return;
      this.#thread ??= this.#start();
      this.#thread.postMessage('look');
    });
  }

  /** Settles when the thread has left the file. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#thread?.ref();
    this.#thread?.postMessage('leave');
    await this.#left;
  }

  #start(): Worker {
    const thread = new Worker(programBeside(import.meta.url, 'checkpoint-thread'), { workerData: this.#file });
    thread.unref();
    thread.on('message', () => (this.#working = false));
    // Without it commits do the work as they do in any program.
    thread.on('error', () => undefined);
    this.#left = new Promise((resolve) => thread.on('exit', () => resolve()));
    return thread;
  }
}
