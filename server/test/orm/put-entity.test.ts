// Entities of another datastore that are stored as they were there: what must not come twice does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf, defineModel } from 'keystamp';
import type { DataClassDef, StorageDef } from '../../src/model/model.ts';
import { describeContent } from '../../src/orm/describe-content.ts';
import { putEntity } from '../../src/orm/put-entity.ts';
import { moveStatement } from '../../src/store/sql/write.ts';
import { picture } from '../wire/pictures.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask } from './rest.ts';

const definition = defineModel({
  dataClasses: {
    Shot: {
      track: true,
      attributes: { ID: { type: 'long', primKey: true, autosequence: true }, photo: { type: 'image' } },
    },
  },
});
const ds = dataStoreOf(definition);

let program: OpenModel;
let first: Buffer;
let second: Buffer;

before(async () => {
  program = await openModel(definition);
  [first, second] = [Buffer.from(await picture('png')), Buffer.from(await picture('jpeg'))];
});
after(() => program.close());

const shot = (): DataClassDef => program.keystamp.services.model.dataClasses.get('Shot') as DataClassDef;

/** @param photo with its version number there */
async function put(
  id: number,
  stamp: number,
  photo?: { readonly bytes: Buffer; readonly version: number },
): Promise<void> {
  const { engine, converter } = program.keystamp.services;
  const dataClass = shot();
  const [ID, image] = ['ID', 'photo'].map((name) => dataClass.attributes.get(name)) as [StorageDef, StorageDef];
  const content = photo && (await describeContent(photo.bytes, true, converter));
  const media = photo && { ...photo, content: content!, mediatype: '', changedAt: 0 };
  await engine.write((tx) =>
    putEntity(tx, {
      dataClass,
      key: [id],
      stamp,
      timestamp: '2025-01-01T00:00:00.000Z',
      values: new Map([[ID, id]]),
      media: new Map(media && [[image, media]]),
    }),
  );
}

/** Stamp, version of the picture, and which one it is. */
async function shown(id: number): Promise<readonly [stamp: number, version: number]> {
  const { body } = await ask(program, 'GET', `/rest/Shot(${id})`);
  return [body.__STAMP, Number(/\$version=(\d+)/.exec(body.photo?.__deferred.uri)?.[1] ?? 0)];
}

const save = (id: number, photo: Buffer): Promise<unknown> =>
  program.run(async () => ((await ds.Shot.get(id)) ?? ds.Shot.new({ ID: id })).set({ photo }).save());

test('stamp and number are kept where nothing was before', async () => {
  await put(1, 5, { bytes: first, version: 9 });
  assert.deepEqual(await shown(1), [5, 9]);
  await save(1, second);
  assert.deepEqual(await shown(1), [6, 10]);
});

test('a number that another picture had here is raised, and so is the next one', async () => {
  for (const bytes of [first, second, first]) await save(2, bytes);
  assert.deepEqual(await shown(2), [3, 3]);
  await put(2, 2, { bytes: second, version: 2 });
  const [stamp, version] = await shown(2);
  assert.equal(stamp, 2);
  assert.ok(version > 3, `the number ${version} was another picture's`);
  await put(2, 1);
  await save(2, first);
  assert.ok((await shown(2))[1] > version);
});

test('the same picture under its number stays there', async () => {
  await put(3, 2, { bytes: first, version: 2 });
  await put(3, 4, { bytes: first, version: 2 });
  assert.deepEqual(await shown(3), [4, 2]);
  await put(3, 5, { bytes: second, version: 5 });
  assert.deepEqual(await shown(3), [5, 5]);
});

test('an entity that was deleted here comes back: above its numbers, and its deletion is told no more', async () => {
  await save(4, first);
  await save(4, second);
  await ask(program, 'DELETE', '/rest/Shot(4)');
  await put(4, 1, { bytes: first, version: 1 });
  assert.ok((await shown(4))[1] > 2);
  const { body } = await ask(program, 'GET', '/rest/__DeletedRecords?$filter="__PrimaryKey = 4"');
  assert.equal(body.__COUNT, 0);
});

test('after an import new entities begin above all that may have been; what is there keeps its number when it comes again', async () => {
  await put(5, 3, { bytes: first, version: 3 });
  await program.keystamp.services.engine.write((tx) => tx.run(moveStatement(1000, '')));
  await put(5, 3, { bytes: first, version: 3 });
  assert.deepEqual(await shown(5), [3, 3]);
  await put(6, 3, { bytes: first, version: 3 });
  assert.deepEqual(await shown(6), [3, 1003]);
  await save(7, first);
  assert.deepEqual(await shown(7), [1, 1001]);
});

test('no number is generated that was put', async () => {
  for (let id = 100; id < 130; id++) await put(id, 1);
  await program.run(async () => {
    const made = ds.Shot.new();
    await made.save();
    assert.ok(Number(made.getKey()) >= 130, `${String(made.getKey())} was generated`);
  });
});
