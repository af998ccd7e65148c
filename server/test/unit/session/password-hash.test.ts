// Hashes of passwords: what is made is verified, what is another's or wrong is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generatePasswordHash, usualKind, verifyPasswordHash } from '../../../src/session/password-hash.ts';

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
    assert.equal(`$${usualKind()}$`, /^\$\w+\$/.exec(hash)?.[0]);
  }
});

test('what is no hash is said to be none, and too long passwords are not hashed', async () => {
  for (const text of ['', 'secret', '$2b$10$abcdefghijklmnopqrstuv', '$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAA'])
    await assert.rejects(verifyPasswordHash('secret', text), /no Argon2id or scrypt hash/);
  await assert.rejects(generatePasswordHash('x'.repeat(1025)), RangeError);
  assert.equal(await verifyPasswordHash('x'.repeat(1025), await generatePasswordHash('x')), false);
});
