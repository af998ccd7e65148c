// Failed logins: so many a minute from one address, and no more at one time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { LoginAttempts } from '../../../src/session/login-attempts.ts';
import { minute, second, TestDatabase, type Process } from './open-database.ts';

const refused = (seconds: number) => (error: unknown) =>
  error instanceof KeystampError && error.status === 429 && error.headers['Retry-After'] === String(seconds);
const fails = async (): Promise<boolean> => false;
const succeeds = async (): Promise<boolean> => true;

const database = new TestDatabase();
let one: Process;
let two: Process;

before(async () => {
  one = await database.start();
  two = await database.start();
});
after(() => database.close());

/** Those of a process; the tests use addresses of their own. */
const attemptsOf = ({ engine }: Process, most: number): LoginAttempts =>
  new LoginAttempts(engine, most, () => database.now);

test('the window moves on with each failure', async () => {
  const begun = database.now;
  const attempts = attemptsOf(one, 2);
  await attempts.attempt('1.2.3.4', fails);
  database.now = begun + 40 * second;
  for (let i = 0; i < 5; i++) assert.equal(await attempts.attempt('1.2.3.4', succeeds), true);
  await assert.rejects(
    attempts.attempt('1.2.3.4', () => Promise.reject(new Error('down'))),
    /down/,
  );
  await assert.rejects(attempts.attempt('1.2.3.4', succeeds), refused(20));
  assert.equal(await attempts.attempt('1.2.3.5', succeeds), true, 'another address');
  database.now = begun + minute;
  assert.equal(await attempts.attempt('1.2.3.4', fails), false);
  await assert.rejects(attempts.attempt('1.2.3.4', succeeds), refused(40));
});

test('no more are tried at one time than may fail', async () => {
  const attempts = attemptsOf(one, 2);
  const waiting = Promise.withResolvers<boolean>();
  let begun = 0;
  const both = Promise.withResolvers<void>();
  const tried = [1, 2].map(() =>
    attempts.attempt('::1', () => {
      if (++begun === 2) both.resolve();
      return waiting.promise;
    }),
  );
  await both.promise;
  await assert.rejects(attempts.attempt('::1', succeeds), refused(1));
  waiting.resolve(true);
  assert.deepEqual(await Promise.all(tried), [true, true]);
  assert.equal(await attempts.attempt('::1', succeeds), true);
});

test('a network of IPv6 counts as one address, an IPv4 address in it as itself', async () => {
  const attempts = attemptsOf(one, 1);
  await attempts.attempt('2001:db8:1:2:aaaa::1', fails);
  await assert.rejects(attempts.attempt('2001:db8:1:2:bbbb:1:2:3', succeeds), refused(60));
  assert.equal(await attempts.attempt('2001:db8:1:3::1', succeeds), true);
  await attempts.attempt('::ffff:10.0.0.1', fails);
  await assert.rejects(attempts.attempt('10.0.0.1', succeeds), refused(60));
  assert.equal(await attempts.attempt('::ffff:10.0.0.2', succeeds), true);
});

test('all processes count together, what is under way as well', async () => {
  const [here, there] = [attemptsOf(one, 3), attemptsOf(two, 3)];
  await here.attempt('9.9.9.9', fails);
  await there.attempt('9.9.9.9', fails);
  const waiting = Promise.withResolvers<boolean>();
  const begun = Promise.withResolvers<void>();
  const third = here.attempt('9.9.9.9', () => {
    begun.resolve();
    return waiting.promise;
  });
  await begun.promise;
  await assert.rejects(there.attempt('9.9.9.9', succeeds), refused(1));
  waiting.resolve(false);
  await third;
  await assert.rejects(there.attempt('9.9.9.9', succeeds), refused(60));
  database.now += minute;
  assert.equal(await there.attempt('9.9.9.9', succeeds), true);
});

test('an attempt that its process did not live to see the end of counts for a minute', async () => {
  await new Promise<void>((begun) => {
    void attemptsOf(one, 1).attempt('8.8.8.8', () => {
      begun();
      return new Promise<boolean>(() => undefined);
    });
  });
  await assert.rejects(attemptsOf(two, 1).attempt('8.8.8.8', succeeds), refused(1));
  database.now += minute;
  assert.equal(await attemptsOf(two, 1).attempt('8.8.8.8', succeeds), true);
});
