// Dataclasses and the datastore in code: reading by key, counting, rows in bulk, what is known of attributes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf, defineModel, KeystampError } from 'keystamp';
import { dataClassMembers, dataStoreMembers, entityMembers, selectionMembers } from '../../src/model/members.ts';
import { DataClassObject } from '../../src/orm/data-class.ts';
import { DataStoreObject } from '../../src/orm/data-store.ts';
import { SelectionObject } from '../../src/orm/entity-selection.ts';
import { EntityObject } from '../../src/orm/entity.ts';
import { openModel } from './open-model.ts';
import { definition, ds, openProgram, type Program } from './program.ts';
import { ask, save } from './rest.ts';

let program: Program;
before(async () => {
  program = await openProgram();
});
after(() => program.close());

const inCall = (name: string, work: () => Promise<void>): void => void test(name, () => program.run(work));

test('the names that no attribute and no function may have are those of the members', () => {
  const own = (object: object): readonly string[] => Object.getOwnPropertyNames(object);
  for (const [known, object] of [
    [entityMembers, EntityObject.prototype],
    [selectionMembers, SelectionObject.prototype],
    [dataClassMembers, DataClassObject.prototype],
    [dataStoreMembers, DataStoreObject.prototype],
  ] as const)
    assert.deepEqual(own(object).filter((name) => !known.has(name)), []);
}); // oxfmt-ignore

inCall('get: keys of every form, and none', async () => {
  for (const key of [1, '1', 1n, [1]]) assert.equal((await ds.Employee.get(key))?.name, 'Ada', String(key));
  for (const key of [null, undefined, 99, 'x', '', 1.5, [1, 2], []]) assert.equal(await ds.Employee.get(key), null);
});

inCall('counts and information', async () => {
  assert.equal(await ds.Employee.getCount(), 6);
  assert.deepEqual(ds.Company.getInfo(), { name: 'Company', primaryKey: 'ID', tableNumber: 1, exposed: true });
  assert.deepEqual(ds.Page.getInfo().primaryKey, ['book', 'number']);
  assert.equal(ds.Employee.getDataStore().Company, ds.Company);
  assert.deepEqual(ds.getInfo(), { type: 'Keystamp', networked: false, localID: 'people' });
});

inCall('attribute objects', async () => {
  assert.deepEqual(ds.Employee.attr.salary, {
    name: 'salary', kind: 'storage', exposed: true, unique: false, indexed: false, keywordIndexed: false,
    autoFilled: false, type: 'number', fieldType: 1, fieldNumber: 3, mandatory: false, readOnly: false,
  });
  assert.equal(ds.Employee.attr.secret.exposed, false);
  const { employer } = ds.Employee.attr;
  assert.deepEqual([employer.kind, employer.type, employer.inverseName, employer.relatedDataClass], ['relatedEntity', 'Company', 'staff', 'Company']);
  assert.equal(ds.Company.attr.staff.type, 'EmployeeSelection');
  assert.ok(Object.isFrozen(ds.Employee.attr.salary));
}); // oxfmt-ignore

inCall('rows in bulk: new ones, changed ones, stamps, slips', async () => {
  const made = await ds.Employee.fromCollection([
    { name: 'K1', employer: 1 },
    { __KEY: 3, salary: 1000 },
    { ID: 4, name: 'Dag!', __STAMP: 1 },
    { __NEW: true, name: 'K2', employer: { __KEY: 2 }, unknown: 5 },
    { ID: 500, name: 'K500' },
  ]);
  assert.deepEqual(await made.extract('name'), ['K1', 'Carla', 'Dag!', 'K2', 'K500']);
  assert.equal(made.isOrdered(), true);
  const carla = (await ds.Employee.get(3))!;
  assert.deepEqual([carla.salary, carla.spec], [1000, { size: 40 }], 'what a row does not name stays');
  const k500 = (await ds.Employee.get(500))!;
  assert.deepEqual([k500.active, k500.salary], [true, null], 'defaults and null for new ones');
});

inCall('rows in bulk: an error on one row does not undo the others', async () => {
  const before = await ds.Company.getCount();
  await assert.rejects(
    ds.Company.fromCollection([{ name: 'L1' }, { name: 'Acme' }, { __KEY: 999, name: 'L2' }, { name: 'L3' }]),
    KeystampError,
  );
  assert.equal(await ds.Company.getCount(), before + 2);
  await assert.rejects(ds.Company.fromCollection([{ __KEY: 1, __STAMP: 77, city: 'x' }]), KeystampError);
  assert.equal((await ds.Company.get(1))?.city, 'Lyon');
});

test('the counter of changes is set to numbers that changes can have', () =>
  program.run(async () => {
    for (const value of [0, -1, 1.5, Number.NaN, 2 ** 53])
      await assert.rejects(ds.setGlobalStamp(value, true), RangeError, String(value));
  }));

test('a datastore works inside of calls of its own model alone', async () => {
  assert.throws(() => ds.Employee, /no call/);
  const other = dataStoreOf(defineModel({ dataClasses: { A: { attributes: { ID: { type: 'long', primKey: true } } } } }));
  await program.run(async () => assert.throws(() => other.A, /runs in the model people/));
  assert.notEqual(definition, other);
}); // oxfmt-ignore

test('a dataclass of 700 attributes is read and written', async () => {
  const names = Array.from({ length: 700 }, (_, i) => `a${i}`);
  const attributes = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const wide = await openModel(
    defineModel({
      name: 'wide',
      dataClasses: { Wide: { attributes: { ID: { type: 'long', primKey: true }, ...attributes } } },
    }),
  );
  try {
    const values = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
    const saved = await save(wide, 'Wide', { ID: 1, ...values });
    assert.equal(saved.status, 200, JSON.stringify(saved.body).slice(0, 300));
    const { body } = await ask(wide, 'GET', '/rest/Wide');
    for (const name of names) assert.equal(body.__ENTITIES[0][name], `of ${name}`);
  } finally {
    await wide.close();
  }
});
