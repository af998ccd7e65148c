// What SQLite itself writes of numbers and days is what JavaScript would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { buildModel } from '../../../src/model/load.ts';
import type { StorageDef } from '../../../src/model/model.ts';
import { raw } from '../../../src/store/sql/sql.ts';
import { registerFunctions } from '../../../src/store/sqlite/functions.ts';
import { sqliteJson } from '../../../src/store/sqlite/json.ts';

const model = buildModel({
  dataClasses: {
    Thing: {
      attributes: {
        ID: { type: 'long', primKey: true },
        real: { type: 'number' },
        day: { type: 'date', simpleDate: true },
      },
    },
  },
});
const attribute = (name: string): StorageDef =>
  model.dataClasses.get('Thing')?.storage.find((each) => each.name === name) as StorageDef;

const database = new Database(':memory:');
registerFunctions(database);

/** Prints values the way an answer holds them. */
function printer(name: string): (value: number | string | null) => string {
  const { text } = sqliteJson.value(attribute(name), raw('x'));
  const statement = database.prepare(`SELECT concat(${text}) FROM (SELECT ? AS x)`).pluck();
  return (value) => statement.get(value) as string;
}

test('numbers, also those of few digits, which SQLite prints without a call', () => {
  const print = printer('real');
  const decimals = fc.tuple(fc.integer(), fc.integer({ min: -25, max: 25 })).map(([n, e]) => Number(`${n}e${e}`));
  const digits = fc.tuple(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.integer({ min: 1, max: 17 }));
  const some = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    decimals,
    digits.map(([number, count]) => Number(number.toPrecision(count))),
    fc.constantFrom(0.1 + 0.2, 0.001, 0.0001, 1e14, 1e14 + 0.5, 99999999999999.9, 1e21, 1e-7, 5e-324, 1 / 3, 2 ** 53),
  );
  fc.assert(
    fc.property(some, (number) => assert.equal(print(number), JSON.stringify(number + 0))),
    { numRuns: 3000 },
  );
  assert.equal(print(null), 'null');
});

test('days without zeros in front, years with them', () => {
  const print = printer('day');
  const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const [year, month, day] = date.toISOString().slice(0, 10).split('-');
      assert.equal(print(`${year}-${month}-${day}`), `"${Number(day)}!${Number(month)}!${year}"`);
    }),
    { numRuns: 300 },
  );
  assert.equal(print(null), 'null');
});
