// Patterns against texts, those that would never end among them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from '../../../src/model/match-pattern.ts';

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

test('the whole text matches, by whichever way it is looked at', () => {
  assert.equal(matchesPattern(whole('[a-z]+\\d*'), 'abc12'), true);
  assert.equal(matchesPattern(whole('[a-z]+\\d*'), 'abc 12'), false);
  assert.equal(matchesPattern(whole('([a-z]+-)*x'), 'ab-cd-x'), true);
  assert.equal(matchesPattern(whole('([a-z]+-)*x'), 'ab-cd-y'), false);
  assert.equal(matchesPattern(whole('.*a.*b.*'), `${'x'.repeat(500)}a${'x'.repeat(500)}b`), true);
});

test('a process that was given no time decides nothing', () => {
  let stalls = 1;
  const text = {
    length: 7,
    toString() {
      if (stalls-- > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      return 'ab-cd-x';
    },
  };
  assert.equal(matchesPattern(whole('([a-z]+-)*x'), text as unknown as string), true);
});

test('a text that the pattern never finishes with does not match', () => {
  const begun = performance.now();
  assert.equal(matchesPattern(whole('(a+)+'), `${'a'.repeat(60)}b`), false);
  assert.equal(matchesPattern(whole('(a|a)*'), `${'a'.repeat(60)}b`), false);
  assert.equal(matchesPattern(whole('(a|a){28}'), `${'a'.repeat(28)}b`), false);
  assert.equal(matchesPattern(whole('a*a*a*a*a*a*'), `${'a'.repeat(5000)}b`), false);
  assert.ok(performance.now() - begun < 20_000);
});
