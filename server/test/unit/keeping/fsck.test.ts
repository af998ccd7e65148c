// Every kind of fault is made, found, told and repaired; a repair touches nothing else.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type Database from 'better-sqlite3';
import { makeBackup } from '../../../src/keeping/backup.ts';
import { ContentSupply } from '../../../src/keeping/content-supply.ts';
import { printFault } from '../../../src/keeping/fault.ts';
import { fsck } from '../../../src/keeping/fsck.ts';
import { copyOut } from '../../../src/store/copy.ts';
import { connectEngine } from '../../../src/store/open.ts';
import { configOf, databaseOf, model, newFolder, removeFolders, sownData, withFile } from './keeping-data.ts';

let sound: string;
let backup: string;

before(async () => {
  sound = await sownData();
  backup = join(newFolder(), 'kept.backup');
  await makeBackup(
    (to, on) => copyOut(configOf(sound), model, to, on),
    model,
    backup,
    new Date(),
    () => () => {},
  );
});
after(removeFolders);

interface Outcome {
  readonly found: readonly string[];
  readonly left: readonly string[];
}

/** Damages a copy of the data and runs fsck on it. */
async function damaged(
  damage: (database: Database.Database) => void,
  options: { repair?: boolean; from?: string; dropDamaged?: boolean } = {},
  look: (database: Database.Database) => void = () => {},
): Promise<Outcome> {
  const data = newFolder();
  cpSync(databaseOf(sound), databaseOf(data));
  withFile(databaseOf(data), damage);
  const engine = await connectEngine(configOf(data));
  const supply = options.from === undefined ? undefined : new ContentSupply(options.from);
  try {
    const repair = { ...(supply && { supply }), dropDamaged: options.dropDamaged ?? false, now: Date.now };
    const { found, left } = await fsck(engine, model, options.repair ? repair : undefined, () => {});
    return { found: found.map(told), left: left.map(told) };
  } finally {
    supply?.close();
    await engine.close();
    withFile(databaseOf(data), look);
  }
}

const told = (fault: Parameters<typeof printFault>[0]): string =>
  `${fault.kind} ${printFault(fault).replaceAll(/[0-9a-f]{64}/g, 'HASH')}`;

const run =
  (text: string) =>
  (database: Database.Database): void =>
    void database.exec(text);
const value = (database: Database.Database, text: string): unknown => database.prepare(text).pluck().get();

test('sound data has no faults', async () => {
  assert.deepEqual(await damaged(() => {}), { found: [], left: [] });
});

const photo = 'SELECT photo FROM Person WHERE ID = 1';

interface Case {
  readonly name: string;
  readonly damage: string;
  readonly found: readonly string[];
  readonly after?: readonly (readonly [query: string, expected: unknown])[];
}

const cases: readonly Case[] = [
  {
    name: 'a picture that is not stored: its attributes become null, as a save',
    damage: `DELETE FROM keystamp_content_part WHERE hash = (${photo}); DELETE FROM keystamp_content WHERE hash = (${photo})`,
    found: ['missingContent Person(1).photo: HASH is not stored', 'missingContent Person(2).photo: HASH is not stored'],
    after: [
      ['SELECT count(*) FROM Person WHERE photo IS NOT NULL', 0],
      ['SELECT __stamp FROM Person WHERE ID = 2', 2],
      ['SELECT max(__global_stamp) FROM Person', 5],
    ],
  },
  {
    name: 'a wrong number of holders',
    damage: `UPDATE keystamp_content SET refs = 7 WHERE hash = (${photo})`,
    found: ['holders HASH: 7 are counted, 2 there'],
    after: [[`SELECT refs FROM keystamp_content WHERE hash = (${photo})`, 2]],
  },
  {
    name: 'bytes that nobody needs any more',
    damage: 'UPDATE Person SET file = NULL WHERE ID = 1',
    found: ['holders HASH: 1 are counted, 0 there'],
    after: [['SELECT count(*) FROM keystamp_content WHERE size = 2500000', 0]],
  },
  {
    name: 'bytes of no content',
    damage: "INSERT INTO keystamp_content_part (hash, part, bytes) VALUES (x'00', 0, x'01'), (x'00', 1, x'02')",
    found: ['orphanBytes 00'],
    after: [["SELECT count(*) FROM keystamp_content_part WHERE hash = x'00'", 0]],
  },
  {
    name: 'an upload without its bytes',
    damage:
      "INSERT INTO keystamp_upload (id, session, kind, mediatype, hash, size, expires) VALUES ('U', 'S', 'blob', 'a/b', x'00', 1, 9e15)",
    found: ['missingUpload U'],
    after: [['SELECT count(*) FROM keystamp_upload', 0]],
  },
  {
    name: 'a relation to nobody: null, as a save',
    damage: "UPDATE Person SET employer__key = 'gone' WHERE ID = 3",
    found: ['dangling Person(3).employer: Firm(gone) is not there'],
    after: [
      ['SELECT employer__key FROM Person WHERE ID = 3', null],
      ['SELECT __stamp FROM Person WHERE ID = 3', 2],
    ],
  },
  {
    name: 'words that are missing, too many, or of nobody',
    damage: `DELETE FROM "keystamp_words Person.notes" WHERE word = 'desk'; INSERT INTO "keystamp_words Person.notes" (word, key) VALUES ('chair', 2), ('left', 99)`,
    found: ['words Person(1).notes', 'words Person(2).notes', 'words Person(99).notes'],
    after: [[`SELECT count(*) FROM "keystamp_words Person.notes" WHERE word IN ('desk', 'chair', 'left')`, 1]],
  },
  {
    name: 'impossible numbers',
    damage: `UPDATE Person SET __stamp = 0 WHERE ID = 3; UPDATE Firm SET logo__stamp = 9 WHERE code = 'acme'; UPDATE Person SET photo__time = NULL WHERE ID = 1; INSERT INTO keystamp_tombstone (dataclass, key, version, timestamp) VALUES ('Person', '2', 40, '')`,
    found: [
      'number Person(3): its stamp is below 1',
      'number Person(1): the version of photo is missing or ahead of the entity',
      'number Person(2): its versions begin below 40, which an earlier entity of this key has reached',
      'number Firm(acme): the version of logo is missing or ahead of the entity',
    ],
    after: [
      ['SELECT __base FROM Person WHERE ID = 2', 40],
      ["SELECT logo__stamp FROM Firm WHERE code = 'acme'", 1],
    ],
  },
  {
    name: 'the counter behind what was given, entities without a number',
    damage: 'UPDATE keystamp_global_stamp SET value = 2; UPDATE Person SET __global_stamp = NULL WHERE ID = 1',
    found: ['unnumbered 1 of Person', 'counter it stands at 2, and 3 was given'],
    after: [
      ['SELECT min(value > (SELECT max(__global_stamp) FROM Person)) FROM keystamp_global_stamp', 1],
      ['SELECT count(*) FROM Person WHERE __global_stamp IS NULL', 0],
    ],
  },
  {
    name: 'a deletion of an entity that is there',
    damage:
      "INSERT INTO keystamp_deleted_record (stamp, primary_key, table_number, table_name) VALUES (1, '2', 1, 'Person')",
    found: ['deletedButThere Person(2)'],
    after: [['SELECT count(*) FROM keystamp_deleted_record', 0]],
  },
  {
    name: 'a set without its keys, keys without their set',
    damage: `INSERT INTO keystamp_entity_set (content, id, session, dataclass, kind, members, bytes, parts, timeout, expires, complete) VALUES ('A', 'ID', 'S', 'Person', 'int32', 1, 4, 1, 1, 9e15, 1); INSERT INTO keystamp_entity_set_part (content, part, bytes) VALUES ('B', 0, x'00')`,
    found: ['brokenSet A', 'brokenSet B'],
    after: [['SELECT count(*) FROM keystamp_entity_set_part', 0]],
  },
];

for (const { name, damage, found, after: then } of cases)
  test(`${name}`, async () => {
    assert.deepEqual(await damaged(run(damage)), { found, left: found }, 'found, and left alone');
    const repaired = await damaged(run(damage), { repair: true }, (database) => {
      for (const [query, expected] of then ?? []) assert.deepEqual(value(database, query), expected, query);
    });
    assert.deepEqual(repaired, { found, left: [] }, 'repaired');
  });

test('damaged bytes: left, taken from a backup, or dropped when told', async () => {
  const damage = run(
    `UPDATE keystamp_content_part SET bytes = x'00' WHERE hash = (${photo}) AND part = 0; DELETE FROM keystamp_content_part WHERE hash = (SELECT file FROM Person WHERE ID = 1) AND part = 1`,
  );
  const found = (await damaged(damage)).found;
  assert.deepEqual(found.toSorted(), ['damagedContent HASH, held 1 times', 'damagedContent HASH, held 2 times']);
  assert.deepEqual((await damaged(damage, { repair: true })).left, found);
  assert.deepEqual((await damaged(damage, { repair: true, from: backup })).left, []);
  const dropped = await damaged(damage, { repair: true, dropDamaged: true }, (database) => {
    assert.equal(value(database, 'SELECT count(*) FROM Person WHERE photo IS NOT NULL OR file IS NOT NULL'), 0);
  });
  assert.deepEqual(dropped.left, []);
});

test('missing bytes come back from a backup, and nobody loses a picture', async () => {
  const damage = run(`DELETE FROM keystamp_content_part; DELETE FROM keystamp_content`);
  const outcome = await damaged(damage, { repair: true, from: backup }, (database) => {
    assert.equal(value(database, 'SELECT count(*) FROM Person WHERE photo IS NOT NULL'), 2);
    assert.equal(value(database, `SELECT refs FROM keystamp_content WHERE hash = (${photo})`), 2);
    assert.equal(value(database, 'SELECT max(__stamp) FROM Person'), 1);
  });
  assert.equal(outcome.found.length, 4);
  assert.deepEqual(outcome.left, []);
});

test('an index that does not fit its table is found by the database and made anew', async () => {
  const damage = (database: Database.Database): void => {
    database.function('fold', { deterministic: true }, (text: unknown) => `wrong ${String(text)}`);
    database.exec("UPDATE Person SET name = 'Zoe' WHERE ID = 3");
  };
  const { found, left } = await damaged(damage, { repair: true });
  assert.ok(found.length > 0 && found.every((line) => line.startsWith('database ')), found.join('\n'));
  assert.deepEqual(left, []);
});

test('more contents and entities than are read at one time are all looked at', async () => {
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)';
  const damage = run(
    `${numbers} INSERT INTO keystamp_content (hash, size, mediatype, refs) SELECT CAST(printf('%032d', i) AS BLOB), 1, 'a/b', 0 FROM n;
     ${numbers} INSERT INTO Person (ID, name, notes) SELECT 1000 + i, 'P', 'unlisted' FROM n`,
  );
  const { found } = await damaged(damage);
  for (const kind of ['damagedContent', 'words'])
    assert.equal(found.filter((line) => line.startsWith(`${kind} `)).length, 600, kind);
});
