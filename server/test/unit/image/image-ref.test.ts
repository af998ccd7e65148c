import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cachingCase, parseVersion } from '../../../src/image/image-ref.ts';

test('a version is a plain decimal number, given once (spec 10 § 2.10)', () => {
  assert.deepEqual(parseVersion(undefined, 0), { kind: 'absent' });
  for (const text of ['0', '3', '10', '9999999999999999'])
    assert.deepEqual(parseVersion(text, 1), { kind: 'number', value: Number(text) });
  for (const text of ['', 'abc', '-1', '03', '3.0', '+3', '1e3', ' 3', '3\n', '٣', '12345678901234567'])
    assert.deepEqual(parseVersion(text, 1), { kind: 'garbage' }, text);
  assert.deepEqual(parseVersion('3', 2), { kind: 'garbage' });
});

test('every printed version is read back', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (version) => {
      const asked = parseVersion(String(version), 1);
      assert.equal(cachingCase(asked, version, version), 'C');
    }),
  );
});

test('the caching row follows from the numbers (spec 10 § 9, DECISIONS P5)', () => {
  const row = (text: string | undefined) => cachingCase(parseVersion(text, text === undefined ? 0 : 1), 5, 7);
  assert.equal(row(undefined), 'A');
  assert.equal(row('x'), 'G');
  assert.equal(row('0') + row('4'), 'OO');
  assert.equal(row('5'), 'C');
  assert.equal(row('6') + row('7'), 'AA');
  assert.equal(row('8') + row('9999999999999999'), 'NN');
});
