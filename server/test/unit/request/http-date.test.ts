import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpDate } from '../../../src/request/http-date.ts';

const eight = Date.UTC(2025, 5, 1, 8) / 1000;

test('the three forms of HTTP, none of which is in the time of this machine', () => {
  assert.equal(parseHttpDate('Sun, 01 Jun 2025 08:00:00 GMT'), eight);
  assert.equal(parseHttpDate(' Sun, 01 Jun 2025 08:00:00 GMT '), eight);
  assert.equal(parseHttpDate('Sunday, 01-Jun-25 08:00:00 GMT'), eight);
  assert.equal(parseHttpDate('Sun Jun  1 08:00:00 2025'), eight);
  assert.equal(parseHttpDate('Thu, 01 Jan 1970 00:00:00 GMT'), 0);
  assert.equal(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT'), Date.UTC(1994, 10, 6, 8, 49, 37) / 1000);
});

test('anything else is no date', () => {
  for (const text of [
    '',
    '0',
    '2025-06-01T08:00:00Z',
    'Sun, 1 Jun 2025 08:00:00 GMT',
    'Sun, 01 Jun 2025 08:00:00 +0200',
    'Sun, 01 Jun 2025 08:00:00',
    'Sun, 31 Feb 2025 08:00:00 GMT',
    'Sun, 01 Jux 2025 08:00:00 GMT',
    'Sun, 01 Jun 2025 25:00:00 GMT',
  ])
    assert.equal(parseHttpDate(text), undefined, text);
});
