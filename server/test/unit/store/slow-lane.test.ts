// The slow lane: which statements go there, that they end in time, that they hold up nothing and see every commit.
import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Value } from '../../../src/model/model.ts';
import { KeystampError } from '../../../src/errors.ts';
import { keyCount, keyValues, packKeys, type KeyList } from '../../../src/query/key-list.ts';
import { raw, Sql, sql } from '../../../src/store/sql/sql.ts';
import { sqliteFilter } from '../../../src/store/sqlite/filter.ts';
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-lane-'));
after(() => rmSync(root, { recursive: true }));

const limits = { querySeconds: 120, queryProcesses: 2, maxQueryQueue: 4 };
const rows = 30_000;
let files = 0;

/** An engine with the table `big` of 30,000 rows and `small` of 100: `k` the key, `n` indexed, `u` unique, `p` plain. */
async function open(own = limits): Promise<SqliteEngine> {
  const engine = new SqliteEngine(join(root, `${++files}.db`), own);
  await engine.write(async (tx) => {
    for (const [name, count] of [
      ['big', rows],
      ['small', 100],
    ] as const) {
      // oxfmt-ignore
      await tx.run(raw(`CREATE TABLE "${name}" (k INTEGER PRIMARY KEY, n INTEGER, u TEXT, p INTEGER)`));
      await tx.run(raw(`CREATE INDEX "${name}.n index" ON "${name}" (n)`));
      await tx.run(raw(`CREATE UNIQUE INDEX "${name}.u unique" ON "${name}" (u)`));
      await tx.run(
        raw(
          `WITH RECURSIVE c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < ${count}) INSERT INTO "${name}" SELECT k, k % 1000, 'u' || k, -k FROM c`,
        ),
      );
    }
  });
  engine.refresh();
  return engine;
}

/** Processes that this process has started. */
const children = (): readonly string[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);

/** Whether the statement makes the engine start a process, and its rows. */
async function isLong(statement: Sql): Promise<boolean> {
  const engine = await open();
  const before = children().length;
  await engine.rows(statement);
  const started = children().length > before;
  await engine.close();
  return started;
}

const short = {
  'one row by its key': sql`SELECT * FROM "big" AS e WHERE e.k = ${7}`,
  'some rows by their keys': sql`SELECT * FROM "big" AS e WHERE e.k IN (SELECT value FROM json_each(${'[1,2,3]'}))`,
  'a unique value': sql`SELECT * FROM "big" AS e WHERE e.u = ${'u7'}`,
  'equal values of an index': sql`SELECT * FROM "big" AS e WHERE e.n = ${7}`,
  'rows of a join by key': sql`SELECT b.p FROM "small" AS s CROSS JOIN "big" AS b ON b.k = s.k`,
  'all of a small table': sql`SELECT * FROM "small" AS e ORDER BY e.p`,
  'a walk that says how short it is': new Sql('SELECT * FROM "big" AS e ORDER BY e.k LIMIT ?', [10], { work: 10 }),
  'a walk along an index': new Sql('SELECT k FROM "big" AS e ORDER BY e.n LIMIT ?', [10], { work: 10 }),
  'a page of the rows that belong to one': sql`SELECT (SELECT count(*) FROM (SELECT * FROM "big" AS i WHERE i.n = e.n ORDER BY i.k LIMIT 5) AS i) AS page FROM "big" AS e WHERE e.k = ${7}`,
  'few sorted rows for each of few': new Sql(
    'SELECT k, (SELECT group_concat(u) FROM (SELECT u FROM "big" AS i WHERE i.n = e.n ORDER BY i.p)) AS us FROM "big" AS e ORDER BY e.k LIMIT ?',
    [3],
    { work: 3 },
  ),
};

const long = {
  'a filter without an index': sql`SELECT * FROM "big" AS e WHERE e.p = ${-7}`,
  'a range of an index': sql`SELECT count(*) AS n FROM "big" AS e WHERE e.n > ${7}`,
  'a sort, although it says how few rows it gives': new Sql('SELECT k FROM "big" AS e ORDER BY e.p LIMIT ?', [10], {
    work: 10,
  }),
  'all of it': sql`SELECT count(*) AS n FROM "big" AS e`,
  'a late page': new Sql('SELECT k FROM "big" AS e ORDER BY e.k LIMIT ? OFFSET ?', [10, 29_000], { work: 29_010 }),
  'a list of all keys': sql`SELECT e.k FROM "big" AS e WHERE ${sqliteFilter.inKeys(raw('e.k'), packKeys(Array.from({ length: rows }, (_, i) => i)))}`,
  'a subquery that scans a large table': sql`SELECT (SELECT count(*) FROM (SELECT * FROM "big" AS i WHERE i.p > e.p ORDER BY i.k LIMIT 5) AS i) AS page FROM "big" AS e WHERE e.k = ${7}`,
  'a large table below a small one': sql`SELECT s.k FROM "small" AS s WHERE s.k IN (SELECT b.k FROM "big" AS b WHERE b.p > ${-50})`,
};

for (const [what, statement] of Object.entries(short))
  test(`in the server: ${what}`, async () => assert.equal(await isLong(statement), false));
for (const [what, statement] of Object.entries(long))
  test(`in the slow lane: ${what}`, async () => assert.equal(await isLong(statement), true));

test('both lanes give the same rows, values and all', async () => {
  const engine = await open();
  const values = sql`SELECT 1 AS i, 1.5 AS r, ${'Ærø\u0001"'} AS t, ${new Uint8Array([0, 255])} AS b, NULL AS z, fold('ÉÇ') AS f, ${9_223_372_036_854_775_807n} AS n, ${true} AS y`;
  const inServer = await engine.row(values);
  const inLane = await engine.row(sql`SELECT v.* FROM (${values}) AS v, "big" AS b WHERE b.p = ${-rows}`);
  assert.deepEqual({ ...inLane, b: Buffer.from(inLane?.['b'] as Uint8Array) }, inServer);
  assert.equal(await engine.row(sql`SELECT k FROM "big" AS e WHERE e.p = ${5}`), undefined);
  await engine.close();
});

test('a read in the slow lane sees every commit before it', async () => {
  const engine = await open();
  for (let i = 1; i <= 20; i++) {
    await engine.write((tx) => tx.run(sql`INSERT INTO "big" (k, p) VALUES (${rows + i}, ${i})`));
    assert.deepEqual(await engine.rows(sql`SELECT p FROM "big" AS e WHERE e.p > ${i - 1}`), [{ p: i }]);
  }
  await engine.close();
});

/** Runs until it is ended. */
const endless = raw(
  'SELECT count(*) AS n FROM "big" AS a, "big" AS b, "big" AS c WHERE a.p + b.p + c.p > 0 AND a.p <> b.n',
);

const refused =
  (detail: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof KeystampError);
    assert.equal(error.status, 503);
    assert.equal(error.headers['Retry-After'], '1');
    assert.match(error.message, detail);
    return true;
  };

test('a statement past its time is ended with its process; others go on, and so does the lane', async () => {
  const own = { ...limits };
  const engine = await open(own);
  const began = children();
  // Short for what never ends alone: on a crowded machine the others may take their time.
  own.querySeconds = 1;
  const late = assert.rejects(engine.row(endless), refused(/took too long/));
  own.querySeconds = limits.querySeconds;
  assert.deepEqual(await engine.row(sql`SELECT k FROM "big" AS e WHERE e.p = ${-4}`), { k: 4 });
  assert.deepEqual(await engine.row(sql`SELECT p FROM "big" AS e WHERE e.k = ${4}`), { p: -4 });
  await late;
  assert.deepEqual(await engine.row(sql`SELECT k FROM "big" AS e WHERE e.p = ${-5}`), { k: 5 });
  await engine.close();
  assert.deepEqual(children(), began);
});

test('a process comes up like any other, and gives way to the server once it has a query', async () => {
  const engine = await open();
  const before = children();
  const first = engine.row(sql`SELECT k FROM "big" AS e WHERE e.p = ${-4}`);
  const [started] = children().filter((pid) => !before.includes(pid));
  assert.equal(getPriority(Number(started)), getPriority());
  assert.deepEqual(await first, { k: 4 });
  assert.equal(getPriority(Number(started)), constants.priority.PRIORITY_LOW);
  // Each thread has a priority of its own; the others collect the garbage of long lists.
  if (process.platform === 'linux')
    for (const thread of readdirSync(`/proc/${started}/task`))
      assert.equal(getPriority(Number(thread)), constants.priority.PRIORITY_LOW, `thread ${thread}`);
  await engine.close();
});

test('a process that is killed fails its statement alone', async () => {
  const engine = await open();
  const before = children();
  const lost = assert.rejects(engine.row(endless), refused(/ended: SIGKILL/));
  const [started] = children().filter((pid) => !before.includes(pid));
  process.kill(Number(started), 'SIGKILL');
  await lost;
  assert.deepEqual(await engine.row(sql`SELECT k FROM "big" AS e WHERE e.p = ${-5}`), { k: 5 });
  await engine.close();
});

test('past the queue long queries are refused, short ones are not; closing ends what runs and waits', async () => {
  const engine = await open({ ...limits, queryProcesses: 1, maxQueryQueue: 2 });
  const before = children();
  const first = [1, 2, 3].map(() => assert.rejects(engine.row(endless), refused(/stopping/)));
  await assert.rejects(engine.row(endless), refused(/too many long queries wait/));
  assert.deepEqual(await engine.row(sql`SELECT p FROM "big" AS e WHERE e.k = ${4}`), { p: -4 });
  await engine.close();
  await Promise.all(first);
  assert.deepEqual(children(), before);
});

test('a faulty statement is an error of the program, and the process goes on', async () => {
  const engine = await open();
  const faulty = sql`SELECT json_extract('{', '$') AS n FROM "big" AS e`;
  await assert.rejects(engine.rows(faulty), /malformed JSON/);
  await assert.rejects(
    engine.writeApart([raw('INSERT INTO "small" (k, u) VALUES (500, \'u1\')')]),
    /SQLITE_CONSTRAINT_UNIQUE/,
  );
  await engine.writeApart([raw('INSERT INTO "small" (k) VALUES (500)'), raw('UPDATE "small" SET p = 1 WHERE k = 500')]);
  engine.refresh();
  assert.deepEqual(await engine.row(raw('SELECT p FROM "small" AS e WHERE e.k = 500')), { p: 1 });
  await engine.close();
});

test('the processes die with the server, also in the middle of a statement', async () => {
  const engine = await open();
  const file = join(root, `${files}.db`);
  await engine.close();
  const server = fork(join(import.meta.dirname, 'endless-reader.ts'), [file, endless.text], {
    execArgv: ['--conditions=keystamp-source'],
  });
  const [pid] = (await once(server, 'message')) as [string];
  server.kill('SIGKILL');
  await once(server, 'exit');
  const isThere = (): boolean => {
    try {
      return execFileSync('ps', ['-o', 'stat=', '-p', pid]).toString().trim().startsWith('Z') === false;
    } catch {
      return false;
    }
  };
  assert.ok(isThere());
  for (let tries = 0; tries < 1000 && isThere(); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(!isThere());
});

const keys = (list: KeyList): readonly Value[] => keyValues(list);

test('keys come packed from both lanes, in order', async () => {
  const engine = await open();
  assert.deepEqual(keys(await engine.keys(sql`SELECT k FROM "small" AS e WHERE e.k < ${4} ORDER BY e.p`)), [3, 2, 1]);
  const all = await engine.keys(raw('SELECT k FROM "big" AS e ORDER BY e.p'));
  assert.equal(all.kind, 'int32');
  assert.equal(keyCount(all), rows);
  assert.deepEqual(keys(all).slice(0, 2), [rows, rows - 1]);
  const texts = await engine.keys(raw('SELECT u FROM "big" AS e ORDER BY e.p DESC'));
  assert.equal(texts.kind, 'text');
  assert.deepEqual(keys(texts).slice(0, 2), ['u1', 'u2']);
  await engine.close();
});

test('among the keys of a list: its order, only what the statement finds; long and short lists, numbers and texts', async () => {
  const engine = await open();
  const odd = sql`SELECT k FROM "big" AS e WHERE e.k % 2 = 1 ORDER BY e.k`;
  const oddTexts = sql`SELECT u FROM "big" AS e WHERE e.k % 2 = 1 ORDER BY e.k`;
  for (const length of [10, 29_000, 60_000]) {
    const backwards = Array.from({ length }, (_, i) => length - i);
    const expected = backwards.filter((k) => k % 2 === 1 && k <= rows);
    assert.deepEqual(keys(await engine.keys(odd, packKeys(backwards))), expected);
    assert.deepEqual(
      keys(await engine.keys(oddTexts, packKeys(backwards.map((k) => `u${k}`)))),
      expected.map((k) => `u${k}`),
    );
  }
  await engine.close();
});

test('lists of any length as a condition', async () => {
  const engine = await open();
  const count = async (list: KeyList, column = 'e.k'): Promise<Value | undefined> =>
    (await engine.row(sql`SELECT count(*) AS n FROM "big" AS e WHERE ${sqliteFilter.inKeys(raw(column), list)}`))?.[
      'n'
    ];
  const upTo = (length: number, step: number): readonly number[] => Array.from({ length }, (_, i) => i * step);
  assert.equal(await count(packKeys(upTo(10, 1))), 9);
  assert.equal(await count(packKeys(upTo(60_000, 1))), rows);
  assert.equal(await count(packKeys(upTo(60_000, 2))), rows / 2);
  assert.equal(await count(packKeys(upTo(60_000, 100_000_000))), 0);
  assert.equal(await count(packKeys(upTo(60_000, 0.5))), 29_999);
  assert.equal(await count(packKeys(upTo(60_000, 1).map((k) => `u${k}`)), 'e.u'), rows);
  // Integers as texts, as those are that are no exact number.
  assert.equal(await count(packKeys(['9223372036854775807', ...upTo(60_000, 1)])), rows);
  const both = sql`SELECT count(*) AS n FROM "big" AS e WHERE ${sqliteFilter.inKeys(raw('e.k'), packKeys(upTo(60_000, 2)))} AND NOT ${sqliteFilter.inKeys(raw('e.k'), packKeys(upTo(60_000, 3)))}`;
  assert.equal((await engine.row(both))?.['n'], 10_000);
  await engine.close();
});

test('totals are counted once while nothing changes, by this process or another', async () => {
  const engine = await open();
  const file = join(root, `${files}.db`);
  // What is counted shows whether it was counted: each time another number.
  const count = sql`SELECT count(*) * 1000000 + abs(random() % 1000000) AS total FROM "small" AS e`;
  const first = await engine.total(count);
  assert.equal(await engine.total(count), first);
  await engine.write((tx) => tx.run(raw('INSERT INTO "big" (k) VALUES (90000)')));
  assert.equal(await engine.total(count), first);
  await engine.write((tx) => tx.run(raw('INSERT INTO "small" (k) VALUES (200)')));
  const second = await engine.total(count);
  assert.equal(Math.floor(second / 1_000_000), 101);
  await assert.rejects(
    engine.write(async (tx) => {
      await tx.run(raw('INSERT INTO "small" (k) VALUES (201)'));
      throw new Error('no');
    }),
  );
  assert.equal(Math.floor((await engine.total(count)) / 1_000_000), 101);
  const other = new SqliteEngine(file);
  await other.write((tx) => tx.run(raw('INSERT INTO "small" (k) VALUES (202)')));
  assert.equal(Math.floor((await engine.total(count)) / 1_000_000), 102);
  await other.close();
  const filtered = (k: number): Sql => sql`SELECT count(*) AS total FROM "small" AS e WHERE e.k > ${k}`;
  assert.equal(await engine.total(filtered(90)), 12);
  assert.equal(await engine.total(filtered(99)), 3);
  await engine.close();
});
