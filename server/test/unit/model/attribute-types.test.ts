// What each type takes from JSON: its ends, one beyond, null, other JSON types (spec 03 § 2.2, 15 § 3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignValue, attributeTypes, keyValue } from '../../../src/model/attribute-types.ts';
import type { Json, StorageDef, StorageType, Value } from '../../../src/model/model.ts';

/** An attribute as far as assignment looks at it. */
const attribute = (type: StorageType, simpleDate = false): StorageDef =>
  ({ type, simpleDate, name: 'x' }) as StorageDef;

const wrongType = Symbol('1508');
const below = (bound: string) => ({ kind: 'below', bound });
const above = (bound: string) => ({ kind: 'above', bound });

type Expected = Value | typeof wrongType | ReturnType<typeof below>;
type Case = readonly [given: Json, expected: Expected];

const integers = (min: number, max: number): readonly Case[] => [
  [min, min],
  [max, max],
  [min - 1, below(String(min))],
  [max + 1, above(String(max))],
  [min - 0.5, min],
  [max + 0.5, max],
  [-1e300, below(String(min))],
  [1e300, above(String(max))],
  [1.9, 1],
  [-1.9, -1],
  [-0.5, 0],
  ['7', 7],
  [' 7 ', 7],
  ['7.9', 7],
  ['1e1', 10],
  ['', wrongType],
  ['7a', wrongType],
  ['0x10', wrongType],
  [true, wrongType],
  [[7], wrongType],
  [{}, wrongType],
];

const longs64: readonly Case[] = [
  [0, 0],
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775808', above('9223372036854775807')],
  ['-9223372036854775809', below('-9223372036854775808')],
  [1e19, above('9223372036854775807')],
  [-1e19, below('-9223372036854775808')],
  [-1.5, -1],
  ['+5', 5],
  ['1e3', 1000],
  ['', wrongType],
  ['x', wrongType],
  [false, wrongType],
  [[], wrongType],
];

const texts: readonly Case[] = [
  ['', ''],
  ['Ærøskøbing 🦆', 'Ærøskøbing 🦆'],
  [42, '42'],
  [1.5, '1.5'],
  [true, 'true'],
  ['a\u0000b', wrongType],
  ['\ud800x', '\ufffdx'],
  ['null', 'null'],
  [['a'], wrongType],
  [{ a: 1 }, wrongType],
];

const cases: Readonly<Record<StorageType | 'simpleDate', readonly Case[]>> = {
  string: texts,
  text: texts,
  uuid: [
    ['0f3c2a9e-1111-2222-3333-444455556666', '0F3C2A9E111122223333444455556666'],
    ['0F3C2A9E111122223333444455556666', '0F3C2A9E111122223333444455556666'],
    ['0F3C2A9E11112222333344445555666', wrongType],
    ['0F3C2A9E1111222233334444555566667', wrongType],
    ['ZF3C2A9E111122223333444455556666', wrongType],
    ['', wrongType],
    [7, wrongType],
    [true, wrongType],
    [{}, wrongType],
  ],
  bool: [
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
    [1, true],
    [0, false],
    [2, wrongType],
    ['1', wrongType],
    ['True', wrongType],
    ['', wrongType],
    [[], wrongType],
  ],
  byte: integers(-128, 127),
  word: integers(-32_768, 32_767),
  long: integers(-2_147_483_648, 2_147_483_647),
  long64: longs64,
  duration: longs64,
  number: [
    [0, 0],
    [-1.7e308, -1.7e308],
    [5e-324, 5e-324],
    ['2.5', 2.5],
    ['.5', 0.5],
    ['1e400', null],
    ['', wrongType],
    ['1,5', wrongType],
    ['NaN', wrongType],
    [true, wrongType],
    [[1], wrongType],
  ],
  date: [
    ['2024-05-02T08:11:45.120Z', Date.UTC(2024, 4, 2, 8, 11, 45, 120)],
    ['2024-05-02T08:11:45Z', Date.UTC(2024, 4, 2, 8, 11, 45)],
    ['2024-05-02T08:11:45+02:00', Date.UTC(2024, 4, 2, 6, 11, 45)],
    ['2024-05-02', Date.UTC(2024, 4, 2)],
    ['2!5!2024', Date.UTC(2024, 4, 2)],
    [0, 0],
    [-86_400_000, -86_400_000],
    [1.9, 1],
    ['0001-01-01T00:00:00.000Z', -62_135_596_800_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    [-62_135_596_800_000, -62_135_596_800_000],
    [253_402_300_799_999, 253_402_300_799_999],
    [-62_135_596_800_001, wrongType],
    [253_402_300_800_000, wrongType],
    ['0001-01-01T00:00:00+01:00', wrongType],
    ['9999-12-31T23:59:59-01:00', wrongType],
    ['', null],
    ['0!0!0', null],
    ['2024-02-30T00:00:00Z', wrongType],
    ['2024-05-02T25:00:00Z', wrongType],
    ['yesterday', wrongType],
    [true, wrongType],
    [[], wrongType],
  ],
  simpleDate: [
    ['4!1!2002', '2002-01-04'],
    ['04!01!2002', '2002-01-04'],
    ['2002-01-04', '2002-01-04'],
    ['!2002-01-04!', '2002-01-04'],
    ['!!2002-01-04!!', '2002-01-04'],
    ['2002-01-04T23:30:00-02:00', '2002-01-05'],
    ['1!1!0001', '0001-01-01'],
    ['31!12!9999', '9999-12-31'],
    ['1!1!0000', wrongType],
    ['31!12!10000', wrongType],
    ['29!2!2024', '2024-02-29'],
    ['29!2!2023', wrongType],
    [0, '1970-01-01'],
    [-62_135_596_800_000, '0001-01-01'],
    [-62_135_596_800_001, wrongType],
    [253_402_300_799_999, '9999-12-31'],
    ['', null],
    ['0!0!0', null],
    ['0!0!0000', null],
    ['4/1/2002', wrongType],
    [false, wrongType],
    [{}, wrongType],
  ],
  object: [
    [{ b: 1, a: [null, 'x'] }, '{"b":1,"a":[null,"x"]}'],
    [[1, 2], '[1,2]'],
    ['text', '"text"'],
    [5, '5'],
    [false, 'false'],
    ['x'.repeat(16 * 1024 * 1024 - 2), `"${'x'.repeat(16 * 1024 * 1024 - 2)}"`],
    ['x'.repeat(16 * 1024 * 1024 - 1), above('16777216 bytes')],
  ],
  image: [
    ['x', wrongType],
    [{}, wrongType],
  ],
  blob: [
    ['x', wrongType],
    [{}, wrongType],
  ],
};

for (const [type, rows] of Object.entries(cases))
  test(`${type}: values taken and refused`, () => {
    const def = type === 'simpleDate' ? attribute('date', true) : attribute(type as StorageType);
    assert.deepEqual(assignValue(def, null), { kind: 'value', value: null });
    for (const [given, expected] of rows) {
      const assigned = assignValue(def, given);
      const shown = JSON.stringify(given).slice(0, 60);
      if (expected === wrongType) assert.deepEqual(assigned, { kind: 'wrongType' }, shown);
      else if (typeof expected === 'object' && expected !== null) assert.deepEqual(assigned, expected, shown);
      else assert.deepEqual(assigned, { kind: 'value', value: expected }, shown);
    }
  });

test('every type has its cases', () => {
  assert.deepEqual(Object.keys(cases).toSorted(), [...Object.keys(attributeTypes), 'simpleDate'].toSorted());
});

test('a value that was taken is taken again as it is printed, unchanged', () => {
  for (const type of ['string', 'bool', 'long', 'number', 'date', 'object'] as const) {
    const def = attribute(type);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (given) => {
        const first = assignValue(def, given as Json);
        if (first.kind !== 'value' || first.value === null) return;
        const again = type === 'object' ? (JSON.parse(first.value as string) as Json) : (first.value as Json);
        assert.deepEqual(assignValue(def, again), first);
      }),
      { numRuns: 200 },
    );
  }
});

test('keys as text: only what an entity of that key can have', () => {
  const key = (type: StorageType, text: string): Value | undefined => keyValue(attribute(type), text);
  assert.equal(key('long', '22'), 22);
  assert.equal(key('long', '022'), 22);
  assert.equal(key('long', '-404'), -404);
  assert.equal(key('long', '22.0'), 22);
  assert.equal(key('long', '22.7'), undefined);
  assert.equal(key('long', '2147483648'), undefined);
  assert.equal(key('long', 'ccc'), undefined);
  assert.equal(key('long', ' 22'), undefined);
  assert.equal(key('long', '1e1'), undefined);
  assert.equal(key('long64', '9007199254740993'), 9007199254740993n);
  assert.equal(key('number', '22.5'), 22.5);
  assert.equal(key('number', '1e-7'), 1e-7);
  assert.equal(key('number', '1e+21'), 1e21);
  assert.equal(key('number', '1e999'), undefined);
  assert.equal(key('long', '1.0e1'), undefined);
  assert.equal(key('uuid', '0f3c2a9e-1111-2222-3333-444455556666'), '0F3C2A9E111122223333444455556666');
  assert.equal(key('uuid', 'x'), undefined);
  assert.equal(key('string', 'IT09'), 'IT09');
  assert.equal(key('string', ''), '');
  assert.equal(keyValue(attribute('date', true), '2002-01-04'), '2002-01-04');
});
