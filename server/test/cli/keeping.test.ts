// `keystamp backup`, `restore` and `fsck` as black boxes, beside a server that is being written to.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { keystamp, type Ended } from './keystamp-process.ts';
import { ServedModel } from './served-model.ts';

const model = `export default { name: 'company', dataClasses: {
  Person: { track: true, attributes: {
    ID: { type: 'long', primKey: true, autosequence: true }, name: { type: 'string' }, file: { type: 'blob' } } },
} };`;

const served = await ServedModel.open(model);
const { root, data } = served;
const backup = join(root, 'company.backup');

const send = (path: string, body?: object | Buffer<ArrayBuffer>): Promise<Record<string, unknown>> =>
  served.send(path, body);

/** A person whose file holds the name, again and again. */
async function add(name: string): Promise<number> {
  const { __KEY } = await send('Person?$method=update', { name });
  assert.equal((await send(`Person(${String(__KEY)})/file`, Buffer.alloc(50_000, name)))['ok'], true);
  return Number(__KEY);
}

const command = (name: string, folder: string, ...args: string[]): Promise<Ended> =>
  served.command([name, ...args], folder);

test('a backup under load holds all that was acknowledged before, each record with its bytes', async () => {
  for (let i = 0; i < 20; i++) await add(`before ${i}`);
  let writing = true;
  let written = 0;
  const writers = ['a', 'b', 'c'].map(async (name) => {
    for (let i = 0; writing; i++) {
      await add(`${name} ${i}`);
      written++;
    }
  });
  const made = await command('backup', data, backup);
  writing = false;
  await Promise.all(writers);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /company\.backup: \d+ rows, \d+ pictures and BLOBs \(\d+ bytes\), checked\n$/);
  assert.match(made.stderr, /Copying .*\d+\/\d+[^]*Reading bytes/, 'it tells its progress');
  assert.ok(written > 0, 'the server took writes meanwhile');
});

test('it takes the place of no file unless told, and --check reads it', async () => {
  const again = await command('backup', data, backup);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is there already; --replace takes its place/);
  const checked = await command('restore', data, backup, '--check');
  assert.equal(checked.code, 0, checked.stderr);
  assert.match(checked.stdout, /a whole backup of company, made \d{4}-/);
});

test('restored elsewhere it is sound, complete, and served', async () => {
  const folder = join(root, 'restored');
  const restored = await command('restore', folder, backup);
  assert.equal(restored.code, 0, restored.stderr);
  assert.match(restored.stdout, /company as of \d{4}-.*; the counter of changes is 100\d{4}\n$/);
  assert.deepEqual(readdirSync(folder), ['keystamp.db']);
  const sound = await command('fsck', folder);
  assert.equal(sound.stdout, 'the data is sound\n');
  assert.equal(sound.code, 0);

  const other = keystamp(['serve', root, '--port', '0', '--data', folder]);
  const there = await other.url;
  const list = (await (await fetch(`${there}/Person?$top=100000&$filter="name=before@"`)).json()) as {
    __COUNT: number;
    __ENTITIES: { name: string; file: { __deferred: { uri: string } } }[];
  };
  assert.equal(list.__COUNT, 20);
  for (const { name, file } of list.__ENTITIES) {
    const bytes = Buffer.from(await (await fetch(new URL(file.__deferred.uri, there))).arrayBuffer());
    assert.ok(bytes.equals(Buffer.alloc(50_000, name)), name);
  }
  other.kill('SIGTERM');
  assert.equal((await other.ended).code, 0);
});

test('a restore takes the place of data only when told; a server on it goes on with what was restored', async () => {
  const refused = await command('restore', data, backup);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /holds a datastore already; --replace/);
  const late = await add('after the backup');
  const restored = await command('restore', data, backup, '--replace', '--new-id');
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal((await send('Person?$filter="name=before@"&$top=1'))['__COUNT'], 20);
  assert.equal((await send('Person?$filter="name=after@"'))['__COUNT'], 0);
  assert.ok(Number((await send('Person?$top=0'))['__GlobalStamp']) > 1_000_000);
  const reborn = await add('reborn');
  assert.ok(reborn <= late);
  const deferred = (await send(`Person(${reborn})?$attributes=file`))['file'] as { __deferred: { uri: string } };
  assert.match(deferred.__deferred.uri, /\/file/);
});

test('fsck: 0 sound, 1 something is wrong, 0 again when it was repaired, 2 when it cannot tell', async () => {
  assert.equal((await command('fsck', data)).code, 0);
  const database = new Database(join(data, 'keystamp.db'));
  database.exec('UPDATE keystamp_content SET refs = refs + 1 WHERE hash = (SELECT file FROM Person WHERE ID = 1)');
  database.close();
  const wrong = await command('fsck', data);
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stdout,
    /^1 pictures or BLOBs with a wrong number of holders\n {2}[0-9a-f]{64}: 2 are counted, 1 there\n$/,
  );
  const repaired = await command('fsck', data, '--repair');
  assert.equal(repaired.code, 0, repaired.stderr);
  assert.match(repaired.stdout, /all of it was repaired\n$/);
  assert.equal((await command('fsck', data)).code, 0);
  const empty = join(root, 'nothing');
  mkdirSync(empty);
  const cannot = await command('fsck', empty);
  assert.equal(cannot.code, 2);
  assert.match(cannot.stderr, /there is no datastore/);
  assert.equal((await command('fsck', data, '--drop-damaged')).code, 2);
});

test('on PostgreSQL, of one of two models that are served together, while both are written', async () => {
  const database = await newDatabase();
  const other = join(root, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'model.ts'), model.replace("'company'", "'branch'"));
  const empty = await newDatabase();
  const both = keystamp(['serve', root, other, '--port', '0', '--data', join(other, 'data'), '--database', database]);
  try {
    const at = await both.url;
    const create = async (where: string, name: string): Promise<void> => {
      const made = await fetch(`${where}/Person?$method=update`, { method: 'POST', body: JSON.stringify({ name }) });
      const { __KEY } = (await made.json()) as { __KEY: string };
      const sent = await fetch(`${where}/Person(${__KEY})/file`, {
        method: 'POST',
        body: Buffer.alloc(200_000, name),
      });
      assert.equal(sent.status, 200);
    };
    const branch = `${at}/branch`;
    for (let i = 0; i < 4; i++) await create(branch, `before ${i}`);
    let writing = true;
    const writers = [at, branch].map(async (where) => {
      for (let i = 0; writing; i++) await create(where, `beside ${i}`);
    });
    const run = (name: string, ...args: string[]): Promise<Ended> =>
      keystamp([name, ...args, '--model', other, '--database', database, '--schema', 'branch']).ended;
    const file = join(root, 'branch.backup');
    const made = await run('backup', file);
    writing = false;
    await Promise.all(writers);
    assert.equal(made.code, 0, made.stderr);
    const sound = await run('fsck');
    assert.equal(sound.stdout, 'the data is sound\n', sound.stderr);
    const refused = await run('restore', file);
    assert.match(refused.stderr, /holds a datastore already; --replace/);
    const restored = await run('restore', file, '--replace');
    assert.equal(restored.code, 0, restored.stderr);
    const list = (await (await fetch(`${branch}/Person?$filter="name=before@"`)).json()) as Record<string, unknown>;
    assert.equal(list['__COUNT'], 4, JSON.stringify(list));
    for (const { name, file: held } of list['__ENTITIES'] as {
      name: string;
      file: { __deferred: { uri: string } };
    }[]) {
      const bytes = Buffer.from(await (await fetch(new URL(held.__deferred.uri, at))).arrayBuffer());
      assert.ok(bytes.equals(Buffer.alloc(200_000, name)), name);
    }
    const onEmpty = (name: string, ...args: string[]): Promise<Ended> =>
      keystamp([name, ...args, '--model', other, '--database', empty]).ended;
    assert.match((await onEmpty('fsck')).stderr, /the database server: there is no datastore/);
    const moved = await onEmpty('restore', file);
    assert.equal(moved.code, 0, moved.stderr);
    assert.equal((await onEmpty('fsck')).stdout, 'the data is sound\n');
  } finally {
    both.kill('SIGTERM');
    await both.ended;
    for (const each of [database, empty]) await dropDatabase(each);
  }
});
