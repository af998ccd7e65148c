// `keystamp sync …` beside a running server: what it shows, what it changes, what it refuses.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keystamp, type Ended } from './keystamp-process.ts';
import { ServedModel } from './served-model.ts';

const model = `export default { dataClasses: {
  Person: { track: true, attributes: { ID: { type: 'long', primKey: true, autosequence: true }, name: { type: 'string' } } },
  Note: { attributes: { ID: { type: 'long', primKey: true, autosequence: true } } },
} };`;

const served = await ServedModel.open(model);
const { root, data } = served;
const send = (path: string, body?: object): Promise<Record<string, unknown>> => served.send(path, body);

for (const name of ['Ada', 'Bo', 'Carla', 'Dag']) await send('Person?$method=update', { name });

const sync = (...args: string[]): Promise<Ended> => served.command(['sync', ...args]);

async function says(expected: RegExp, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await sync(...args);
  assert.equal(code, 0, stderr);
  assert.match(stdout, expected);
}

async function refuses(expected: RegExp, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await sync(...args);
  assert.equal(code, 1, stdout);
  assert.match(stderr, expected);
  assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+\)?$/m, 'a stack trace is no message');
}

const told = async (): Promise<unknown> => (await send('Person?$top=0'))['__GlobalStamp'];

test('status', () => says(/^counter 5\nPerson: 4 entities, highest number 4\ndeletions: 0\n$/, 'status'));

test('touch: every entity has one new number, the server tells the new counter', async () => {
  await says(/^4 entities of Person have a new number\n$/, 'touch', 'Person');
  assert.equal(await told(), 6);
  assert.equal((await send('Person?$filter="__GlobalStamp >= 5"'))['__COUNT'], 4);
  await refuses(/Note: is no tracked dataclass; tracked are Person/, 'touch', 'Note');
});

test('raise: up at once, down only when forced', async () => {
  await says(/^counter 100\n$/, 'raise', '100');
  assert.equal(await told(), 100);
  await refuses(/the counter is above 50 already/, 'raise', '50');
  assert.equal(await told(), 100);
  await says(/^counter 60\n$/, 'raise', '60', '--force');
  await refuses(/raise 0: a number from 1/, 'raise', '0');
  await refuses(/raise abc: a whole number is expected/, 'raise', 'abc');
});

test('prune: deletions are forgotten, and the list of them says so', async () => {
  for (const key of [1, 2]) await send(`Person(${key})?$method=delete`, {});
  await refuses(/say either --before or --days/, 'prune');
  await says(/^0 deletions are forgotten/, 'prune', '--days', '1');
  assert.equal((await send('__DeletedRecords'))['__OldestStamp'], undefined);
  await says(/^1 deletions are forgotten; the list is complete from 61 on\n$/, 'prune', '--before', '61');
  const list = await send('__DeletedRecords?$filter="__Stamp >= 5"&$attributes=__PrimaryKey');
  assert.equal(list['__OldestStamp'], 61);
  assert.equal(list['__COUNT'], 1);
});

test('a client that asks for deletions that are forgotten is told to the operator', async () => {
  await send('__DeletedRecords?$filter="__Stamp >= 61"');
  await send('__DeletedRecords?$filter="__Stamp >= 60"');
  const { stderr = '' } = (await served.stop()) ?? {};
  const warnings = stderr.split('\n').filter((line) => line.includes('deletionsForgotten'));
  assert.deepEqual(
    warnings.map((line) => (JSON.parse(line) as { asked: number; oldest: number }).asked),
    [5, 60],
  );
  await served.start();
});

test('deleted: keys that vanished behind the server are recorded, those that are there or known are not', async () => {
  const file = join(root, 'keys.txt');
  writeFileSync(file, '2\n3\n4\n77\n88\nno number\n');
  await says(/^2 of 5 keys of Person are gone and were recorded as deleted\n$/, 'deleted', 'Person', file);
  const { __ENTITIES } = await send('__DeletedRecords?$attributes=__PrimaryKey');
  assert.deepEqual(
    (__ENTITIES as { __PrimaryKey: string }[]).map((row) => row.__PrimaryKey),
    ['2', '77', '88'],
  );
  await send('Person?$method=update', { __KEY: '77', __STAMP: 0, name: 'Back' });
  assert.equal((await send('__DeletedRecords'))['__COUNT'], 2, 'the key is there again');
});

test('refused: no database, a model without tracked classes', async () => {
  const empty = join(root, 'empty');
  mkdirSync(empty);
  const { code, stderr } = await keystamp(['sync', 'status', '--model', root, '--data', empty]).ended;
  assert.equal(code, 1);
  assert.match(stderr, /there is no datastore/);
  writeFileSync(join(empty, 'model.ts'), model.replace('track: true,', ''));
  const plain = await keystamp(['sync', 'status', '--model', empty, '--data', data]).ended;
  assert.match(plain.stderr, /no dataclass of the model is tracked/);
});
