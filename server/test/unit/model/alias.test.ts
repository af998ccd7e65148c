// Paths of aliases: what they lead to, and every fault of them with its path (spec 15 § 8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDefinition } from '../../../src/model/check.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { AliasDef } from '../../../src/model/model.ts';
import { projects } from '../../wire/projects.ts';

const ID = { type: 'long', primKey: true };

/** The faults of a model of two classes whose class A has these aliases. */
const faultsOf = (aliases: Readonly<Record<string, string>>): readonly string[] =>
  checkDefinition({
    dataClasses: {
      A: {
        attributes: {
          ID,
          name: { type: 'string' },
          b: { kind: 'relatedEntity', dataClass: 'B' },
          ...Object.fromEntries(Object.entries(aliases).map(([name, path]) => [name, { kind: 'alias', path }])),
        },
      },
      B: {
        attributes: {
          ID,
          title: { type: 'string' },
          as: { kind: 'relatedEntities', dataClass: 'A', inverse: 'b' },
          back: { kind: 'alias', path: 'as.x' },
        },
      },
    },
  });

test('paths that lead somewhere', () => {
  assert.deepEqual(faultsOf({ x: 'b', y: 'b.title', z: 'b.as', own: 'name', again: 'x.title' }), []);
});

test('a step that does not exist', () => {
  assert.deepEqual(faultsOf({ x: 'c.title' }), ['A.x.path: A has no attribute c', 'B.back.path: A has no attribute c']);
  assert.deepEqual(faultsOf({ x: 'b.name' })[0], 'A.x.path: B has no attribute name');
  assert.deepEqual(faultsOf({ x: 'b', y: 'b.' }), ['A.y.path: B has no attribute ']);
  assert.deepEqual(faultsOf({ x: 'b', y: '__proto__' }), ['A.y.path: A has no attribute __proto__']);
});

test('a step behind a value', () => {
  assert.deepEqual(faultsOf({ x: 'b', y: 'name.size' }), ['A.y.path: A.name is no relation, so nothing can follow it']);
});

test('a value behind several entities', () => {
  assert.deepEqual(faultsOf({ x: 'b', y: 'b.as.name' }), [
    'A.y.path: leads through a to-many relation, so it must end in a relation, not in a value',
  ]);
});

test('a circle', () => {
  assert.deepEqual(faultsOf({ x: 'b.back' }), [
    'A.x.path: goes in a circle: A.x → B.back → A.x',
    'B.back.path: goes in a circle: B.back → A.x → B.back',
  ]);
});

test('what else is given', () => {
  const model = { dataClasses: { A: { attributes: { ID, x: { kind: 'alias' }, y: { kind: 'alias', path: 'ID', type: 'long' } } } } }; // oxfmt-ignore
  assert.deepEqual(checkDefinition(model), [
    'A.x.path: is missing',
    'A.y.type: is not known here; known are kind, path, exposed',
  ]);
});

test('aliases of aliases are walked as the relations they stand for', () => {
  const model = buildModel(projects);
  const walked = (dataClass: string, name: string): string => {
    const alias = model.dataClasses.get(dataClass)?.attributes.get(name) as AliasDef;
    const steps = alias.steps.map((step) => `${step.owner.name}.${step.name}`).join(' → ');
    return alias.many ? `${steps} = ${alias.target.name}s` : `${steps} = ${alias.end.owner.name}.${alias.end.name}`;
  };
  assert.equal(walked('Employee', 'surname'), ' = Employee.lastName');
  assert.equal(walked('Employee', 'homeland'), 'Employee.employer → Company.country = Country.name');
  assert.equal(walked('Employee', 'country'), 'Employee.employer = Company.country');
  assert.equal(walked('Employee', 'projects'), 'Employee.tasks → Assignment.project = Projects');
  assert.equal(walked('Project', 'employers'), 'Project.tasks → Assignment.member → Employee.employer = Companys');
});
