// Backups: what is in them, what is found when they are damaged, what a restore moves on.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeBackup, verifyBackup, type OnStep, type Step } from '../../../src/keeping/backup.ts';
import { BackupError } from '../../../src/keeping/backup-file.ts';
import { restoreBackup, type Restored, type RestoreOptions } from '../../../src/keeping/restore.ts';
import { deleteEntity } from '../../../src/orm/drop.ts';
import { saveEntity } from '../../../src/orm/save.ts';
import type { DataClassDef, StorageDef, Value } from '../../../src/model/model.ts';
import { copyIn, copyOut, reachedNumbers } from '../../../src/store/copy.ts';
import { copyRowsIn } from '../../../src/store/copy-rows.ts';
import { connectEngine } from '../../../src/store/open.ts';
import { configOf, databaseOf, model, newFolder, openData, removeFolders, sownData, withFile } from './keeping-data.ts';

let data: string;
let backup: string;
const quiet: OnStep = () => () => {};
const now = new Date('2025-06-01T10:00:00.000Z');
const [person, firm] = ['Person', 'Firm'].map((name) => model.dataClasses.get(name)) as [DataClassDef, DataClassDef];

before(async () => {
  data = await sownData();
  // What belongs to sessions: a cookie, a lock, an upload that alone holds its bytes.
  withFile(databaseOf(data), (database) =>
    database.exec(
      `INSERT INTO keystamp_lock (dataclass, key, session, taken) VALUES ('Person', '1', 'SECRETCOOKIE', 1);
       INSERT INTO keystamp_content (hash, size, mediatype, refs) VALUES (x'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855', 0, 'a/b', 1);
       INSERT INTO keystamp_upload (id, session, kind, mediatype, hash, size, expires) VALUES ('U', 'SECRETCOOKIE', 'blob', 'a/b', x'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855', 0, 9e15)`,
    ),
  );
  backup = join(newFolder(), 'kept.backup');
});
after(removeFolders);

const make = (file: string, onStep = quiet): ReturnType<typeof makeBackup> =>
  makeBackup((to, onProgress) => copyOut(configOf(data), model, to, onProgress), model, file, now, onStep);

async function restore(into: string, options: Partial<RestoreOptions> = {}, file = backup): Promise<Restored> {
  return restoreBackup(
    file,
    await reachedNumbers(configOf(into)),
    { margin: 1000, newId: false, ...options },
    join(into, 'restore.part'),
    (from, onProgress) => copyIn(configOf(into), model, from, onProgress),
    quiet,
  );
}

const value = (folder: string, text: string): unknown =>
  withFile(databaseOf(folder), (database) => database.prepare(text).pluck().get());

test('one file with everything, a manifest, and nothing of the sessions', async () => {
  const steps = new Map<Step, [number, number]>();
  const manifest = await make(backup, (step) => (done, total) => void steps.set(step, [done, total]));
  assert.deepEqual(readdirSync(join(backup, '..')), ['kept.backup']);
  assert.equal(manifest.name, 'kept');
  assert.equal(manifest.made, '2025-06-01T10:00:00.000Z');
  assert.equal(manifest.globalStamp, 4);
  assert.equal(manifest.contents, 3);
  assert.deepEqual(manifest.mediaTables, ['Person', 'Firm']);
  assert.equal(manifest.tables['Person']?.rows, 3);
  assert.ok(!readFileSync(backup).includes('SECRETCOOKIE'));
  for (const step of ['copy', 'rows', 'bytes'] as const) {
    const [done, total] = steps.get(step) ?? [];
    assert.ok(done !== undefined && done > 0 && done === total, step);
  }
  assert.deepEqual(verifyBackup(backup, quiet), manifest);
});

test('a damaged backup is found out, whatever was changed in it', async () => {
  const damages: readonly (readonly [string, RegExp])[] = [
    ["UPDATE Person SET notes = 'other' WHERE ID = 1", /table Person has other rows than when it was saved/],
    ['DELETE FROM Person WHERE ID = 3', /table Person has 2 rows instead of 3/],
    ['DROP TABLE Firm', /table Firm is missing/],
    ['CREATE TABLE More (x)', /table More is not in the manifest/],
    ["UPDATE keystamp_content_part SET bytes = x'00' WHERE part = 1", /content [0-9a-f]{64} is damaged/],
    ["DELETE FROM keystamp_meta WHERE name = 'backup'", /is no backup: it has no manifest/],
    ["UPDATE keystamp_meta SET value = '{\"format\":2}' WHERE name = 'backup'", /made by a later version \(format 2\)/],
    ["UPDATE keystamp_meta SET value = '{' WHERE name = 'backup'", /is no backup: its manifest cannot be read/],
    ["UPDATE keystamp_meta SET value = 'null' WHERE name = 'backup'", /is no backup: its manifest cannot be read/],
    ['ALTER TABLE keystamp_content DROP COLUMN size', /damaged: cannot be read \(no such column: size\)/],
  ];
  for (const [damage, told] of damages) {
    const file = join(newFolder(), 'damaged');
    cpSync(backup, file);
    withFile(file, (database) => database.exec(damage));
    assert.throws(
      () => verifyBackup(file, quiet),
      (error) => error instanceof BackupError && told.test(error.message),
    );
    const target = newFolder();
    await assert.rejects(restore(target, {}, file), BackupError);
    assert.deepEqual(readdirSync(target), [], 'nothing is restored from it');
  }
  const cut = join(newFolder(), 'cut');
  writeFileSync(cut, readFileSync(backup).subarray(0, 50_000));
  assert.throws(() => verifyBackup(cut, quiet), BackupError);
  writeFileSync(cut, 'no database at all');
  assert.throws(() => verifyBackup(cut, quiet), /cannot be opened|no manifest/);
  assert.throws(() => verifyBackup(join(cut, 'none'), quiet), /cannot be opened/);
});

test('no backup of data that is not sound, and no half file', async () => {
  const broken = newFolder();
  cpSync(databaseOf(data), databaseOf(broken));
  withFile(databaseOf(broken), (database) => database.exec("UPDATE keystamp_content_part SET bytes = x'00'"));
  const file = join(newFolder(), 'broken.backup');
  const made = makeBackup((to, on) => copyOut(configOf(broken), model, to, on), model, file, now, quiet);
  await assert.rejects(made, /not sound; keystamp fsck tells more[^]*is damaged/);
  assert.deepEqual(readdirSync(join(file, '..')), []);
});

test('rows that cannot be brought in leave no file behind', async () => {
  const folder = newFolder();
  const engine = await connectEngine(configOf(data));
  const brought = (): Promise<void> => copyRowsIn(engine, model, join(folder, 'none'), () => {});
  await assert.rejects(brought(), /unable to open database file/);
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(join(folder, 'none.shape'), 'no database. '.repeat(1000));
  await assert.rejects(brought(), /not a database/);
  assert.deepEqual(readdirSync(folder), []);
  await engine.close();
});

test('a restore with margin 0 is what was saved', async () => {
  const target = newFolder();
  const { globalStamp } = await restore(target, { margin: 0 });
  assert.equal(globalStamp, 4);
  assert.deepEqual(readdirSync(target), ['keystamp.db']);
  assert.equal(value(target, 'SELECT group_concat(name) FROM (SELECT name FROM Person ORDER BY ID)'), 'Ada,Bo,Çelik');
  assert.equal(value(target, 'SELECT max(__base) FROM Person'), 0);
  assert.equal(value(target, "SELECT count(*) FROM keystamp_meta WHERE name = 'backup'"), 0);
  const [old, restored] = [data, target].map((folder) =>
    value(folder, "SELECT value FROM keystamp_meta WHERE name = 'uniqueId'"),
  );
  assert.equal(restored, old);
  const keystamp = await openData(target);
  await keystamp.close();
});

test('numbers go on from where none has been: changes, versions, entities that were made since', async () => {
  const target = newFolder();
  cpSync(databaseOf(data), databaseOf(target));
  withFile(databaseOf(target), (database) => database.exec('UPDATE keystamp_global_stamp SET value = 5000'));
  const { globalStamp } = await restore(target, { newId: true });
  assert.equal(globalStamp, 6001, 'above what the datastore that went had reached');
  assert.equal(value(target, 'SELECT min(__global_stamp) FROM Person'), 6000, 'every copy reads all entities again');
  assert.equal(
    value(target, 'SELECT pruned FROM keystamp_global_stamp'),
    6000,
    'and learns that deletions are unknown',
  );
  assert.equal(value(target, 'SELECT min(__base) FROM Person'), 1000);
  assert.notEqual(
    value(target, "SELECT value FROM keystamp_meta WHERE name = 'uniqueId'"),
    value(data, "SELECT value FROM keystamp_meta WHERE name = 'uniqueId'"),
  );
  const engine = await connectEngine(configOf(target));
  try {
    const name = firm.key[0] as StorageDef;
    const values = new Map<StorageDef, Value>([[name, 'new']]);
    await engine.write((tx) =>
      saveEntity(tx, { dataClass: firm, values, media: new Map(), targets: [] }, { now: Date.now }),
    );
    const numbered = { dataClass: person, values: new Map(), media: new Map(), targets: [] };
    const { key } = await engine.write((tx) => saveEntity(tx, numbered, { now: Date.now }));
    assert.deepEqual(key, [4], 'a key that the database gives');
    await engine.write((tx) => deleteEntity(tx, person, [1], undefined, { now: Date.now }));
  } finally {
    await engine.close();
  }
  assert.equal(value(target, "SELECT __base FROM Firm WHERE code = 'new'"), 1000, 'its key may have had pictures');
  assert.equal(value(target, 'SELECT __base FROM Person WHERE ID = 4'), 1000);
  assert.equal(value(target, "SELECT version FROM keystamp_tombstone WHERE dataclass = 'Person'"), 1001);
  assert.ok(existsSync(databaseOf(target)));
});

test('restored once more, a backup gives none of the numbers that the datastore gave since the first time', async () => {
  const target = newFolder();
  await restore(target);
  const later = join(newFolder(), 'later.backup');
  await makeBackup((to, on) => copyOut(configOf(target), model, to, on), model, later, now, quiet);
  const bases = (): unknown[] => [
    value(target, 'SELECT min(__base) FROM Person'),
    value(target, "SELECT version FROM keystamp_tombstone WHERE dataclass = '*'"),
    value(target, 'SELECT value FROM keystamp_global_stamp'),
  ];
  assert.deepEqual(bases(), [1000, 1000, 1005]);
  await restore(target);
  assert.deepEqual(bases(), [2000, 2000, 2006]);
  await restore(target, { margin: 9000 });
  assert.deepEqual(bases(), [11_000, 11_000, 11_007]);
  await restore(target, {}, later);
  assert.deepEqual(bases(), [12_000, 12_000, 12_008], 'one that was made in between as well');
  await restore(target, { margin: 0 });
  assert.deepEqual(bases().slice(0, 2), [0, undefined], 'unless nothing is to be moved');
});

test('a restore into data that is open is one transaction: readers see the old or the new', async () => {
  const target = newFolder();
  await restore(target, { margin: 0 });
  const keystamp = await openData(target);
  const { engine } = keystamp.services;
  try {
    const other = join(newFolder(), 'other.backup');
    const changed = newFolder();
    cpSync(databaseOf(data), databaseOf(changed));
    withFile(databaseOf(changed), (database) => database.exec("UPDATE Person SET name = 'Changed'"));
    await makeBackup((to, on) => copyOut(configOf(changed), model, to, on), model, other, now, quiet);
    await restore(target, { margin: 0 }, other);
    engine.refresh();
    const { sql } = await import('../../../src/store/sql/sql.ts');
    const rows = await engine.rows(sql`SELECT DISTINCT name FROM "Person"`);
    assert.deepEqual(
      rows.map((row) => row['name']),
      ['Changed'],
    );
    await engine.write((tx) => tx.run(sql`UPDATE "Person" SET name = ${'Again'} WHERE "ID" = 1`));
  } finally {
    await keystamp.close();
  }
});
