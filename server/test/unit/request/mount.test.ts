// Which mount a URL came in on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { mountOf } from '../../../src/request/parse.ts';

const mounts = ['/rest', '/mobileapp', '/rest/v2'];

test('the longest mount the URL is under', () => {
  assert.equal(mountOf('/rest/Employee', mounts), '/rest');
  assert.equal(mountOf('/mobileapp?x', mounts), '/mobileapp');
  assert.equal(mountOf('/mobileapp&x', mounts), '/mobileapp');
  assert.equal(mountOf('/rest', mounts), '/rest');
  assert.equal(mountOf('/rest/v2/Employee', mounts), '/rest/v2');
  assert.equal(mountOf('/rest/v22', mounts), '/rest');
});

test('a URL outside all of them', () => {
  for (const url of ['/restful', '/', '', '/x/rest', '/Rest/Employee'])
    assert.throws(
      () => mountOf(url, mounts),
      (error) => error instanceof KeystampError && error.status === 404,
    );
});
