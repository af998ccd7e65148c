// Orders: nulls lowest, texts folded, ties by key, errors with 1810 (spec 04 § 8).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { parseOrder } from '../../../src/query/order.ts';
import { exposedSight } from '../../../src/query/sight.ts';
import { ask } from './ask.ts';
import { Company, Employee, Score, limits, openSample } from './sample-model.ts';

const database = openSample({
  Company: [
    { ID: 1, name: 'b' },
    { ID: 2, name: 'Á' },
    { ID: 3, name: null },
  ],
  Employee: [
    { ID: 5, firstName: 'zoé', salary: 1, companyID: 1, spec: { size: 2 } },
    { ID: 4, firstName: 'Zoe', salary: null, companyID: 2, spec: { size: 10 } },
    { ID: 3, firstName: 'émile', salary: 3, companyID: 3, spec: { size: '1' } },
    { ID: 2, firstName: null, salary: 1, companyID: null, spec: { size: true } },
    { ID: 1, firstName: 'F', salary: 2, companyID: 99, managerID: 4, spec: null },
  ],
  Score: [
    { game: 'b', player: 1 },
    { game: 'a', player: 2 },
    { game: 'B', player: 3 },
    { game: 'a', player: 1 },
  ],
});

test('orders', () => {
  const orders: readonly (readonly [string, readonly number[]])[] = [
    ['', [1, 2, 3, 4, 5]],
    ['ID', [1, 2, 3, 4, 5]],
    ['ID desc', [5, 4, 3, 2, 1]],
    ['salary', [4, 2, 5, 1, 3]],
    ['salary desc', [3, 1, 2, 5, 4]],
    ['salary DESC, ID Desc', [3, 1, 5, 2, 4]],
    ['firstName', [2, 3, 1, 4, 5]],
    ['firstName desc , salary asc', [4, 5, 1, 3, 2]],
    ['employer.name', [1, 2, 3, 4, 5]],
    ['employer.name desc', [5, 4, 1, 2, 3]],
    ['manager.employer.name desc', [1, 2, 3, 4, 5]],
    ['spec.size', [1, 2, 3, 5, 4]],
    ['spec.size desc', [4, 5, 3, 2, 1]],
  ];
  for (const [order, keys] of orders) assert.deepEqual(ask(database, Employee, '', undefined, order), keys, order);
});

test('composite and text keys break ties exactly', () => {
  assert.deepEqual(ask(database, Score, ''), [3, 1, 2, 1]);
  assert.deepEqual(ask(database, Score, '', undefined, 'game desc'), [3, 1, 1, 2]);
});

test('an attribute named twice counts once', () => {
  assert.equal(parseOrder('salary, salary desc', Employee, limits, exposedSight).length, 1);
});

test('faults', () => {
  const faults: readonly (readonly [string, number, readonly number[]])[] = [
    ['nothing', 404, [1500, 1810]],
    ['secret', 404, [1500, 1810]],
    ['employer.nothing', 404, [1500, 1810]],
    ['salary.x', 404, [1500, 1810]],
    ['photo', 404, [1594, 1810]],
    ['file', 404, [1594, 1810]],
    ['spec', 404, [1594, 1810]],
    ['employer', 404, [1574, 1810]],
    ['reports', 404, [1574, 1810]],
    ['reports.salary', 404, [1574, 1810]],
    ['salary up', 400, [1162, 1810]],
    ['salary,', 400, [1162, 1810]],
    ['a..b', 400, [1162, 1810]],
    ['spec.tags[]', 400, [1162, 1810]],
    ['a,'.repeat(600), 400, [1162, 1810]],
    ['a'.repeat(9000), 400, [1162, 1810]],
  ];
  for (const [order, status, codes] of faults) {
    assert.throws(
      () => parseOrder(order, Employee, limits, exposedSight),
      (error) => {
        assert.ok(error instanceof KeystampError, order);
        assert.equal(error.status, status, order);
        assert.deepEqual(
          error.entries.map((entry) => ('code' in entry ? entry.code : 0)),
          codes,
          order,
        );
        return true;
      },
    );
  }
  assert.deepEqual(parseOrder('', Company, limits, exposedSight), []);
});
