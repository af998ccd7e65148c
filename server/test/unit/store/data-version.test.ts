// What was found in one version of the data is used again while that version lasts: it must end with every change.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { sql } from '../../../src/store/sql/sql.ts';
import { SqliteEngine } from '../../../src/store/sqlite/engine.ts';

let folder: string;
let engine: SqliteEngine;
/** Stands for another process: it shares nothing but the file. */
let other: SqliteEngine;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keystamp-version-'));
  engine = new SqliteEngine(join(folder, 'keystamp.db'));
  await engine.write(async (transaction) => void (await transaction.run(sql`CREATE TABLE t (n INTEGER)`)));
  other = new SqliteEngine(join(folder, 'keystamp.db'));
});

after(async () => {
  await engine.close();
  await other.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (by: SqliteEngine): Promise<void> =>
  by.write(async (transaction) => void (await transaction.run(sql`INSERT INTO t VALUES (1)`)));

test('the version of the data stays the same over reads and turns', async () => {
  const version = engine.dataVersion();
  assert.equal(typeof version, 'number');
  await engine.row(sql`SELECT * FROM t`);
  await nextTurn();
  assert.equal(engine.dataVersion(), version);
});

for (const [who, by] of [
  ['this process', () => engine],
  ['another process', () => other],
] as const)
  test(`a commit of ${who} makes another version`, async () => {
    const version = engine.dataVersion();
    await insert(by());
    await nextTurn();
    assert.notEqual(engine.dataVersion(), version);
  });

test('within a turn the version is that of the snapshot, whatever others commit', async () => {
  const version = engine.dataVersion();
  const count = await engine.row(sql`SELECT count(*) AS n FROM t`);
  const writing = insert(other);
  assert.equal(engine.dataVersion(), version);
  assert.deepEqual(await engine.row(sql`SELECT count(*) AS n FROM t`), count);
  await writing;
  engine.refresh();
  assert.notEqual(engine.dataVersion(), version);
});

test('what others commit between the question for the version and a read shows in the version of that read', async () => {
  const begun = await engine.row(sql`SELECT count(*) AS n FROM t`);
  await nextTurn();
  const version = engine.dataVersion();
  const writer = new Database(join(folder, 'keystamp.db'));
  writer.exec('INSERT INTO t VALUES (1)');
  writer.close();
  const read = await engine.row(sql`SELECT count(*) AS n FROM t`);
  assert.equal(engine.dataVersion() === version, read?.['n'] === begun?.['n']);
});
