// Faulty models: every fault is told, each with its path, all at once (DECISIONS P11).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkDefinition } from '../../../src/model/check.ts';
import { buildModel } from '../../../src/model/load.ts';
import { ModelError } from '../../../src/model/model-error.ts';

const key = { ID: { type: 'long', primKey: true } };
const nameRule = 'a name is a letter, then letters, digits or _, 31 characters at most';

/** A model of one class `A` with a key and these attributes. */
const attributes = (more: object): object => ({ dataClasses: { A: { attributes: { ...key, ...more } } } });
/** A model of one class `A` with these properties. */
const dataClass = (more: object): object => ({ dataClasses: { A: { attributes: key, ...more } } });

const cases: readonly (readonly [what: string, model: unknown, faults: readonly string[]])[] = [
  [
    'nothing',
    undefined,
    ['model: must be an object with `dataClasses` (export default defineModel({ dataClasses: … }))'],
  ],
  ['a list', [], ['model: must be an object with `dataClasses` (export default defineModel({ dataClasses: … }))']],
  ['no dataclass', { dataClasses: {} }, ['dataClasses: has no dataclass']],
  [
    'an unknown word beside the classes',
    { dataClasses: { A: { attributes: key } }, roles: {} },
    ['model.roles: is not known here; known are name, dataClasses'],
  ],
  [
    'classes that differ by case',
    { dataClasses: { A: { attributes: key }, a: { attributes: key } } },
    ['dataClasses.a: differs from A by case only; the database cannot keep two such dataclasses'],
  ],
  ['a class name with a space', { dataClasses: { 'A B': { attributes: key } } }, [`dataClasses.A B: ${nameRule}`]],
  [
    'a class name of 32 letters',
    { dataClasses: { [`A${'b'.repeat(31)}`]: { attributes: key } } },
    [`dataClasses.A${'b'.repeat(31)}: ${nameRule}`],
  ],
  [
    'a class name of the server',
    { dataClasses: { keystamp_content: { attributes: key } } },
    ['dataClasses.keystamp_content: names beginning with keystamp_ or sqlite_ are taken'],
  ],
  [
    'a class name of SQLite',
    { dataClasses: { SQLite_x: { attributes: key } } },
    ['dataClasses.SQLite_x: names beginning with keystamp_ or sqlite_ are taken'],
  ],
  ['a class that is no object', { dataClasses: { A: 7 } }, ['A: must be an object with attributes']],
  ['no attributes', { dataClasses: { A: {} } }, ['A.attributes: is missing']],
  [
    'attributes that are a list',
    { dataClasses: { A: { attributes: [] } } },
    ['A.attributes: must be an object with the attributes', 'A.attributes: is missing'],
  ],
  ['a scope', dataClass({ scope: 'private' }), ['A.scope: must be public or publicOnServer']],
  ['a collection name', dataClass({ collectionName: '' }), ['A.collectionName: must be a text']],
  ['a table', dataClass({ table: 7 }), ['A.table: must be a text']],
  ['a page of none', dataClass({ defaultTopSize: 0 }), ['A.defaultTopSize: must be a whole number from 1']],
  [
    'an unknown property of a class',
    dataClass({ toString: 'x' }),
    [
      'A.toString: is not known here; known are scope, collectionName, table, defaultTopSize, track, shared, stamps, attributes',
    ],
  ],
  [
    'no key',
    { dataClasses: { A: { attributes: { name: { type: 'string' } } } } },
    ['A: has no key; give an attribute primKey: true'],
  ],
  [
    'a numbered composite key',
    {
      dataClasses: {
        A: {
          attributes: { a: { type: 'long', primKey: true, autosequence: true }, b: { type: 'long', primKey: true } },
        },
      },
    },
    ['A: a composite key cannot be numbered by autosequence'],
  ],
  [
    'attributes that differ by case',
    attributes({ id: { type: 'string' } }),
    ['A.id: differs from ID by case only; the database cannot keep two such attributes'],
  ],
  ['an attribute name', attributes({ __x: { type: 'string' } }), [`A.__x: ${nameRule}`]],
  [
    'a name that entities have',
    attributes({ save: { type: 'string' } }),
    ['A.save: save is a member that every entity has; choose another name'],
  ],
  ['an attribute that is no object', attributes({ x: 'string' }), ['A.x: must be an object with a type or a kind']],
  [
    'an unknown kind',
    attributes({ x: { kind: 'derived' } }),
    ['A.x.kind: derived is not a kind; use storage, calculated, alias, relatedEntity or relatedEntities'],
  ],
  [
    'an unknown type',
    attributes({ x: { type: 'float' } }),
    [
      'A.x.type: float is not a type; known are string, text, uuid, bool, byte, word, long, long64, number, duration, date, object, image, blob',
    ],
  ],
  [
    'a type that objects have by themselves',
    attributes({ x: { type: 'constructor' } }),
    [
      'A.x.type: constructor is not a type; known are string, text, uuid, bool, byte, word, long, long64, number, duration, date, object, image, blob',
    ],
  ],
  [
    'a property of another type',
    attributes({ x: { type: 'bool', maxLength: 3 } }),
    [
      'A.x.maxLength: is not known here; known are kind, type, scope, column, columnType, mandatory, notNull, readOnly, indexed, unique, primKey, defaultValue',
    ],
  ],
  [
    'an object as key',
    attributes({ x: { type: 'object', primKey: true } }),
    [
      'A.x.primKey: is not known here; known are kind, type, scope, column, columnType, mandatory, notNull, readOnly, defaultValue',
    ],
  ],
  ['a flag', attributes({ x: { type: 'string', unique: 'yes' } }), ['A.x.unique: must be true or false']],
  ['a length', attributes({ x: { type: 'string', maxLength: -1 } }), ['A.x.maxLength: must be a whole number from 0']],
  [
    'a version rule',
    attributes({ x: { type: 'image', imageVersion: 'none' } }),
    ['A.x.imageVersion: must be image or stamp'],
  ],
  [
    'a number that is no key',
    attributes({ x: { type: 'long', autosequence: true } }),
    ['A.x.autosequence: needs primKey: true and an integer type'],
  ],
  [
    'a broken number as key',
    { dataClasses: { A: { attributes: { ID: { type: 'number', primKey: true, autosequence: true } } } } },
    ['A.ID.autosequence: needs primKey: true and an integer type'],
  ],
  ['a bound', attributes({ x: { type: 'byte', maxValue: 128 } }), ['A.x.maxValue: is not a value of type byte']],
  [
    'a bound that is no date',
    attributes({ x: { type: 'date', minValue: '2024-02-30' } }),
    ['A.x.minValue: is not a value of type date'],
  ],
  [
    'a first value',
    attributes({ x: { type: 'bool', defaultValue: 'yes' } }),
    ['A.x.defaultValue: is not a value of type bool'],
  ],
  [
    'bounds the wrong way round',
    attributes({ x: { type: 'long', minValue: 5, maxValue: 4 } }),
    ['A.x.minValue: is greater than maxValue'],
  ],
  [
    'a default that the attribute would refuse',
    attributes({
      x: { type: 'long', maxValue: 4, defaultValue: 9 },
      y: { type: 'string', pattern: 'a+', defaultValue: 'b' },
    }),
    [
      'A.x.defaultValue: is refused by the attribute itself: Value cannot be greater than 4',
      'A.y.defaultValue: is refused by the attribute itself: The value of the "y" attribute does not match its pattern',
    ],
  ],
  [
    'a table of the server',
    dataClass({ table: 'Keystamp_upload' }),
    ['A.table: names beginning with keystamp_ or sqlite_ are taken'],
  ],
  [
    'a table of another class',
    {
      dataClasses: {
        A: { attributes: key },
        B: { table: 'a', attributes: key },
        C: { table: 'x', attributes: key },
        D: { table: 'X', attributes: key },
      },
    },
    ['B.table: a is the table of A', 'D.table: X is the table of C'],
  ],
  [
    'a column of another attribute',
    attributes({ x: { type: 'string', column: 'id' }, y: { type: 'string', column: 'z' }, Z: { type: 'bool' } }),
    ['A.x.column: id is the column of ID', 'A.Z: Z is the column of y'],
  ],
  [
    'a column of the server',
    attributes({
      x: { type: 'string', column: '__stamp' },
      boss__key: { type: 'long' },
      photo__time: { type: 'long' },
    }),
    ['A.x.column', 'A.boss__key', 'A.photo__time'].map(
      (path) => `${path}: columns that begin with __ or end in __key, __stamp, __time or __type are taken`,
    ),
  ],
  [
    'an unknown related class',
    attributes({ x: { kind: 'relatedEntity', dataClass: 'B' } }),
    ['A.x.dataClass: B is not a dataclass; known are A'],
  ],
  [
    'a relation to a composite key',
    {
      dataClasses: {
        A: {
          attributes: {
            a: { type: 'long', primKey: true },
            b: { type: 'long', primKey: true },
            x: { kind: 'relatedEntity', dataClass: 'A' },
          },
        },
      },
    },
    ['A.x.dataClass: has a composite key; a relation needs a key of one attribute'],
  ],
  [
    'a foreign key that does not exist',
    attributes({ x: { kind: 'relatedEntity', dataClass: 'A', foreignKey: 'xID' } }),
    ['A.x.foreignKey: xID is not a storage attribute of this dataclass'],
  ],
  [
    'a foreign key that is a relation',
    attributes({
      y: { kind: 'relatedEntity', dataClass: 'A' },
      x: { kind: 'relatedEntity', dataClass: 'A', foreignKey: 'y' },
    }),
    ['A.x.foreignKey: y is not a storage attribute of this dataclass'],
  ],
  [
    'a foreign key of another type',
    attributes({ xID: { type: 'string' }, x: { kind: 'relatedEntity', dataClass: 'A', foreignKey: 'xID' } }),
    ['A.x.foreignKey: is of type string, the key of A is of type long'],
  ],
  [
    'a type of column in a table that nobody else made',
    attributes({ x: { type: 'date', columnType: 'timestamptz' } }),
    ['A.x.columnType: is for tables of other programs (stamps: side, or shared: true)'],
  ],
  [
    'a type of column that holds other values',
    { dataClasses: { A: { shared: true, attributes: { ...key, x: { type: 'date', columnType: 'boolean' } } } } },
    ['A.x.columnType: boolean is no type of a column that holds values of the type date'],
  ],
  [
    'a type of column that is none',
    { dataClasses: { A: { shared: true, attributes: { ...key, x: { type: 'string', columnType: 'a); DROP' } } } } },
    ['A.x.columnType: a); DROP is no type of a column that holds values of the type string'],
  ],
  [
    'an inverse that points elsewhere',
    {
      dataClasses: {
        A: { attributes: { ...key, bs: { kind: 'relatedEntities', dataClass: 'B', inverse: 'b' } } },
        B: { attributes: { ...key, b: { kind: 'relatedEntity', dataClass: 'B' } } },
      },
    },
    ['A.bs.inverse: b is not an N→1 attribute of B that points to A'],
  ],
  [
    'an inverse that does not exist',
    attributes({ xs: { kind: 'relatedEntities', dataClass: 'A', inverse: 'constructor' } }),
    ['A.xs.inverse: constructor is not an N→1 attribute of A that points to A'],
  ],
];

for (const [what, model, faults] of cases)
  test(`refused: ${what}`, () => {
    assert.deepEqual(checkDefinition(model), faults);
    assert.throws(() => buildModel(model), { name: 'ModelError', faults });
  });

test('a pattern that is no regular expression', () => {
  const [fault, ...more] = checkDefinition(attributes({ x: { type: 'string', pattern: '(' } }));
  assert.match(fault ?? '', /^A\.x\.pattern: is not a regular expression \(.+\)$/);
  assert.deepEqual(more, []);
});

test('all faults of a model come at once, in model order', () => {
  const model = {
    dataClasses: {
      Company: {
        defaultTopSize: 1.5,
        attributes: {
          name: { type: 'string', maxLength: '80' },
          staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'boss' },
        },
      },
      Employee: {
        attributes: { ID: { type: 'lnog', primKey: true }, employer: { kind: 'relatedEntity', dataClass: 'Compny' } },
      },
    },
  };
  const faults = [
    'Company.defaultTopSize: must be a whole number from 1',
    'Company.name.maxLength: must be a whole number from 0',
    'Company.staff.inverse: boss is not an N→1 attribute of Employee that points to Company',
    'Company: has no key; give an attribute primKey: true',
    'Employee.ID.type: lnog is not a type; known are string, text, uuid, bool, byte, word, long, long64, number, duration, date, object, image, blob',
    'Employee.employer.dataClass: Compny is not a dataclass; known are Company, Employee',
  ];
  assert.throws(
    () => buildModel(model),
    (error) => {
      assert.ok(error instanceof ModelError);
      assert.deepEqual(error.faults, faults);
      assert.equal(error.message, `The model has 6 faults:\n  ${faults.join('\n  ')}`);
      return true;
    },
  );
});

test('whatever a model file exports, it is a model or its faults are told', () => {
  const words = ['type', 'kind', 'primKey', 'dataClass', 'inverse', 'foreignKey', 'defaultValue', 'pattern', 'A', 'x'];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('long', 'string', 'date', 'relatedEntity', 'relatedEntities', 'A', 'x', true, null),
  );
  const attribute = fc.dictionary(fc.constantFrom(...words), value);
  const definition = fc.record({
    attributes: fc.dictionary(fc.oneof(fc.constantFrom('x', 'ID', '__proto__'), fc.string()), attribute),
  });
  const model = fc.record({ dataClasses: fc.dictionary(fc.oneof(fc.constantFrom('A', 'B'), fc.string()), definition) });
  fc.assert(
    fc.property(fc.oneof(model, fc.jsonValue()), (exported) => {
      const faults = checkDefinition(exported);
      if (faults.length > 0) {
        for (const fault of faults) assert.match(fault, /^[^]+: [^]+$/);
        assert.throws(() => buildModel(exported), ModelError);
      } else assert.ok(buildModel(exported).dataClasses.size > 0);
    }),
    { numRuns: 500 },
  );
});

test('an object that is no text may stand anywhere', () => {
  const odd = { toString: '' };
  for (const attribute of [
    { type: odd },
    { kind: odd },
    { type: 'string', column: odd },
    { kind: 'relatedEntity', dataClass: odd, foreignKey: odd },
    { kind: 'relatedEntity', dataClass: 'A', foreignKey: odd },
    { kind: 'relatedEntities', dataClass: 'A', inverse: odd },
    { kind: 'alias', path: odd },
    { kind: 'calculated', type: odd, dataClass: odd },
  ])
    assert.ok(checkDefinition(attributes({ x: attribute })).length > 0, JSON.stringify(attribute));
});
