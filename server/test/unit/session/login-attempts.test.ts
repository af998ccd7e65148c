// Failed logins: so many a minute from one address, and no more at one time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { LoginAttempts } from '../../../src/session/login-attempts.ts';

const refused = (seconds: number) => (error: unknown) =>
  error instanceof KeystampError && error.status === 429 && error.headers['Retry-After'] === String(seconds);
const fails = async (): Promise<boolean> => false;
const succeeds = async (): Promise<boolean> => true;

test('the window moves on with each failure', async () => {
  let now = 0;
  const attempts = new LoginAttempts(2, () => now);
  await attempts.attempt('1.2.3.4', fails);
  now = 40_000;
  for (let i = 0; i < 5; i++) assert.equal(await attempts.attempt('1.2.3.4', succeeds), true);
  await assert.rejects(
    attempts.attempt('1.2.3.4', () => Promise.reject(new Error('down'))),
    /down/,
  );
  await assert.rejects(attempts.attempt('1.2.3.4', succeeds), refused(20));
  assert.equal(await attempts.attempt('1.2.3.5', succeeds), true, 'another address');
  now = 60_000;
  assert.equal(await attempts.attempt('1.2.3.4', fails), false);
  await assert.rejects(attempts.attempt('1.2.3.4', succeeds), refused(40));
});

test('no more are tried at one time than may fail', async () => {
  const attempts = new LoginAttempts(2, () => 0);
  const waiting = Promise.withResolvers<boolean>();
  const tried = [1, 2].map(() => attempts.attempt('::1', () => waiting.promise));
  await assert.rejects(attempts.attempt('::1', succeeds), refused(1));
  waiting.resolve(true);
  assert.deepEqual(await Promise.all(tried), [true, true]);
  assert.equal(await attempts.attempt('::1', succeeds), true);
});

test('a network of IPv6 counts as one address, an IPv4 address in it as itself', async () => {
  const attempts = new LoginAttempts(1, () => 0);
  await attempts.attempt('2001:db8:1:2:aaaa::1', fails);
  await assert.rejects(attempts.attempt('2001:db8:1:2:bbbb:1:2:3', succeeds), refused(60));
  assert.equal(await attempts.attempt('2001:db8:1:3::1', succeeds), true);
  await attempts.attempt('::ffff:10.0.0.1', fails);
  await assert.rejects(attempts.attempt('10.0.0.1', succeeds), refused(60));
  assert.equal(await attempts.attempt('::ffff:10.0.0.2', succeeds), true);
});
