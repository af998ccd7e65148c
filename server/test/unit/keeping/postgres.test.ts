// Backups and fsck on PostgreSQL: a backup travels from one engine to the other and back without a difference.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Config } from '../../../src/config.ts';
import { makeBackup, verifyBackup, type OnStep } from '../../../src/keeping/backup.ts';
import type { Manifest } from '../../../src/keeping/backup-file.ts';
import { printFault } from '../../../src/keeping/fault.ts';
import { fsck } from '../../../src/keeping/fsck.ts';
import { restoreBackup } from '../../../src/keeping/restore.ts';
import { copyIn, copyOut, reachedNumbers } from '../../../src/store/copy.ts';
import { connectEngine } from '../../../src/store/open.ts';
import { raw } from '../../../src/store/sql/sql.ts';
import { dropDatabase, newDatabase } from '../../postgres.ts';
import { configOf, model, newFolder, openData, removeFolders, sownData } from './keeping-data.ts';

const quiet: OnStep = () => () => {};
let embedded: string;
let server: Config;

before(async () => {
  embedded = await sownData();
  server = { ...configOf(newFolder()), database: await newDatabase() };
});
after(async () => {
  await dropDatabase(server.database);
  removeFolders();
});

async function save(config: Config): Promise<{ file: string; manifest: Manifest }> {
  const file = join(newFolder(), 'backup');
  const manifest = await makeBackup((to, on) => copyOut(config, model, to, on), model, file, new Date(), quiet);
  return { file, manifest };
}

async function restore(file: string, config: Config, margin = 0): Promise<number> {
  const { globalStamp } = await restoreBackup(
    file,
    await reachedNumbers(config),
    { margin, newId: false },
    join(config.data, 'restore.part'),
    (from, on) => copyIn(config, model, from, on),
    quiet,
  );
  return globalStamp;
}

const faults = async (repair: boolean): Promise<readonly string[]> => {
  const engine = await connectEngine(server);
  try {
    const options = repair ? { dropDamaged: false, now: Date.now } : undefined;
    const { found, left } = await fsck(engine, model, options, () => {});
    if (repair) assert.deepEqual(left, []);
    return found.map((fault) => `${fault.kind} ${printFault(fault).replaceAll(/[0-9a-f]{64}/g, 'HASH')}`);
  } finally {
    await engine.close();
  }
};

test('from the embedded engine to PostgreSQL and back: the rows have the same digests', async () => {
  const first = await save(configOf(embedded));
  await restore(first.file, server);
  assert.deepEqual(await faults(false), []);
  const second = await save(server);
  assert.deepEqual(second.manifest.tables, first.manifest.tables);
  assert.deepEqual(verifyBackup(second.file, quiet), second.manifest);
  const folder = newFolder();
  await restore(second.file, configOf(folder));
  const keystamp = await openData(folder);
  const rows = await keystamp.services.engine.rows(raw('SELECT name FROM "Person" ORDER BY "ID"'));
  assert.deepEqual(
    rows.map((row) => row['name']),
    ['Ada', 'Bo', 'Çelik'],
  );
  await keystamp.close();
});

test('a restore on PostgreSQL moves the numbers on, and new keys go on behind those restored', async () => {
  const { file } = await save(configOf(embedded));
  assert.equal(await restore(file, server, 1000), 1005);
  const engine = await connectEngine(server);
  try {
    const rows = await engine.rows(raw('SELECT min(__base) AS base, min(__global_stamp) AS number FROM "Person"'));
    assert.deepEqual({ ...rows[0] }, { base: 1000, number: 1004 });
    const made = await engine.write((tx) =>
      tx.row(raw(`INSERT INTO "Person" (name, __global_stamp) VALUES ('New', 2) RETURNING "ID"`)),
    );
    assert.equal(made?.['ID'], 4);
  } finally {
    await engine.close();
  }
});

test('fsck finds and repairs on PostgreSQL what it does on the embedded engine', async () => {
  const { file } = await save(configOf(embedded));
  await restore(file, server);
  const engine = await connectEngine(server);
  const hash = '(SELECT photo FROM "Person" WHERE "ID" = 1)';
  const damages = [
    `UPDATE keystamp_content SET refs = 7 WHERE hash = ${hash}`,
    `UPDATE "Person" SET employer__key = 'gone' WHERE "ID" = 3`,
    `DELETE FROM "keystamp_words Person.notes" WHERE word = 'desk'`,
    `UPDATE "Person" SET __stamp = 0 WHERE "ID" = 3`,
    `UPDATE keystamp_global_stamp SET value = 2`,
    `INSERT INTO keystamp_content_part (hash, part, bytes) VALUES ('\\x00', 0, '\\x01')`,
    `INSERT INTO keystamp_deleted_record (stamp, primary_key, table_number, table_name) VALUES (1, '2', 1, 'Person')`,
    `INSERT INTO keystamp_tombstone (dataclass, key, version, timestamp) VALUES ('Person', '2', 40, '')`,
  ];
  for (const damage of damages) await engine.write((tx) => tx.run(raw(damage)));
  await engine.close();
  const expected = [
    'holders HASH: 7 are counted, 2 there',
    'orphanBytes 00',
    'dangling Person(3).employer: Firm(gone) is not there',
    'words Person(1).notes',
    'number Person(3): its stamp is below 1',
    'number Person(2): its versions begin below 40, which an earlier entity of this key has reached',
    'deletedButThere Person(2)',
    'counter it stands at 2, and 3 was given',
  ];
  assert.deepEqual(await faults(false), expected);
  assert.deepEqual(await faults(true), expected);
  assert.deepEqual(await faults(false), []);
});
