// Hashes of passwords: what is made is verified, what is another's or wrong is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expectUsual,
  generatePasswordHash,
  usualHash,
  verifyPasswordHash,
} from '../../../src/session/password-hash.ts';
import { rememberUsualHash } from '../../../src/session/usual-hash.ts';
import { TestDatabase } from './open-database.ts';

test('a hash is that of its password alone, and another one each time', async () => {
  const [first, second] = [await generatePasswordHash('sécret'), await generatePasswordHash('sécret')];
  assert.notEqual(first, second);
  for (const hash of [first, second]) {
    assert.equal(await verifyPasswordHash('sécret', hash), true);
    // The same letters written in another way.
    assert.equal(await verifyPasswordHash('se\u0301cret', hash), true);
    for (const wrong of ['secret', 'Sécret', '', 'sécret ']) assert.equal(await verifyPasswordHash(wrong, hash), false);
  }
});

test('hashes of both kinds are read, with other costs than those of today', async () => {
  const argon2 = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$';
  const scrypt = '$scrypt$ln=4,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$tRLzw8Z7aDjv6nXXg/DyMg+8Gut1P9TnqajTcpzrqmM';
  assert.equal(await verifyPasswordHash('password', scrypt), true);
  assert.equal(await verifyPasswordHash('Password', scrypt), false);
  assert.equal(await verifyPasswordHash('password', `${argon2}${'A'.repeat(43)}`), false);
});

test('without a hash the answer is no', async () => {
  for (const hash of [undefined, null]) assert.equal(await verifyPasswordHash('', hash), false);
});

test('a stranger waits for a hash like those of the users', async () => {
  const scrypt = '$scrypt$ln=4,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$tRLzw8Z7aDjv6nXXg/DyMg+8Gut1P9TnqajTcpzrqmM';
  for (const hash of [scrypt, await generatePasswordHash('x'), scrypt]) {
    await verifyPasswordHash('x', hash);
    assert.equal(await verifyPasswordHash('x', undefined), false);
    assert.ok(hash.startsWith(`$${usualHash()}$`), usualHash());
  }
});

test('… also one that comes first after a restart', async () => {
  const scrypt = '$scrypt$ln=4,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$tRLzw8Z7aDjv6nXXg/DyMg+8Gut1P9TnqajTcpzrqmM';
  const database = new TestDatabase();
  const failed: unknown[] = [];
  const start = async () => {
    const { engine } = await database.start();
    return { engine, stop: await rememberUsualHash(engine, (cause) => failed.push(cause)) };
  };
  try {
    const first = await start();
    await verifyPasswordHash('x', await generatePasswordHash('x'));
    await verifyPasswordHash('x', scrypt);
    // Behind what the login has begun to write.
    await first.engine.write(async () => undefined);
    first.stop();
    // The process of before knew nothing else than what a new one expects.
    await verifyPasswordHash('x', await generatePasswordHash('x'));
    const second = await start();
    assert.equal(usualHash(), 'scrypt$ln=4,r=8,p=1');
    second.stop();
    expectUsual('md5$1');
    assert.equal(usualHash(), 'scrypt$ln=4,r=8,p=1');
    assert.deepEqual(failed, []);
  } finally {
    await database.close();
  }
});

test('what is no hash is said to be none, and too long passwords are not hashed', async () => {
  for (const text of ['', 'secret', '$2b$10$abcdefghijklmnopqrstuv', '$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAA'])
    await assert.rejects(verifyPasswordHash('secret', text), /no Argon2id or scrypt hash/);
  await assert.rejects(generatePasswordHash('x'.repeat(1025)), RangeError);
  assert.equal(await verifyPasswordHash('x'.repeat(1025), await generatePasswordHash('x')), false);
});
