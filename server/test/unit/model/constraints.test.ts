// Constraints: each with its code, several at once in the order of spec 15 § 5; null passes all but `mandatory`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from '../../../src/model/constraints.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { StorageDef, Value } from '../../../src/model/model.ts';

/** The attribute of that definition, as the model makes it. */
function attribute(definition: object): StorageDef {
  const { dataClasses } = buildModel({
    dataClasses: { A: { attributes: { ID: { type: 'long', primKey: true }, x: definition } } },
  });
  return dataClasses.get('A')?.attributes.get('x') as StorageDef;
}

const codes = (definition: object, value: Value): readonly string[] =>
  violations(attribute(definition), value).map(
    (error) => `${error.entries.map((e) => ('code' in e ? `${e.code}(${e.args.join(',')})` : e.http)).join()}`,
  );

test('bounds hold their ends', () => {
  const number = { type: 'number', minValue: -1.5, maxValue: 90_000 };
  assert.deepEqual(codes(number, -1.5), []);
  assert.deepEqual(codes(number, 90_000), []);
  assert.deepEqual(codes(number, -1.6), ['1568(-1.5)']);
  assert.deepEqual(codes(number, 90_000.5), ['1569(90000)']);
});

test('bounds of dates: days as text, instants as milliseconds', () => {
  const day = { type: 'date', simpleDate: true, minValue: '1!2!2000', maxValue: '2000-12-31' };
  assert.deepEqual(codes(day, '2000-02-01'), []);
  assert.deepEqual(codes(day, '2000-01-31'), ['1568(2000-02-01)']);
  assert.deepEqual(codes(day, '2001-01-01'), ['1569(2000-12-31)']);
  const instant = { type: 'date', maxValue: '2000-01-01' };
  assert.deepEqual(codes(instant, Date.UTC(2000, 0, 1)), []);
  assert.equal(codes(instant, Date.UTC(2000, 0, 1) + 1).length, 1);
});

test('64-bit numbers are compared exactly', () => {
  const long64 = { type: 'long64', maxValue: 9_007_199_254_740_991 };
  assert.deepEqual(codes(long64, 9_007_199_254_740_991), []);
  assert.deepEqual(codes(long64, 9_007_199_254_740_993n), ['1569(9007199254740991)']);
});

test('lengths count characters, not units', () => {
  assert.deepEqual(codes({ type: 'string', maxLength: 2 }, '🦆🦆'), []);
  assert.deepEqual(codes({ type: 'string', maxLength: 2 }, '🦆🦆a'), ['1592(x,2)']);
  assert.deepEqual(codes({ type: 'string', minLength: 2 }, '🦆'), ['1591(x,2)']);
  assert.deepEqual(codes({ type: 'string', fixedLength: 2 }, 'abc'), ['1593(x,2)']);
  assert.deepEqual(codes({ type: 'string', fixedLength: 2 }, 'ab'), []);
  assert.deepEqual(codes({ type: 'string', minLength: 0, maxLength: 0 }, ''), []);
});

test('a pattern matches the whole value', () => {
  const pattern = { type: 'string', pattern: '[A-Z]{2}|\\d+' };
  assert.deepEqual(codes(pattern, 'AB'), []);
  assert.deepEqual(codes(pattern, '12345'), []);
  assert.deepEqual(codes(pattern, 'ABC'), ['1571(x)']);
  assert.deepEqual(codes(pattern, 'AB\n'), ['1571(x)']);
  assert.deepEqual(codes(pattern, ''), ['1571(x)']);
});

test('several violations of one value stand in order', () => {
  const strict = { type: 'string', minLength: 3, fixedLength: 4, pattern: '\\d*' };
  assert.deepEqual(codes(strict, 'a'), ['1591(x,3)', '1593(x,4)', '1571(x)']);
  assert.deepEqual(codes({ type: 'string', maxLength: 1, fixedLength: 4, pattern: '\\d*' }, 'ab'), [
    '1592(x,1)',
    '1593(x,4)',
    '1571(x)',
  ]);
});

test('null passes every constraint but mandatory', () => {
  for (const definition of [
    { type: 'number', minValue: 1, maxValue: 2 },
    { type: 'string', minLength: 1, fixedLength: 2, pattern: 'x' },
  ]) {
    assert.deepEqual(codes(definition, null), []);
    assert.deepEqual(codes({ ...definition, mandatory: true }, null), ['1116(x)']);
  }
});
