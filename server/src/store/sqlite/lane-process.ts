// The program of the slow lane: one job at a time on connections of its own, until the server is gone. Argument: the
// database file.
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { programBeside } from '../../program-beside.ts';
import type { Value } from '../../model/model.ts';
import { keyFacts, keyListParts, keysBetween, packKeys, readKeyList, type KeyList } from '../../query/key-list.ts';
import { makeSetStatements, partBytes } from '../sql/entity-set.ts';
import { bindable } from './bind.ts';
import { Connection } from './connection.ts';
import { HasKey } from './has-key.ts';
import { keysAmong } from './keys-among.ts';
import { lay, readDeposit, writeDeposit, type Deposit } from './exchange-file.ts';
import { foundJob, type LaneJob, type LaneReply, type LaneResult, type LaneStatement } from './lane-job.ts';

const file = process.argv[2] as string;

// Signals to the whole group are for the server: it still needs answers while it finishes its last requests.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// A statement that runs holds this thread, so another one watches whether the server is still there.
new Worker(programBeside(import.meta.url, 'lane-guard'), { workerData: process.ppid }).unref();
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** Long statements look at most pages once: many that stay would push each other out of the processor's caches. */
const fewPagesKb = 4 * 1024;
const reader = new Connection(file, { readonly: true, sortIn: 'files', cacheKb: fewPagesKb });
/** Lists of keys are sorted, and what is sorted may take as much memory as the cache. */
const lister = new Connection(file, { readonly: true, sortIn: 'files' });
const hasKey = new HasKey(reader.database, lister.database);
let writer: Connection | undefined;
/** Keys that were found, until the next job. */
let held: KeyList | undefined;

const bound = ({ params }: LaneStatement): Value[] => bindable(params, hasKey.add);

const sleeping = new Int32Array(new SharedArrayBuffer(4));
/** Between two writes, so that the server, which waits for the lock, gets it: milliseconds. */
const pause = 2;

function write({ text, params }: LaneStatement): void {
  // What it leaves unsynced the server would have to wait for with its own next commit.
  writer ??= new Connection(file, { sortIn: 'files' });
  writer.prepared(text).statement.run(...bindable(params));
  Atomics.wait(sleeping, 0, 0, pause);
}

function work(job: LaneJob): LaneResult {
  const found = held;
  held = undefined;
  const before = process.cpuUsage();
  // Not by the clock: this process runs when the server leaves it time.
  const ms = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  switch (job.kind) {
    case 'rows':
      return { kind: 'rows', rows: reader.prepared(job.text).statement.all(...bound(job)), ms: ms() };
    case 'row': {
      const row = reader.prepared(job.text).statement.get(...bound(job));
      return { kind: 'rows', rows: row ? [row] : [], ms: ms() };
    }
    case 'keys': {
      const keys = packKeys(lister.column(job.text, bound(job)));
      return { kind: 'keys', keys: job.among ? keysAmong(job.among, keys) : keys, ms: ms() };
    }
    case 'find': {
      const keys = packKeys(lister.column(job.text, bound(job)));
      const facts = keyFacts(keys);
      // Few are stored with the next commit of the server.
      if (facts.bytes <= partBytes) return { kind: 'keys', keys, ms: ms() };
      held = keys;
      return { kind: 'held', facts, keys: packKeys(keysBetween(keys, job.shown.from, job.shown.to)), ms: ms() };
    }
    case 'load': {
      const keys = readKeyList(job.of, job.count, lister.column(job.text, bound(job)) as readonly Uint8Array[]);
      return keys ? { kind: 'keys', keys, ms: ms() } : { kind: 'gone' };
    }
    case 'store':
      if (!found) throw new Error('there are no keys to store');
      for (const statement of makeSetStatements(job.set, keyListParts(found, partBytes))) write(statement);
      return { kind: 'written' };
    case 'writes':
      for (const statement of job.statements) write(statement);
      return { kind: 'written' };
    default:
      return job satisfies never;
  }
}

function sent(result: LaneResult): LaneReply {
  if (result.kind !== 'keys' && result.kind !== 'held') return result;
  // What the job came with has been read.
  const laid = lay(result.keys, 0);
  writeDeposit(laid);
  return { ...result, keys: laid.deposit };
}

function answer(job: LaneJob<Deposit>): LaneReply {
  try {
    return sent(work(foundJob(job, readDeposit)));
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error; // a fault of this program: it ends, the server tells
    return { kind: 'failed', message: `${error.code}: ${error.message}` };
  } finally {
    hasKey.clear();
  }
}

process.on('message', (job: LaneJob<Deposit>) => process.send?.(answer(job)));
process.send?.({ kind: 'ready' } satisfies LaneReply);
