// The SQLite engine: what shares a commit fails alone, reads of one turn see one state, another process is seen, and
// nothing that was acknowledged is lost when the disk is full.
import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { KeystampError } from '../../../src/errors.ts';
import type { StorageDef } from '../../../src/model/model.ts';
import { DuplicateError, type Transaction } from '../../../src/store/engine.ts';
import { raw, sql, type Sql } from '../../../src/store/sql/sql.ts';
import { copyDatabase } from '../../../src/store/sqlite/copy-database.ts';
import { Checkpoints } from '../../../src/store/sqlite/checkpoints.ts';
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';
import { sqliteJson } from '../../../src/store/sqlite/json.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-engine-'));
after(() => rmSync(root, { recursive: true }));

let files = 0;
const newFile = (): string => join(root, `${++files}.db`);

/** An engine over a new file with the table `t (k, v)`, `v` unique. */
async function open(file = newFile()): Promise<SqliteEngine> {
  const engine = new SqliteEngine(file);
  await engine.write((tx) => tx.run(sql`CREATE TABLE IF NOT EXISTS t (k INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE)`));
  return engine;
}

const insert = (value: string | number | Uint8Array): Sql => sql`INSERT INTO t (v) VALUES (${value})`;
const values = async (engine: SqliteEngine): Promise<readonly unknown[]> =>
  (await engine.rows(sql`SELECT v FROM t ORDER BY k`)).map((row) => row['v']);

/** How often the file was committed to, as another connection sees it: 0 after none. */
function commits(file: string): () => number {
  const watcher = new Database(file, { readonly: true });
  let last = watcher.pragma('data_version', { simple: true });
  let count = 0;
  after(() => watcher.close());
  return () => {
    const now = watcher.pragma('data_version', { simple: true });
    if (now !== last) count++;
    last = now;
    return count;
  };
}

test('units of one turn share one commit: while the first runs, nobody outside sees it; then all are there', async () => {
  const file = newFile();
  const engine = await open(file);
  const outside = new Database(file, { readonly: true });
  const seen: number[] = [];
  const count = (): number => outside.prepare<[], { n: number }>('SELECT count(*) AS n FROM t').get()?.n ?? -1;
  const commitsSeen = commits(file);
  const unit = (value: string): Promise<void> =>
    engine.write(async (tx) => {
      await tx.run(insert(value));
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(count());
      commitsSeen();
    });
  const done = ['a', 'b', 'c', 'd'].map(async (value) => {
    await unit(value);
    seen.push(count());
  });
  await Promise.all(done);
  assert.deepEqual(seen, [0, 0, 0, 0, 4, 4, 4, 4]);
  assert.equal(commitsSeen(), 1);
  outside.close();
  await engine.close();
});

test('units that come while a commit is under way get the next one', async () => {
  const engine = await open();
  const order: string[] = [];
  let second: Promise<unknown> | undefined;
  await engine.write(async (tx) => {
    second ??= engine.write(async (later) => {
      order.push('second');
      return later.run(insert('b'));
    });
    await new Promise((resolve) => setImmediate(resolve));
    order.push('first');
    await tx.run(insert('a'));
  });
  await second;
  assert.deepEqual(order, ['first', 'second']);
  assert.deepEqual(await values(engine), ['a', 'b']);
  await engine.close();
});

test('a unit that fails is undone alone, with all it did before', async () => {
  const engine = await open();
  class Mistake extends Error {}
  const results = await Promise.allSettled([
    engine.write((tx) => tx.run(insert('a'))),
    engine.write(async (tx) => {
      await tx.run(insert('b'));
      await tx.run(sql`UPDATE t SET v = 'x' WHERE v = 'a'`);
      throw new Mistake('no');
    }),
    engine.write(async (tx) => {
      await tx.run(insert('c'));
      await tx.run(insert('a'));
    }),
    engine.write((tx) => tx.run(raw('INSERT INTO nowhere VALUES (1)'))),
    engine.write((tx) => tx.run(insert('d'))),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'],
  );
  const [, mistake, duplicate, wrong] = results as PromiseRejectedResult[];
  assert.ok(mistake?.reason instanceof Mistake);
  assert.ok(duplicate?.reason instanceof DuplicateError);
  assert.equal(duplicate.reason.where, 't.v');
  assert.match(String(wrong?.reason), /no such table/);
  assert.deepEqual(await values(engine), ['a', 'd']);
  await engine.close();
});

test('attempts nest: the inner one fails alone, the outer one takes the inner with it', async () => {
  const engine = await open();
  const failing = (tx: Transaction, value: string): Promise<never> =>
    tx.attempt(async () => {
      await tx.run(insert(value));
      throw new Error(value);
    });
  await engine.write(async (tx) => {
    await tx.run(insert('a'));
    await assert.rejects(failing(tx, 'b'));
    await assert.rejects(
      tx.attempt(async () => {
        await tx.run(insert('c'));
        await tx.attempt(() => tx.run(insert('d')));
        await assert.rejects(failing(tx, 'e'));
        throw new Error('outer');
      }),
    );
    await tx.run(insert('f'));
  });
  assert.deepEqual(await values(engine), ['a', 'f']);
  await engine.close();
});

test('reads of one turn see one state, whoever commits meanwhile; the next turn sees the new one', async () => {
  const file = newFile();
  const engine = await open(file);
  const other = new Database(file);
  assert.deepEqual(await values(engine), []);
  other.prepare("INSERT INTO t (v) VALUES ('from outside')").run();
  assert.deepEqual(await values(engine), []);
  engine.refresh();
  assert.deepEqual(await values(engine), ['from outside']);
  other.prepare("INSERT INTO t (v) VALUES ('once more')").run();
  assert.deepEqual(await values(engine), ['from outside']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await values(engine), ['from outside', 'once more']);
  other.close();
  await engine.close();
});

test('a read after a write has settled sees it, in the same turn', async () => {
  const engine = await open();
  assert.deepEqual(await values(engine), []);
  const before = values(engine);
  await engine.write((tx) => tx.run(insert('a')));
  assert.deepEqual(await before, []);
  assert.deepEqual(await values(engine), ['a']);
  await engine.close();
});

test('reads inside a transaction see what it wrote, reads outside do not', async () => {
  const engine = await open();
  await engine.write(async (tx) => {
    await tx.run(insert('a'));
    assert.deepEqual(await tx.row(sql`SELECT v FROM t`), { v: 'a' });
    assert.deepEqual(await values(engine), []);
  });
  await engine.close();
});

test('two processes write at the same time: both see all, nothing is lost', async () => {
  const file = newFile();
  const engine = await open(file);
  const child = fork(join(import.meta.dirname, 'second-writer.ts'), [file, '40'], {
    execArgv: ['--conditions=keystamp-source'],
  });
  await once(child, 'message');
  child.send('go');
  const ended = once(child, 'exit');
  for (let i = 0; i < 40; i++) await engine.write((tx) => tx.run(insert(`parent ${i}`)));
  assert.deepEqual(await ended, [0, null]);
  engine.refresh();
  const all = new Set(await values(engine));
  assert.equal(all.size, 80);
  for (let i = 0; i < 40; i++) assert.ok(all.has(`parent ${i}`) && all.has(`child ${i}`));
  await engine.close();
});

test('a full disk rejects every unit of its commit, keeps what was acknowledged, and writes go on when there is room', async () => {
  const file = newFile();
  const engine = await open(file);
  const limit = async (pages: number): Promise<unknown> =>
    // `max_page_count` belongs to the connection, so it is set where writes run.
    engine.write((tx) => tx.rows(raw(`PRAGMA max_page_count = ${pages}`)));
  await engine.write((tx) => tx.run(insert('kept')));
  await limit(20);
  const large = new Uint8Array(200_000);
  const results = await Promise.allSettled([
    engine.write((tx) => tx.run(insert('small, before'))),
    engine.write((tx) => tx.run(insert(large))),
    engine.write((tx) => tx.run(insert('small, after'))),
  ]);
  const acknowledged = ['small, before', 'large', 'small, after'].filter((_, i) => results[i]?.status === 'fulfilled');
  assert.equal(results[1]?.status, 'rejected');
  const { reason } = results[1] as PromiseRejectedResult;
  assert.ok(reason instanceof KeystampError && reason.status === 507, String(reason));
  assert.deepEqual(await values(engine), ['kept', ...acknowledged]);
  await limit(1_000_000);
  await engine.write((tx) => tx.run(insert('later')));
  await engine.close();
  const reopened = await open(file);
  assert.deepEqual(await values(reopened), ['kept', ...acknowledged, 'later']);
  await reopened.close();
});

test('a commit that cannot be written rejects every unit of it, and none of them is stored', async () => {
  const file = newFile();
  await (await open(file)).close();
  const writer = join(import.meta.dirname, 'limited-writer.ts');
  // No file may grow beyond 200 KiB, so the log of the database cannot take the commit at some point.
  const child = spawn('sh', [
    '-c',
    'ulimit -f 400; exec "$@"',
    'sh',
    process.execPath,
    '--conditions=keystamp-source',
    writer,
    file,
  ]);
  child.stderr.pipe(process.stderr);
  const text = (await child.stdout.toArray()).join('');
  const batches = JSON.parse(text) as readonly {
    readonly names: readonly string[];
    readonly failures: readonly (string | null)[];
  }[];
  const [last, ...done] = batches.toReversed();
  assert.ok(done.length > 0 && done.every(({ failures }) => failures.every((failure) => failure === null)));
  assert.ok(
    last?.failures.every((failure) => failure !== null),
    JSON.stringify(last),
  );
  const engine = await open(file);
  const stored = (await engine.rows(sql`SELECT substr(v, 1, 7) AS name FROM t ORDER BY k`)).map((row) => row['name']);
  assert.deepEqual(
    stored,
    done.toReversed().flatMap(({ names }) => names),
  );
  await engine.close();
});

test('booleans, 64-bit integers, texts and bytes come back as they were', async () => {
  const engine = await open();
  await engine.write(async (tx) => {
    await tx.run(raw('CREATE TABLE typed (flag INTEGER, number INTEGER, text TEXT, bytes BLOB)'));
    await tx.run(
      sql`INSERT INTO typed VALUES (${true}, ${9_223_372_036_854_775_807n}, ${'Ærø\u0001"\''}, ${new Uint8Array([0, 255])})`,
    );
  });
  assert.deepEqual(await engine.row(sql`SELECT flag, CAST(number AS TEXT) AS number, text, bytes FROM typed`), {
    flag: 1,
    number: '9223372036854775807',
    text: 'Ærø\u0001"\'',
    bytes: Buffer.from([0, 255]),
  });
  await engine.close();
});

test('a sum beyond all numbers is null in JSON', async () => {
  const engine = await open();
  const number = { name: 'mass', type: 'number' } as StorageDef;
  const sum = sqliteJson.value(number, sqliteJson.sum(raw('value'), false));
  const json = async (values: string): Promise<unknown> =>
    (await engine.row(sql`SELECT ${sum} AS json FROM json_each(${values})`))?.['json'];
  assert.equal(await json('[1.7e308, 1.6e308]'), 'null');
  assert.equal(await json('[-1.7e308, -1.6e308]'), 'null');
  assert.equal(await json('[1.7e308, 0.5]'), '1.7e+308');
  await engine.close();
});

test('close waits for the writes under way', async () => {
  const file = newFile();
  const engine = await open(file);
  const writes = ['a', 'b'].map((value) => engine.write((tx) => tx.run(insert(value))));
  await engine.close();
  await Promise.all(writes);
  const reopened = await open(file);
  assert.deepEqual(await values(reopened), ['a', 'b']);
  await reopened.close();
});

test('the log moves into the file beside the commits, and is gone when the engine is closed', async () => {
  const file = newFile();
  const engine = await open(file);
  const outside = new Database(file);
  const moved = (): number =>
    (outside.pragma('wal_checkpoint(NOOP)') as { checkpointed: number }[])[0]?.checkpointed ?? 0;
  // Some 20 pages each: far from where a commit would do it.
  for (let i = 0; i < 64; i++) await engine.write((tx) => tx.run(insert(new Uint8Array(80_000).fill(i))));
  while (moved() < 500) await setTimeout(5);
  outside.close();
  await engine.close();
  assert.equal(existsSync(`${file}-wal`), false);
});

for (const pauseMs of [0, 500])
  test(`a thread of checkpoints that has failed is not waited for, ${pauseMs} ms later`, async () => {
    const checkpoints = new Checkpoints(join(root, 'no such folder', 'file.db'));
    for (let i = 0; i < 100; i++) checkpoints.committed();
    await setTimeout(pauseMs);
    await checkpoints.close();
  });

test('a transaction that lasts sees its own writes, and nobody else does', async () => {
  const engine = await open();
  const table = raw('"t"');
  await engine.transact(async (tx) => {
    assert.equal((await tx.row(sql`SELECT count(*) AS n FROM ${table}`))?.['n'], 0);
    await tx.run(sql`INSERT INTO ${table} (v) VALUES (${'a'})`);
    assert.equal((await tx.row(sql`SELECT count(*) AS n FROM ${table}`))?.['n'], 1);
    assert.deepEqual(await values(engine), []);
  });
  assert.deepEqual(await values(engine), ['a']);
  await engine.close();
});

test('what others write waits for a transaction that lasts and does not share its fate', async () => {
  const engine = await open();
  const before = engine.write((tx) => tx.run(insert('before')));
  const gate = Promise.withResolvers<void>();
  const lasting = engine.transact(async (tx) => {
    await tx.run(insert('lasting'));
    await gate.promise;
    throw new Error('given up');
  });
  lasting.catch(() => undefined);
  const later = engine.write((tx) => tx.run(insert('after')));
  await before;
  assert.deepEqual(await values(engine), ['before'], 'the commit before it did not wait for it');
  gate.resolve();
  await assert.rejects(lasting, /given up/);
  await later;
  assert.deepEqual(await values(engine), ['before', 'after']);
  await engine.close();
});

test('inside a transaction that lasts, a nested attempt fails alone', async () => {
  const engine = await open();
  await engine.transact(async (tx) => {
    await tx.run(insert('outer'));
    await assert.rejects(
      tx.attempt(async () => {
        await tx.run(insert('inner'));
        await tx.attempt(() => tx.run(insert('innermost')));
        throw new Error('undo');
      }),
      /undo/,
    );
    await tx.attempt(() => tx.run(insert('second')));
  });
  assert.deepEqual(await values(engine), ['outer', 'second']);
  await engine.close();
});

test('units that share a commit run each in the async context of its own caller', async () => {
  const engine = await open();
  const callers = new AsyncLocalStorage<string>();
  const seen = await Promise.all(
    ['a', 'b'].map((name) => callers.run(name, () => engine.write(async () => callers.getStore()))),
  );
  assert.deepEqual(seen, ['a', 'b']);
  await engine.close();
});

test('a file that has become much shorter under the server is read to its new end', async () => {
  const file = newFile();
  const engine = await open(file);
  const many = Array.from({ length: 3000 }, (_, i) => insert(`${i} ${'x'.repeat(4000)}`));
  await engine.write(async (tx) => {
    for (const statement of many) await tx.run(statement);
  });
  assert.equal((await values(engine)).length, 3000);
  const short = newFile();
  const other = await open(short);
  await other.write((tx) => tx.run(insert('only')));
  await other.close();
  await copyDatabase(short, file, () => undefined);
  const outside = new Database(file);
  outside.pragma('wal_checkpoint(TRUNCATE)');
  outside.close();
  engine.refresh();
  assert.ok(statSync(file).size < 100_000, 'the file was cut');
  assert.deepEqual(await values(engine), ['only']);
  await engine.write((tx) => tx.run(insert('another')));
  assert.deepEqual(await values(engine), ['only', 'another']);
  await engine.close();
});
