// Texts of clients that are as long as a body may be, or as a URL may be and asked for hundreds of times: what reads them
// takes a time that grows with their length, not with its square.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, Script } from 'node:vm';
import { assignValue } from '../../../src/model/attribute-types.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { StorageDef } from '../../../src/model/model.ts';
import { toValue } from '../../../src/query/convert.ts';
import { keyPart } from '../../../src/query/print-key.ts';
import { attributeTest } from '../../../src/query/value-tests.ts';
import { limits } from './sample-model.ts';

const length = 400_000;
const model = buildModel({
  dataClasses: {
    Sample: {
      attributes: {
        ID: { type: 'long', primKey: true },
        amount: { type: 'number' },
        count: { type: 'long64' },
        text: { type: 'text' },
      },
    },
  },
});
const attribute = (name: string): StorageDef => model.dataClasses.get('Sample')?.attributes.get(name) as StorageDef;

/** Squares of these lengths are minutes. */
function inTime<T>(read: () => T): T {
  const context = createContext({ read, result: undefined });
  new Script('result = read()').runInContext(context, { timeout: 20_000 });
  return context['result'] as T;
}

for (const name of ['ID', 'amount', 'count'])
  test(`digits that are no number, for the attribute ${name}`, () => {
    const text = `${'1'.repeat(length)}x`;
    assert.equal(inTime(() => assignValue(attribute(name), text)).kind, 'wrongType');
  });

test('digits that are no number, in a filter', () => {
  const text = `${'0'.repeat(length)}x`;
  assert.equal(
    inTime(() => toValue(attribute('amount'), { bare: false, value: text })),
    0,
  );
});

test('backslashes in a key', () => {
  const slashes = '\\'.repeat(length);
  assert.equal(
    inTime(() => keyPart(`${slashes} x`)),
    `"${slashes} x"`,
  );
  assert.equal(
    inTime(() => keyPart(`${slashes}" ${slashes}`)),
    `"${slashes}${slashes}"" ${slashes}${slashes}"`,
  );
});

test('wildcards between words', () => {
  const text = `${'@'.repeat(length)}x@@`;
  const { kind, ...asked } = inTime(() =>
    attributeTest(attribute('text'), 'word', { kind: 'scalar', given: { bare: false, value: text } }, limits),
  ) as { kind: string; text: string; prefix: boolean };
  assert.equal(kind, 'words');
  assert.deepEqual([asked.text.length, asked.prefix], [length + 1, true]);
});
