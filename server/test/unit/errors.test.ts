// Errors on their way outward: what was told inside is told outside too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError, printErrors } from '../../src/errors.ts';

test('an error keeps what an author threw, whatever is said around it', () => {
  const thrown = [{ message: 'too dear', componentSignature: 'host', errCode: 42 }];
  const error = new KeystampError(400, [], { thrown, headers: { 'Retry-After': '1' } });
  const outer = error.within(1534, 'Item').as(500).with({ Allow: 'POST' });
  assert.deepEqual(
    printErrors(outer, '4d').map(({ errCode }) => errCode),
    [1534, 42],
  );
  assert.equal(outer.status, 500);
  assert.deepEqual(outer.headers, { 'Retry-After': '1', Allow: 'POST' });
});
