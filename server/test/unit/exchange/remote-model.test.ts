// Catalogs in the recorded shapes of 4D, Qodly and Wakanda (spec 02) become models that load, and tell what they lack.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCatalog, type Catalog } from '../../../src/exchange/remote-model.ts';
import { buildModel } from '../../../src/model/load.ts';

/** As 4D prints it: table and field numbers, foreign keys, no word of autosequence. */
const fourD = {
  __UNIQID: '8C1F7A0D55E3428DA3C6EE3E7B2F9D10',
  dataClasses: [
    {
      name: 'Employee',
      className: 'Employee',
      collectionName: 'EmployeeSelection',
      tableNumber: 2,
      scope: 'public',
      dataURI: '/rest/Employee',
      attributes: [
        { name: 'ID', kind: 'storage', fieldPos: 1, scope: 'public', indexed: true, type: 'long', identifying: true },
        { name: 'hiringDate', kind: 'storage', fieldPos: 6, scope: 'public', type: 'date', simpleDate: true },
        { name: 'lastLogin', kind: 'storage', fieldPos: 8, scope: 'public', type: 'date', simpleDate: false },
        { name: 'companyID', kind: 'storage', fieldPos: 7, scope: 'public', indexed: true, type: 'long' },
        { name: 'spec', kind: 'storage', fieldPos: 9, scope: 'public', type: 'object' },
        { name: 'ratio', kind: 'storage', fieldPos: 10, scope: 'public', type: 'float' },
        {
          name: 'employer',
          kind: 'relatedEntity',
          fieldPos: 7,
          scope: 'public',
          type: 'Company',
          foreignKey: 'companyID',
          inverseName: 'staff',
          path: 'Company',
        },
        { name: 'employer', kind: 'storage', fieldPos: 11, scope: 'public', type: 'string' },
        { name: 'fullName', kind: 'calculated', scope: 'public', type: 'string', readOnly: true },
        { name: '__GlobalStamp', kind: 'storage', fieldPos: 12, scope: 'public', indexed: true, type: 'long64' },
      ],
      methods: [{ name: 'raise', applyTo: 'entity', scope: 'public', from: 'Employee' }],
      key: [{ name: 'ID' }],
    },
    {
      name: 'Company',
      className: 'Company',
      collectionName: 'CompanySelection',
      tableNumber: 1,
      scope: 'public',
      dataURI: '/rest/Company',
      attributes: [
        { name: 'ID', kind: 'storage', fieldPos: 1, scope: 'public', indexed: true, type: 'long', identifying: true },
        {
          name: 'staff',
          kind: 'relatedEntities',
          fieldPos: 1,
          scope: 'public',
          type: 'EmployeeSelection',
          inverseName: 'employer',
          reversePath: true,
          path: 'employer',
        },
      ],
      key: [{ name: 'ID' }],
    },
    { name: 'Log', className: 'Log', attributes: [], key: [] },
  ],
};

/** As Wakanda prints it: free collection names, no foreign keys. */
const wakanda = {
  dataClasses: [
    {
      className: 'Employee',
      name: 'Employee',
      collectionName: 'Employees',
      scope: 'public',
      dataURI: '/rest/Employee',
      attributes: [
        { name: 'ID', kind: 'storage', scope: 'public', indexed: true, type: 'long', identifying: true },
        { name: 'code', kind: 'storage', scope: 'public', unique: true, type: 'string', minLength: 2, maxLength: 8 },
        { name: 'photo', kind: 'storage', scope: 'public', type: 'image' },
        { name: 'valueOf', kind: 'storage', scope: 'public', type: 'number' },
        { name: 'manager', kind: 'relatedEntity', scope: 'public', type: 'Employee', path: 'Employee' },
        {
          name: 'reports',
          kind: 'relatedEntities',
          scope: 'public',
          type: 'Employees',
          reversePath: true,
          path: 'manager',
        },
        { name: 'parts', kind: 'composition', scope: 'public', type: 'Employees' },
      ],
      key: [{ name: 'ID' }],
    },
  ],
};

test('a catalog of 4D', () => {
  const { definition, losses } = readCatalog(fourD as Catalog);
  buildModel(definition);
  assert.deepEqual(definition, {
    dataClasses: {
      Employee: {
        track: true,
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          hiringDate: { type: 'date', simpleDate: true },
          lastLogin: { type: 'date' },
          companyID: { type: 'long', indexed: true },
          spec: { type: 'object' },
          ratio: { type: 'number' },
          employer: { kind: 'relatedEntity', dataClass: 'Company', foreignKey: 'companyID' },
        },
      },
      Company: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
        },
      },
    },
  });
  assert.deepEqual(losses, [
    'Log: has no key in the catalog and is left out',
    'Employee.employer: the catalog lists two attributes of this name; the second one is left out',
    'Employee.fullName: is calculated; the code is not in the catalog',
    'Employee.raise(): the code of a function is not in the catalog',
  ]);
});

test('a catalog of Wakanda', () => {
  const { definition, losses } = readCatalog(wakanda as Catalog);
  buildModel(definition);
  assert.deepEqual(definition, {
    dataClasses: {
      Employee: {
        collectionName: 'Employees',
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          code: { type: 'string', unique: true, minLength: 2, maxLength: 8 },
          photo: { type: 'image' },
          valueOf: { type: 'number' },
          manager: { kind: 'relatedEntity', dataClass: 'Employee' },
          reports: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'manager' },
        },
      },
    },
  });
  assert.deepEqual(losses, ['Employee.parts: is of the kind composition, which is not known']);
});

test('a catalog of nothing', () => {
  assert.throws(() => readCatalog({ dataClasses: [] }), /lists no dataclass/);
});
