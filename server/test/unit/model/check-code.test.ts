// Code beside a model: what becomes a function, and every fault with its path.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineModel, implement } from 'keystamp';
import { markImplemented } from '../../../src/model/code.ts';
import { checkCode } from '../../../src/model/check-code.ts';
import { buildModel } from '../../../src/model/load.ts';
import { ModelError } from '../../../src/model/model-error.ts';

const definition = defineModel({
  dataClasses: {
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
      },
    },
  },
});
const run = (): null => null;

test('functions stand where they were written', () => {
  const model = buildModel(
    implement(definition, {
      functions: { hire: { exposed: true, run } },
      dataClasses: {
        Employee: {
          functions: { top: { exposed: true, onHttpGet: true, run } },
          selectionFunctions: { raise: { onHTTPGet: true, run } },
          entityFunctions: { hidden: { run } },
        },
      },
      singletons: { Payroll: { scope: 'session', functions: { pay: { exposed: true, run } } } },
    }),
  );
  const employee = model.dataClasses.get('Employee')!;
  assert.equal(model.definition, definition);
  assert.deepEqual([...model.functions.values()], [
    { name: 'hire', level: 'dataStore', exposed: true, onHttpGet: false, run },
  ]); // oxfmt-ignore
  assert.deepEqual(
    [...employee.functions.values(), ...employee.selectionFunctions.values(), ...employee.entityFunctions.values()],
    [
      { name: 'top', level: 'dataClass', owner: 'Employee', exposed: true, onHttpGet: true, run },
      { name: 'raise', level: 'entityCollection', owner: 'Employee', exposed: false, onHttpGet: true, run },
      { name: 'hidden', level: 'entity', owner: 'Employee', exposed: false, onHttpGet: false, run },
    ],
  );
  const payroll = model.singletons.get('Payroll')!;
  assert.equal(payroll.scope, 'session');
  assert.deepEqual(payroll.state(), {});
  assert.equal(payroll.functions.get('pay')?.owner, 'Payroll');
});

test('a plain model has no functions', () => {
  const model = buildModel(definition);
  assert.equal(model.functions.size, 0);
  assert.equal(model.dataClasses.get('Employee')?.functions.size, 0);
});

const faultsOf = (code: unknown, model: unknown = definition): readonly string[] => checkCode(code, model);
const employee = (code: object): object => ({ dataClasses: { Employee: code } });

for (const [what, code, expected] of [
  ['a word that is not known', { function: {} }, [/^code\.function: is not known here/]],
  [
    'a class that is not there',
    { dataClasses: { Nobody: {} } },
    [/^dataClasses\.Nobody: there is no dataclass Nobody/],
  ],
  ['no run', { functions: { a: { exposed: true } } }, [/^functions\.a\.run: must be a function/]],
  ['no object', { functions: { a: 5 } }, [/^functions\.a: must be an object/]],
  ['a flag that is none', { functions: { a: { exposed: 1, run } } }, [/^functions\.a\.exposed: must be true or false/]],
  ['an option not known', { functions: { a: { expose: true, run } } }, [/^functions\.a\.expose: is not known here/]],
  [
    'types that are no list',
    { functions: { a: { parameters: 'number', run } } },
    [/parameters: must be a list of types/],
  ],
  [
    'types not known',
    { functions: { a: { parameters: ['int', 5, 'Nobody', 'EmployeeSelection?'], run } } },
    [/\.parameters\[0\]: must be string/, /\[1\]/, /\[2\]/],
  ],
  [
    'one that must be there behind one that need not',
    { functions: { a: { parameters: ['any', 'any?', 'number'], run } } },
    [/\.parameters\[2\]: stands behind one/],
  ],
  [
    'users of no class',
    { directory: { dataClass: 'Nobody', name: 'a', passwordHash: 'b' } },
    [/directory\.dataClass: must be a dataclass/],
  ],
  [
    'users without attributes',
    { directory: { dataClass: 'Employee', name: 'nope' } },
    [/directory\.name: must be an attribute of Employee/, /directory\.passwordHash: must be an attribute/],
  ],
  [
    'a hash that clients could read',
    { directory: { dataClass: 'Employee', name: 'name', passwordHash: 'name' } },
    [/directory\.passwordHash: must have the scope publicOnServer/],
  ],
  ['a name of 32 letters', { functions: { ['a'.repeat(32)]: { run } } }, [/31 characters at most/]],
  ['a name with a dash', { functions: { 'a-b': { run } } }, [/^functions\.a-b: a name is a letter/]],
  ['a dataclass of that name', { functions: { Employee: { run } } }, [/is the name of a dataclass/]],
  ['a member of the datastore', { functions: { startTransaction: { run } } }, [/a member that every datastore has/]],
  [
    'a member of dataclasses',
    employee({ functions: { query: { run } } }),
    [/functions\.query: is a member that every/],
  ],
  ['a member of selections', employee({ selectionFunctions: { sum: { run } } }), [/every entity selection has/]],
  ['a member of entities', employee({ entityFunctions: { save: { run } } }), [/every entity has/]],
  ['an attribute of that name', employee({ entityFunctions: { name: { run } } }), [/the name of an attribute/]],
  ['an event that is no function', employee({ events: { saving: 5 } }), [/events\.saving: must be a function/]],
  ['a row filter that is none', employee({ restrict: 'x' }), [/Employee\.restrict: must be a function/]],
  ['a calculated part', employee({ calculated: { x: { put: run } } }), [/calculated\.x\.put: is not known here/]],
  ['a scope', { singletons: { A: { scope: 'all', functions: {} } } }, [/^singletons\.A\.scope: must be shared or/]],
  ['no singleton', { singletons: { A: 5 } }, [/^singletons\.A: must be an object with a scope/]],
] as const)
  test(`fault: ${what}`, () => {
    const found = faultsOf(code);
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [i, pattern] of expected.entries()) assert.match(found[i] as string, pattern);
  });

test('attributes of a model with code cannot be called like members of entities', () => {
  const plain = {
    dataClasses: { A: { attributes: { ID: { type: 'long', primKey: true }, set: { type: 'string' } } } },
  };
  assert.doesNotThrow(() => buildModel(plain));
  assert.throws(() => buildModel(markImplemented(plain as never, {})), /A\.set: is a member that every entity has/);
});

test('faults of the model and of its code are told together', () => {
  const wrong = { dataClasses: { A: { attributes: {} } } };
  assert.throws(
    () => buildModel(markImplemented(wrong as never, { functions: { a: {} } } as never)),
    (error: ModelError) => error.faults.length === 2,
  );
});
