// The thread of checkpoints.ts: looks how far the log has grown when it is told to, and moves its pages into the database
// file. Its data is the path of that file.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** Until then the log gathers what commits write again and again: a page is moved once, however often it was written. */
const fewPages = 2000;

interface Log {
  /** Pages in the log. */
  readonly log: number;
  /** Those of them that are in the database file already. */
  readonly checkpointed: number;
}

const database = new Database(workerData as string);
database.pragma('synchronous = FULL');

/** Never waits for others, nor makes them wait. */
const checkpoint = (mode: 'NOOP' | 'PASSIVE'): Log => (database.pragma(`wal_checkpoint(${mode})`) as [Log])[0];

function look(): void {
  const { log, checkpointed } = checkpoint('NOOP');
  if (log - checkpointed >= fewPages) checkpoint('PASSIVE');
}

parentPort?.on('message', (message: 'look' | 'leave') => {
  if (message === 'leave') {
    database.close();
    return parentPort?.close();
  }
  try {
    look();
  } catch (error) {
    // Whatever it is, a full disk or another program's lock: commits meet it themselves and can tell their clients.
    if (!(error instanceof Database.SqliteError)) throw error;
  }
  parentPort?.postMessage('looked');
});
