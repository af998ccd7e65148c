// Version numbers after a deletion, for keys of every type: the next life of a key begins above the last number of the
// one before, however the entity was deleted (spec 10 § 2.7), and no other entity is touched.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { openKeystamp, type Keystamp } from '../../src/keystamp.ts';
import { defineModel } from '../../src/model/definition.ts';
import { buildModel } from '../../src/model/load.ts';
import type { DataClassDef, StorageDef, Value } from '../../src/model/model.ts';
import { deleteEntity } from '../../src/orm/drop.ts';
import { saveEntity } from '../../src/orm/save.ts';
import type { WriteContext } from '../../src/orm/write.ts';
import type { Key } from '../../src/query/selection.ts';
import { keysStatement } from '../../src/store/sql/select.ts';
import { mediaStatement, ownMedia } from '../../src/store/sql/media.ts';
import { shaOf } from './pictures.ts';

const photo = { type: 'image' } as const;
const model = buildModel(
  defineModel({
    dataClasses: {
      Text: { attributes: { k: { type: 'string', primKey: true }, photo } },
      Uuid: { attributes: { k: { type: 'uuid', primKey: true }, photo } },
      Long: { attributes: { k: { type: 'long', primKey: true }, photo } },
      Long64: { attributes: { k: { type: 'long64', primKey: true }, photo } },
      Number: { attributes: { k: { type: 'number', primKey: true }, photo } },
      Instant: { attributes: { k: { type: 'date', primKey: true }, photo } },
      Day: { attributes: { k: { type: 'date', simpleDate: true, primKey: true }, photo } },
      Pair: { attributes: { a: { type: 'string', primKey: true }, b: { type: 'bool', primKey: true }, photo } },
      Texts: { attributes: { a: { type: 'string', primKey: true }, b: { type: 'string', primKey: true }, photo } },
    },
  }),
);

/** Keys that could be taken for each other. */
const keys: Readonly<Record<string, readonly Key[]>> = {
  Text: [['1'], ['01'], ['\u00e9'], ['e\u0301']],
  Uuid: [['0123456789ABCDEF0123456789ABCDEF']],
  Long: [[1], [-1]],
  Long64: [[9_007_199_254_740_991], [9_007_199_254_740_992n], [9_007_199_254_740_993n], [-9_007_199_254_740_993n]],
  Number: [[1], [1.5]],
  Instant: [[1_714_637_521_003], [0]],
  Day: [['2024-05-02']],
  Pair: [
    ['x', true],
    ['x', false],
  ],
  Texts: [
    ['a&b', 'c'],
    ['a', 'b&c'],
    ['"a"', 'b'],
    ['a', ''],
  ],
};

let data: string;
let keystamp: Keystamp;

before(async () => {
  data = await mkdtemp(join(tmpdir(), 'keystamp-keys-'));
  keystamp = await openKeystamp(model, readConfig({ data }), () => {});
});
after(async () => {
  await keystamp.close();
  await rm(data, { recursive: true, force: true });
});

/** A save without a session. */
const context = (): WriteContext => keystamp.services;

async function create(dataClass: DataClassDef, key: Key, saves: number): Promise<number> {
  const { engine } = keystamp.services;
  const attribute = dataClass.storage.find(({ name }) => name === 'photo') as StorageDef;
  const bytes = Buffer.from('bytes');
  const content = { hash: Buffer.from(shaOf(bytes), 'hex'), size: bytes.length, mediatype: 'image/png' };
  const set = new Map([[attribute, { kind: 'set', content, bytes, mediatype: 'image/png' } as const]]);
  await engine.write(async (tx) => {
    const values = new Map(dataClass.key.map((part, i): [StorageDef, Value] => [part, key[i] as Value]));
    const made = await saveEntity(tx, { dataClass, values, media: set, targets: [] }, context());
    for (let save = 1; save < saves; save++)
      await saveEntity(tx, { dataClass, key: made.key, values: new Map(), media: set, targets: [] }, context());
  });
  return Number((await engine.row(mediaStatement(dataClass, ownMedia(attribute), key)))?.['version']);
}

async function storedKeys(dataClass: DataClassDef): Promise<readonly Key[]> {
  const { engine } = keystamp.services;
  const rows = await engine.rows(keysStatement({ dataClass, predicate: { kind: 'all' }, order: [] }, engine.dialect));
  return rows.map((row) => dataClass.key.map((part) => row[part.column] as Value));
}

async function remove(dataClass: DataClassDef, key: Key): Promise<void> {
  await keystamp.services.engine.write((tx) => deleteEntity(tx, dataClass, key, undefined, context()));
}

for (const dataClass of model.dataClasses.values())
  test(`a key of ${dataClass.key.map(({ type }) => type).join(' and ')} never gets a version number twice`, async () => {
    const all = keys[dataClass.name] ?? [];
    const last = new Map<Key, number>();
    // The first lives have many versions, the others one each.
    for (const found of ['as given', 'as stored'] as const)
      for (const saves of [9, 1, 1]) {
        for (const [i, key] of all.entries()) {
          const version = await create(dataClass, key, i === 0 ? saves : 1);
          assert.ok(version > (last.get(key) ?? 0), `${String(key)}: ${version} after ${last.get(key)}`);
          last.set(key, version);
        }
        assert.equal((await storedKeys(dataClass)).length, all.length);
        // One by one: each deletion takes one entity away, and that the right one.
        for (const key of found === 'as given' ? all : await storedKeys(dataClass)) {
          const before = (await storedKeys(dataClass)).length;
          await remove(dataClass, key);
          assert.equal((await storedKeys(dataClass)).length, before - 1);
        }
      }
  });
