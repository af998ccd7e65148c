// The n-th statement, page or call of the file system of a save fails, for every n, on the embedded database: the client
// gets a documented answer, what was stored is whole, and the next save works.
import assert from 'node:assert/strict';
import fs, { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { raw } from '../../src/store/sql/sql.ts';
import { Counter } from './counter.ts';
import { FailingSaves, type Fault } from './failing-saves.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';

type Statement = Database.Statement & { readonly source: string };
type Call<This = unknown> = (this: This, ...values: unknown[]) => unknown;

/** A fault that takes the place of functions until it is undone. */
type Planted = Fault & { undo(): void };

const statements = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1')) as Record<
  'run' | 'get' | 'all',
  Call<Statement>
>;

/**
 * Statements that fail.
 * @param instead what happens in the place of the statement; it throws
 */
function failingStatements(
  name: string,
  statuses: readonly number[],
  instead: (statement: Statement, run: () => unknown) => never,
  which: (statement: Statement) => boolean = () => true,
): Planted {
  const counter = new Counter();
  const { run, get, all } = statements;
  for (const method of ['run', 'get', 'all'] as const) {
    const original = statements[method];
    statements[method] = function (...values) {
      if (this.source === 'BEGIN IMMEDIATE') writers.add(this.database);
      const carryOut = (): unknown => original.apply(this, values);
      return which(this) && counter.hit() ? instead(this, carryOut) : carryOut();
    };
  }
  return {
    name,
    statuses,
    arm: (n) => counter.arm(n),
    disarm: () => counter.disarm(),
    undo: () => void Object.assign(statements, { run, get, all }),
  };
}

const failed = (code: string): never => {
  throw new Database.SqliteError(`made to fail: ${code}`, code);
};

/** The connections that have written. */
const writers = new WeakSet<Database.Database>();

/** What SQLite does when it cannot write: it gives the statement up, or the transaction; or it has written and cannot be sure. */
const statementFaults: readonly (() => Planted)[] = [
  () => failingStatements('the statement fails', [500], () => failed('SQLITE_IOERR_WRITE')),
  () =>
    failingStatements(
      'the transaction is undone',
      [507],
      ({ database }) => {
        if (database.inTransaction) database.exec('ROLLBACK');
        return failed('SQLITE_FULL');
      },
      ({ database }) => writers.has(database),
    ),
  () =>
    failingStatements(
      'the commit is not confirmed',
      [500],
      (_, run) => {
        run();
        return failed('SQLITE_IOERR_FSYNC');
      },
      ({ source, database }) => source === 'COMMIT' && writers.has(database),
    ),
];

const fileCalls = ['openSync', 'writeSync', 'readSync', 'closeSync', 'rmSync'] as const;
type FileCall = (typeof fileCalls)[number];

/**
 * Calls for files of the folder that fail, and do nothing but that closing closes.
 * @param which the calls that may fail
 */
function failingFiles(
  folder: string,
  code: string,
  statuses: readonly number[],
  which: (name: FileCall, values: readonly unknown[]) => boolean,
): Planted {
  const counter = new Counter();
  const functions = fs as unknown as Record<FileCall, Call>;
  const originals = Object.fromEntries(fileCalls.map((name) => [name, functions[name]])) as Record<FileCall, Call>;
  const open = new Set<unknown>();
  for (const name of fileCalls)
    functions[name] = (...values) => {
      const [what] = values;
      const ours = open.has(what) || String(what).startsWith(folder);
      const fails = ours && which(name, values) && counter.hit();
      const result = fails && name !== 'closeSync' ? undefined : originals[name](...values);
      if (fails) throw Object.assign(new Error(`${code}: made to fail`), { code });
      if (ours && name === 'openSync') open.add(result);
      if (name === 'closeSync') open.delete(what);
      return result;
    };
  syncBuiltinESMExports();
  return {
    name: code,
    statuses,
    arm: (n) => counter.arm(n),
    disarm: () => counter.disarm(),
    undo: () => {
      Object.assign(functions, originals);
      syncBuiltinESMExports();
    },
  };
}

test('a statement of a save fails, for every statement', async (t) => {
  const saves = await FailingSaves.start(t);
  // Every third in everyday runs, others for each fault.
  for (const [i, plant] of statementFaults.entries()) await runPlanted(saves, plant(), long ? [0, 1] : [2 - i, 3]);
});

test('the disk is full at the n-th page of a save, for every page', async (t) => {
  const saves = await FailingSaves.start(t);
  const { engine } = saves.keystamp.services;
  // `max_page_count` belongs to the connection, so it is set where writes run.
  const pragma = (text: string): Promise<number> =>
    engine.write(async (tx) => Number(Object.values((await tx.row(raw(`PRAGMA ${text}`))) ?? {})[0]));
  const fault: Fault = {
    name: 'no room',
    statuses: [507],
    arm: async (n) => void (await pragma(`max_page_count = ${(await pragma('page_count')) + n}`)),
    disarm: async (acknowledged) => {
      await pragma('max_page_count = 1000000000');
      return !acknowledged;
    },
  };
  assert.ok((await saves.failEverywhere(fault)).failed > 0);
});

test('a call of the file system fails, for every call of a save', async (t) => {
  const saves = await FailingSaves.start(t);
  const { data } = saves;
  const needsRoom = (name: FileCall, [, flags]: readonly unknown[]): boolean =>
    name === 'writeSync' || (name === 'openSync' && flags === 'wx');
  await runPlanted(saves, failingFiles(data, 'ENOSPC', [507], needsRoom));
  const [own = ''] = readdirSync(join(data, 'spool'));
  assert.deepEqual(readdirSync(join(data, 'spool', own)), [], 'files that nobody deletes');
  await runPlanted(
    saves,
    failingFiles(data, 'EIO', [500], () => true),
  );
});

async function runPlanted(saves: FailingSaves, fault: Planted, [from, step] = [0, 1]): Promise<void> {
  try {
    assert.ok((await saves.failEverywhere(fault, from, step)).failed > 0, `${fault.name}: nothing failed`);
  } finally {
    fault.undo();
  }
}
