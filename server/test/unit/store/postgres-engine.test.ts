// The PostgreSQL engine: units of work beside each other, what happens when the server goes away, what takes too long.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startPostgres, type EmbeddedPostgres } from '../../../../tools/embedded-postgres.ts';
import { readConfig, type Config } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef, StorageDef, Value } from '../../../src/model/model.ts';
import { saveEntity } from '../../../src/orm/save.ts';
import { keyValues } from '../../../src/query/key-list.ts';
import { ChangeSignal } from '../../../src/store/change-signal.ts';
import { ConstraintError, DuplicateError, type Engine, type Transaction } from '../../../src/store/engine.ts';
import { takeGlobalStamp } from '../../../src/store/global-stamps.ts';
import { openEngine } from '../../../src/store/open.ts';
import { raw, sql, Sql } from '../../../src/store/sql/sql.ts';
import { runOn } from '../../postgres.ts';

/** As long as names may be; names of indexes are made of two. */
const longName = 'n'.repeat(30) + 'a';
const otherName = 'n'.repeat(30) + 'b';
const className = 'C'.repeat(31);
const model = buildModel({
  dataClasses: {
    Note: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        title: { type: 'string', unique: true, indexed: true },
        [longName]: { type: 'string' },
        [otherName]: { type: 'number' },
      },
    },
    [className]: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        [longName]: { type: 'string', indexed: true },
        [otherName]: { type: 'number', indexed: true },
      },
    },
    Page: { attributes: { book: { type: 'string', primKey: true }, part: { type: 'long', primKey: true } } },
  },
});
const Note = model.dataClasses.get('Note') as DataClassDef;
const Page = model.dataClasses.get('Page') as DataClassDef;
const now = (): number => Date.UTC(2025, 5, 1);

let server: EmbeddedPostgres;
let folder: string;
const engines: Engine[] = [];

before(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'keystamp-engine-'));
});
after(async () => {
  for (const engine of engines) await engine.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(settings: Partial<Config> = {}): Promise<Engine> {
  const engine = await openEngine(readConfig({ data: folder, database: server.url, ...settings }), model);
  engines.push(engine);
  return engine;
}

const values = (dataClass: DataClassDef, given: Readonly<Record<string, Value>>): Map<StorageDef, Value> =>
  new Map(Object.entries(given).map(([name, value]) => [dataClass.attributes.get(name) as StorageDef, value]));

async function create(engine: Engine, dataClass: DataClassDef, given: Readonly<Record<string, Value>>): Promise<Value> {
  const change = { dataClass, values: values(dataClass, given), media: new Map(), targets: [] };
  const { key } = await engine.write((tx) => saveEntity(tx, change, { now }));
  return key[0] as Value;
}

async function refusal(work: Promise<unknown>): Promise<KeystampError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KeystampError)) assert.fail(`not refused in order: ${String(error)}`);
  return error;
}

const statusOf = async (work: Promise<unknown>): Promise<number> => (await refusal(work)).status;

test('long names are kept apart', async () => {
  const engine = await open();
  const indexes = await runOn(server.url, `SELECT indexname FROM pg_indexes WHERE tablename = '${className}'`);
  // Two of attributes, one of the key.
  assert.equal(indexes[0]?.rowCount, 3);
  const key = await create(engine, Note, { title: 'long', [longName]: 'a', [otherName]: 0.5 });
  const row = await engine.row(sql`SELECT ${raw(`"${longName}", "${otherName}"`)} FROM "Note" WHERE "ID" = ${key}`);
  assert.deepEqual(row, { [longName]: 'a', [otherName]: 0.5 });
});

test('a duplicate says where', async () => {
  const engine = await open();
  await create(engine, Page, { book: 'a', part: 1 });
  const again = (statement: ReturnType<typeof sql>): Promise<number> => engine.write((tx) => tx.run(statement));
  await assert.rejects(
    again(sql`INSERT INTO "Page" (book, part) VALUES ('a', 1)`),
    (error) => error instanceof DuplicateError && error.where === 'Page.book, Page.part',
  );
  await create(engine, Note, { title: 'once' });
  await assert.rejects(
    again(sql`INSERT INTO "Note" (title) VALUES ('once')`),
    (error) => error instanceof DuplicateError && error.where === 'Note.title',
  );
});

test('no number is generated that was given before, and none that was taken back', async () => {
  const engine = await open();
  const first = Number(await create(engine, Note, { title: 'n1' }));
  await create(engine, Note, { ID: first + 10, title: 'n2' });
  assert.ok(Number(await create(engine, Note, { title: 'n3' })) > first + 10);
  await create(engine, Note, { ID: first + 5, title: 'n4' });
  assert.ok(Number(await create(engine, Note, { title: 'n5' })) > first + 11);
  const keys = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      create(engine, Note, { title: `many ${i}`, ...(i % 8 === 0 && { ID: 1000 + 100 * i }) }),
    ),
  );
  assert.equal(new Set(keys).size, 40);
});

test('units beside each other lose nothing', async () => {
  const [one, two] = [await open(), await open()];
  const key = await create(one, Note, { title: 'counted', [otherName]: 0 });
  const add = (engine: Engine): Promise<number> =>
    engine.write(async (tx) => {
      const found = sql`SELECT ${raw(`"${otherName}"`)} AS n FROM "Note" WHERE "ID" = ${key}`;
      await tx.lock(found);
      const n = Number((await tx.row(found))?.['n']);
      return tx.run(sql`UPDATE "Note" SET ${raw(`"${otherName}"`)} = ${n + 1} WHERE "ID" = ${key}`);
    });
  await Promise.all(Array.from({ length: 60 }, (_, i) => add(i % 2 === 0 ? one : two)));
  const row = await one.row(sql`SELECT ${raw(`"${otherName}"`)} AS n FROM "Note" WHERE "ID" = ${key}`);
  assert.equal(row?.['n'], 60);
});

test('as many connections write at one time as the setting says', async () => {
  const engine = await open({ databaseConnections: 2 });
  let atOnce = 0;
  let most = 0;
  const unit = async (tx: Transaction): Promise<void> => {
    most = Math.max(most, ++atOnce);
    await tx.row(sql`SELECT pg_sleep(0.01) IS NULL AS done`);
    atOnce--;
  };
  await Promise.all([1, 2, 3, 4].flatMap(() => [engine.write(unit), engine.transact(unit)]));
  assert.equal(most, 2);
});

test('units that hold up each other are begun again', async () => {
  const engine = await open();
  const [a, b] = [await create(engine, Note, { title: 'a0' }), await create(engine, Note, { title: 'b0' })];
  const touch = (keys: readonly Value[]): Promise<void> =>
    engine.write(async (tx) => {
      for (const key of keys) {
        await tx.run(sql`UPDATE "Note" SET __stamp = __stamp + 1 WHERE "ID" = ${key}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
  await Promise.all([touch([a, b]), touch([b, a]), touch([a, b])]);
  const rows = await engine.rows(sql`SELECT __stamp AS stamp FROM "Note" WHERE "ID" IN (${a}, ${b})`);
  assert.deepEqual(rows, [{ stamp: 4 }, { stamp: 4 }]);
});

test('a unit that throws is undone alone, and so is an attempt', async () => {
  const engine = await open();
  const settled = await engine.writeEach(
    [1, 2, 3].map((i) => async (tx) => {
      await tx.run(sql`INSERT INTO "Note" (title) VALUES (${`each ${i}`})`);
      if (i === 2) throw new Error('no');
      return i;
    }),
  );
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  await engine.write(async (tx) => {
    const failing = tx.attempt(() => tx.run(sql`INSERT INTO "Note" (title) VALUES ('each 1')`));
    await assert.rejects(failing, DuplicateError);
    await tx.run(sql`INSERT INTO "Note" (title) VALUES ('each 4')`);
  });
  const rows = await engine.rows(sql`SELECT title FROM "Note" WHERE title LIKE 'each%' ORDER BY title`);
  assert.deepEqual(rows.map(({ title }) => title), ['each 1', 'each 3', 'each 4']); // oxfmt-ignore
});

test('a unit that went on after a failure is undone, and says so', async () => {
  const engine = await open();
  await create(engine, Note, { title: 'failing' });
  const unit = async (tx: Transaction): Promise<void> => {
    await tx.run(sql`INSERT INTO "Note" (title) VALUES ('failing')`).catch(() => undefined);
  };
  for (const work of [engine.write(unit), engine.transact(unit)]) await assert.rejects(work, ConstraintError);
  const again = engine.write((tx) => tx.attempt(async () => tx.attempt(async () => unit(tx))));
  await assert.rejects(again, ConstraintError);
  const [found] = await engine.rows(sql`SELECT count(*) AS n FROM "Note" WHERE title = 'failing'`);
  assert.deepEqual(found, { n: 1 });
});

test('a database remembers no more statements than are kept here', async () => {
  const engine = await open();
  const remembered = async (): Promise<number> =>
    Number((await engine.row(sql`SELECT count(*) AS n FROM pg_prepared_statements`))?.['n']);
  const texts = Array.from({ length: 1100 }, (_, i) => Object.assign(sql`SELECT 1 AS ${raw(`c${i}`)}`, { work: 1 }));
  // What comes a second time is worth remembering.
  for (let at = 0; at < texts.length; at += 100)
    await Promise.all(texts.slice(at, at + 100).flatMap((text) => [engine.row(text), engine.row(text)]));
  const kept = await remembered();
  assert.ok(kept > 900 && kept <= 1001, `${kept} statements`);
  assert.deepEqual(await engine.row(texts[0] as (typeof texts)[0]), { c0: 1 });
});

test('a row that cannot be read fails its statement alone', async () => {
  const engine = await open();
  const take = (): never => {
    throw new Error('unreadable');
  };
  const reader = { binary: false, start: () => ({ take, end: () => [] }) };
  const broken = new Sql('SELECT 1 FROM generate_series(1, 3)', [], { reader, work: 1 });
  const both = await Promise.allSettled([engine.rows(broken), engine.row(sql`SELECT 2 AS two`)]);
  assert.match(String((both[0] as PromiseRejectedResult).reason), /unreadable/);
  assert.deepEqual((both[1] as PromiseFulfilledResult<unknown>).value, { two: 2 });
});

test('a rule that is looked at with the commit: the unit that breaks it fails alone, whoever shares the commit', async () => {
  const engine = await open();
  await runOn(
    server.url,
    `CREATE TABLE parent (id bigint PRIMARY KEY)`,
    `CREATE TABLE child (id bigint PRIMARY KEY, parent bigint REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`,
    `INSERT INTO parent VALUES (1)`,
  );
  const runs = new Map<number, number>();
  const insert =
    (id: number, parent: number) =>
    async (tx: Transaction): Promise<number> => {
      runs.set(id, (runs.get(id) ?? 0) + 1);
      await tx.run(sql`INSERT INTO child (id, parent) VALUES (${id}, ${parent})`);
      return id;
    };
  const settled = await engine.writeEach([insert(1, 1), insert(2, 99), insert(3, 1), insert(1, 1), insert(4, 98)]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected'],
  );
  for (const i of [1, 4]) {
    const { reason } = settled[i] as PromiseRejectedResult;
    assert.ok(reason instanceof ConstraintError && reason.status === 400, String(reason));
  }
  assert.ok((settled[3] as PromiseRejectedResult).reason instanceof DuplicateError);
  assert.deepEqual(await engine.rows(sql`SELECT id FROM child ORDER BY id`), [{ id: 1 }, { id: 3 }]);
  // Twice at most: together, then alone.
  assert.ok([...runs.values()].every((count) => count <= 4));
  assert.equal(runs.get(3), 2);

  // More than share one commit: the others of its part alone are done again.
  runs.clear();
  const many = await engine.writeEach(Array.from({ length: 450 }, (_, i) => insert(1000 + i, i === 250 ? 99 : 1)));
  assert.deepEqual(
    many.flatMap(({ status }, i) => (status === 'rejected' ? [i] : [])),
    [250],
  );
  assert.deepEqual([1100, 1300, 1449].map((id) => runs.get(id)), [1, 2, 1]); // oxfmt-ignore

  // A commit that is refused is undone for certain: the connection goes on being used.
  const pids = (): Promise<readonly unknown[]> =>
    engine.rows(sql`SELECT pid FROM pg_stat_activity WHERE application_name = 'keystamp' ORDER BY pid`);
  const before = await pids();
  assert.equal(await statusOf(engine.write(insert(5000, 97))), 400);
  assert.equal(await statusOf(engine.transact(insert(5000, 97))), 400);
  assert.deepEqual(await pids(), before);
  assert.equal(await engine.write(insert(5000, 1)), 5000);
});

test('keys among a list keep the order of the list', async () => {
  const engine = await open();
  const keys = [];
  for (let i = 0; i < 5; i++) keys.push(Number(await create(engine, Note, { title: `among ${i}` })));
  const among = { kind: 'int32', numbers: Int32Array.from([...keys].toReversed()) } as const;
  const statement = sql`SELECT "ID" FROM "Note" WHERE title <> 'among 2' ORDER BY "ID"`;
  assert.deepEqual(keyValues(await engine.keys(statement, among)), keys.filter((_, i) => i !== 2).toReversed());
});

/** Nothing tells before that it takes so long. */
const slowRead = sql`SELECT count(*) AS n, pg_sleep(30) FROM generate_series(1, 5000000)`;

test('long reads are ended at their time, and so many wait', async () => {
  const engine = await open({ querySeconds: 1, queryProcesses: 1, maxQueryQueue: 1 });
  const refused = await Promise.all([1, 2, 3].map(() => refusal(engine.row(slowRead))));
  assert.deepEqual(refused.map(({ status, message }) => `${status} ${message}`).toSorted(), [
    '503 The server is busy: the query took too long',
    '503 The server is busy: the query took too long',
    '503 The server is busy: too many long queries wait',
  ]);
  for (const { headers } of refused) assert.equal(headers['Retry-After'], '1');
});

test('a long read holds up no other, and does not keep the engine open', async () => {
  const engine = await openEngine(readConfig({ data: folder, database: server.url, queryProcesses: 1 }), model);
  const running = refusal(engine.row(slowRead));
  const isRunning = sql`SELECT 1 AS found FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND query NOT LIKE '%pg_stat%'`;
  while (!(await engine.row(isRunning))) await new Promise((resolve) => setTimeout(resolve, 5));
  const short = engine.row(sql`SELECT 1 AS found`);
  assert.deepEqual(await Promise.race([short, running]), { found: 1 });
  await engine.close();
  const { status, message } = await running;
  assert.equal(`${status} ${message}`, '503 The server is busy: stopping');
});

test('what the database cannot do now may be asked again', async () => {
  const engine = await open();
  const says = (state: string) => raw(`DO $$ BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = '${state}'; END $$`);
  const answers = {
    '25006': '503 The server is busy: the database takes no writes',
    53100: '507 The disk is full',
    53200: '503 The server is busy: the database is busy',
    53300: '503 The server is busy: the database cannot be reached',
    57014: '503 The server is busy: the query took too long',
  };
  for (const [state, answer] of Object.entries(answers)) {
    const { status, message, headers } = await refusal(engine.write((tx) => tx.run(says(state))));
    assert.equal(`${status} ${message}`, answer);
    assert.equal(headers['Retry-After'], status === 503 ? '1' : undefined);
  }
});

test('totals are counted once while nothing changes', async () => {
  const engine = await open();
  const total = sql`SELECT count(*) AS total FROM "Note"`;
  const before = await engine.total(total);
  await create(engine, Note, { title: 'one more' });
  assert.equal(await engine.total(total), before + 1);
  await runOn(server.url, `INSERT INTO "Note" (title) VALUES ('from outside')`);
  assert.equal(await engine.total(total), before + 2);
});

test('processes tell each other of changes, also when the connection that listens was lost', async (t) => {
  const [writer, reader] = [await open(), await open()];
  // It would look by itself once an hour.
  const signal = new ChangeSignal(reader, 3_600_000);
  t.after(() => signal.close());
  const never = new AbortController().signal;
  let known = (await signal.read()).value;
  for (const lost of [false, false, true]) {
    const moved = signal.after(known, 20_000, never);
    if (lost)
      await runOn(
        server.url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%keystamp_changes%' AND pid <> pg_backend_pid()`,
      );
    await writer.write((tx) => takeGlobalStamp(tx));
    const { value } = await moved;
    assert.equal(value, known + 1);
    known = value;
  }
});

test('while the server is away the answer is 503, afterwards all goes on', async () => {
  const engine = await open();
  assert.ok(await engine.row(sql`SELECT 1 AS found`));
  await server.kill();
  assert.equal(await statusOf(engine.row(sql`SELECT 1 AS found`)), 503);
  assert.equal(await statusOf(engine.write((tx) => tx.run(sql`DELETE FROM "Page"`))), 503);
  await server.start();
  assert.ok(await engine.row(sql`SELECT 1 AS found`));
  await engine.write((tx) => tx.run(sql`DELETE FROM "Page"`));
});

test('a connection that is ended in the middle is replaced, and what was under way done again', async () => {
  const engine = await open();
  const endAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'keystamp'`;
  let tries = 0;
  await engine.write(async (tx) => {
    await tx.run(sql`INSERT INTO "Note" (title) VALUES ('ended')`);
    if (tries++ === 0) await runOn(server.url, endAll);
    await tx.row(sql`SELECT 1 AS found`);
  });
  assert.equal(tries, 2);
  assert.equal((await engine.rows(sql`SELECT 1 AS found FROM "Note" WHERE title = 'ended'`)).length, 1);
});

test('a unit whose commit got no answer is not done again: nobody knows whether it happened', async () => {
  const engine = await open();
  await runOn(
    server.url,
    `CREATE TABLE last (id bigint)`,
    `CREATE FUNCTION end_connection() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
    `CREATE CONSTRAINT TRIGGER with_commit AFTER INSERT ON last DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_connection()`,
  );
  let runs = 0;
  const unit = async (tx: Transaction): Promise<void> => {
    runs++;
    await tx.run(sql`INSERT INTO last (id) VALUES (1)`);
  };
  assert.equal(await statusOf(engine.write(unit)), 503);
  assert.equal(runs, 1);
  assert.ok(await engine.row(sql`SELECT 1 AS found`));
});

test('several processes prepare the same database at once', async () => {
  const [database] = await runOn(server.url, 'CREATE DATABASE together');
  assert.ok(database);
  const url = new URL(server.url);
  url.pathname = '/together';
  await Promise.all([open({ database: url.href }), open({ database: url.href }), open({ database: url.href })]);
});

test('functions of an earlier version are made anew, and the indexes that hold what they gave', async () => {
  const [found] = await runOn(
    server.url,
    `SELECT indexname AS name FROM pg_indexes WHERE tablename = 'Note' AND indexdef LIKE '%keystamp_fold%'`,
  );
  const index = String(found?.rows[0].name);
  const state = async (): Promise<readonly unknown[]> => {
    const statement = `SELECT keystamp_fold('É') AS folded, pg_relation_filenode('"${index}"') AS file`;
    const [read] = await runOn(server.url, statement);
    return [read?.rows[0].folded, read?.rows[0].file];
  };
  const [, file] = await state();
  await open();
  assert.deepEqual(await state(), ['e', file]);
  await runOn(
    server.url,
    `CREATE OR REPLACE FUNCTION keystamp_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'former' $$`,
    `UPDATE keystamp_meta SET value = 'former' WHERE name = 'functions'`,
  );
  await open();
  const [folded, fileAfter] = await state();
  assert.equal(folded, 'e');
  assert.notEqual(fileAfter, file);
});

test('a server that cannot be reached is said to be so', async () => {
  await assert.rejects(open({ database: 'postgres://postgres@127.0.0.1:1/none' }), /cannot be reached/);
});
