// A checked definition becomes the model: defaults, hidden foreign keys, both sides of relations, model order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildModel } from '../../../src/model/load.ts';
import {
  publicAttribute,
  publicDataClass,
  type DataClassDef,
  type RelatedEntityDef,
  type StorageDef,
} from '../../../src/model/model.ts';

const model = buildModel({
  dataClasses: {
    Company: {
      attributes: {
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
        code: { type: 'string', primKey: true },
        founded: { type: 'date', simpleDate: true, defaultValue: '4!1!2002' },
      },
    },
    Employee: {
      collectionName: 'People',
      table: 'people',
      defaultTopSize: 40,
      attributes: {
        employer: { kind: 'relatedEntity', dataClass: 'Company', mandatory: true },
        manager: { kind: 'relatedEntity', dataClass: 'Employee', foreignKey: 'managerID', mandatory: true },
        ID: { type: 'long', primKey: true, autosequence: true },
        managerID: { type: 'long' },
        photo: { type: 'image' },
        secret: { type: 'string', scope: 'publicOnServer' },
        log: { kind: 'relatedEntity', dataClass: 'Log' },
      },
    },
    Log: { scope: 'publicOnServer', attributes: { ID: { type: 'uuid', primKey: true, autogenerate: true } } },
  },
});
const classOf = (name: string): DataClassDef => model.dataClasses.get(name) as DataClassDef;
const storage = (name: string, attribute: string): StorageDef => classOf(name).attributes.get(attribute) as StorageDef;

test('classes: order, numbers, names, page sizes', () => {
  assert.deepEqual(
    [...model.dataClasses.values()].map((c) => [
      c.name,
      c.tableNumber,
      c.collectionName,
      c.table,
      c.defaultTopSize,
      c.scope,
    ]),
    [
      ['Company', 1, 'CompanySelection', 'Company', 100, 'public'],
      ['Employee', 2, 'People', 'people', 40, 'public'],
      ['Log', 3, 'LogSelection', 'Log', 100, 'publicOnServer'],
    ],
  );
});

test('attributes stand in the order of the model, hidden ones last', () => {
  assert.deepEqual(
    [...classOf('Employee').attributes.keys()],
    ['employer', 'manager', 'ID', 'managerID', 'photo', 'secret', 'log', 'employer__key', 'log__key'],
  );
  assert.deepEqual(
    classOf('Employee').images.map((image) => image.name),
    ['photo'],
  );
  assert.deepEqual(
    classOf('Employee').key.map((part) => part.name),
    ['ID'],
  );
});

test('a relation without a foreign key gets a hidden one of the key type', () => {
  const { foreignKey } = classOf('Employee').attributes.get('employer') as RelatedEntityDef;
  assert.equal(foreignKey.type, 'string');
  assert.equal(foreignKey.scope, 'publicOnServer');
  assert.equal(foreignKey.indexed, true);
  assert.ok(classOf('Employee').storage.includes(foreignKey));
});

test('a mandatory relation makes its foreign key mandatory, hidden or declared', () => {
  for (const name of ['employer', 'manager'])
    assert.equal((classOf('Employee').attributes.get(name) as RelatedEntityDef).foreignKey.notNull, true, name);
  assert.equal(storage('Employee', 'managerID').notNull, true);
  assert.equal((classOf('Employee').attributes.get('log') as RelatedEntityDef).foreignKey.notNull, false);
});

test('both sides of a relation know each other', () => {
  const employer = classOf('Employee').attributes.get('employer') as RelatedEntityDef;
  assert.equal(employer.target, classOf('Company'));
  assert.equal(employer.inverse, classOf('Company').attributes.get('staff'));
  assert.equal(employer.inverse?.inverse, employer);
  assert.equal((classOf('Employee').attributes.get('manager') as RelatedEntityDef).inverse, undefined);
});

test('bounds and first values are canonical', () => {
  assert.equal(storage('Company', 'founded').defaultValue, '2002-01-04');
  assert.equal(storage('Company', 'code').notNull, true);
});

test('clients see public attributes of public classes alone', () => {
  assert.equal(publicDataClass(model, 'Log'), undefined);
  assert.equal(publicDataClass(model, 'company'), undefined);
  assert.equal(publicDataClass(model, 'constructor'), undefined);
  const employee = classOf('Employee');
  assert.equal(publicAttribute(employee, 'photo'), storage('Employee', 'photo'));
  for (const hidden of ['secret', 'employer__key', 'log', 'Photo', '__proto__'])
    assert.equal(publicAttribute(employee, hidden), undefined, hidden);
});
