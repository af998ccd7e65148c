// Pictures and BLOBs in code: reading, assigning, converting, versions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KeystampError } from 'keystamp';
import { picture } from '../wire/pictures.ts';
import { ds, openProgram, type Program } from './program.ts';

let program: Program;
before(async () => {
  program = await openProgram({ maxImageBytes: 1_000_000, maxBlobBytes: 2_000_000 });
});
after(() => program.close());

const inCall = (name: string, work: () => Promise<void>): void => void test(name, () => program.run(work));

inCall('a picture: assigned as bytes, looked at when it is saved', async () => {
  const ada = (await ds.Employee.get(1))!;
  assert.equal((await ds.Employee.get(1))?.photo, null);
  const bytes = await picture('jpeg');
  ada.set({ photo: bytes });
  assert.deepEqual(ada.touchedAttributes(), ['photo']);
  assert.deepEqual([ada.photo?.size, ada.photo?.version], [bytes.length, 0]);
  await ada.save();
  const { photo } = ada;
  assert.deepEqual([photo?.mediatype, photo?.size, photo?.version], ['image/jpeg', bytes.length, 2]);
  assert.ok(photo && photo.width > 0 && photo.height > 0);
  assert.deepEqual(await photo.bytes(), Buffer.from(bytes));
  assert.deepEqual(await ada.toObject('photo'), { photo: '[object Picture]' });
});

inCall('a picture in another format and size', async () => {
  const photo = (await ds.Employee.get(1))!.photo!;
  const webp = await photo.convert('webp');
  assert.equal(webp.mediatype, 'image/webp');
  const small = await photo.thumbnail(16, 16);
  assert.ok(small.width <= 16 && small.height <= 16);
  await assert.rejects(photo.convert('doc'), KeystampError);
  const bo = (await ds.Employee.get(2))!;
  await bo.set({ photo: small }).save();
  assert.deepEqual([bo.photo?.width, bo.photo?.height], [small.width, small.height]);
  assert.deepEqual(await bo.photo?.bytes(), await small.bytes());
});

inCall('the picture of another entity', async () => {
  const ada = (await ds.Employee.get(1))!;
  const carla = (await ds.Employee.get(3))!;
  await carla.set({ photo: ada.photo }).save();
  assert.equal(carla.photo?.size, ada.photo?.size);
  assert.deepEqual(carla.diff(ada, ['photo']), []);
});

inCall('two entities change their pictures; one is dropped and leaves its picture to another', async () => {
  const [bo, dag] = [ds.Employee.new(), ds.Employee.new()];
  const [first, second] = [Buffer.from(await picture('gif-animated')), Buffer.from(await picture('png'))];
  await bo.set({ photo: first }).save();
  await dag.set({ photo: second }).save();
  const { photo } = bo;
  await bo.set({ photo: dag.photo }).save();
  await dag.set({ photo }).save();
  assert.deepEqual([await bo.photo?.bytes(), await dag.photo?.bytes()], [second, first]);
  const left = dag.photo;
  await dag.drop();
  await bo.set({ photo: left }).save();
  assert.deepEqual(await bo.photo?.bytes(), first);
  await bo.drop();
});

inCall('a picture that is gone because its entity has changed: the save tells the conflict', async () => {
  const [first, second] = [Buffer.from(await picture('gif-animated')), Buffer.from(await picture('png'))];
  const [eva, paper] = [ds.Employee.new(), Buffer.from('paper that nobody else has')];
  await eva.set({ photo: first, paper }).save();
  const stale = (await ds.Employee.get(eva.ID))!;
  stale.set({ photo: stale.photo, paper: stale.paper });
  await eva.set({ photo: second, paper: null }).save();
  assert.equal((await stale.save()).status, 2);
  // Another entity has no such reason.
  const femi = ds.Employee.new().set({ photo: stale.photo });
  await assert.rejects(femi.save(), (error: KeystampError) => error.entries.some((entry) => 'code' in entry && entry.code === 1826)); // oxfmt-ignore
  await eva.drop();
});

inCall('what is no picture', async () => {
  const dag = (await ds.Employee.get(4))!;
  dag.set({ photo: Buffer.from('no picture') });
  await assert.rejects(dag.save(), (error: KeystampError) => error.entries.some((entry) => 'code' in entry && entry.code === 1824)); // oxfmt-ignore
  assert.throws(() => dag.set({ photo: 'text' as never }), KeystampError);
});

inCall('more bytes than a picture or a BLOB may have', async () => {
  const { maxImageBytes, maxBlobBytes } = program.keystamp.services.config;
  const most = { photo: maxImageBytes, paper: maxBlobBytes };
  for (const name of ['photo', 'paper'] as const) {
    const dag = (await ds.Employee.get(4))!;
    dag.set({ [name]: Buffer.alloc(most[name] + 1) });
    await assert.rejects(dag.save(), (error: KeystampError) => error.status === 413);
  }
});

inCall('a picture is taken away', async () => {
  const carla = (await ds.Employee.get(3))!;
  await carla.set({ photo: null }).save();
  assert.equal((await ds.Employee.get(3))?.photo, null);
});

inCall('BLOBs', async () => {
  const ada = (await ds.Employee.get(1))!;
  await ada.set({ paper: Buffer.from('paper') }).save();
  const read = (await ds.Employee.get(1))!;
  assert.deepEqual([read.paper?.size, String(await read.paper?.bytes())], [5, 'paper']);
  assert.deepEqual(await read.toObject('paper'), { paper: '[object Blob]' });
});

inCall('merging: a picture is one attribute', async () => {
  const ada = (await ds.Employee.get(1))!;
  const other = ada.clone();
  await other.set({ photo: await picture('png') }).save();
  ada.name = 'Ada L.';
  assert.deepEqual(await ada.save({ autoMerge: true }), { success: true, autoMerged: true });
  const third = (await ds.Employee.get(1))!;
  await third.set({ photo: await picture('jpeg') }).save();
  ada.set({ photo: null });
  assert.equal((await ada.save({ autoMerge: true })).status, 6);
});
