import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { Spool } from '../../../src/request/spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'keystamp-spool-'));
after(() => rmSync(folder, { recursive: true }));
const limits = { limit: 1000, idleMs: 5000 };

test('a body becomes a file with its size and SHA-256, and goes when it is discarded', async () => {
  const spool = new Spool(folder);
  const chunks = [Buffer.from('abc'), Buffer.alloc(500, 7), Buffer.from('z')];
  const spooled = await spool.receive(Readable.from(chunks), limits, {});
  const whole = Buffer.concat(chunks);
  assert.equal(spooled.size, whole.length);
  assert.deepEqual(spooled.hash, createHash('sha256').update(whole).digest());
  assert.deepEqual(readFileSync(spooled.path), whole);
  spooled.discard();
  assert.equal(existsSync(spooled.path), false);
  spool.close();
});

test('what is refused leaves no file', async () => {
  const spool = new Spool(folder);
  const refused = (status: number) => (error: unknown) => error instanceof KeystampError && error.status === status;
  await assert.rejects(spool.receive(Readable.from([Buffer.alloc(1001)]), limits, {}), refused(413));
  await assert.rejects(spool.receive(Readable.from([]), limits, { 'content-length': '1001' }), refused(413));
  const idle = new Readable({ read() {} });
  await assert.rejects(spool.receive(idle, { limit: 10, idleMs: 20 }, {}), refused(408));
  const [own = ''] = readdirSync(folder);
  assert.deepEqual(readdirSync(join(folder, own)), []);
  spool.close();
  assert.deepEqual(readdirSync(folder), []);
});

test('a new spool clears what dead processes left, not what living ones hold', () => {
  // The largest process number of Linux is far below.
  const dead = join(folder, '999999999');
  const living = join(folder, String(process.ppid));
  for (const path of [dead, living]) {
    mkdirSync(path);
    writeFileSync(join(path, 'half'), 'x');
  }
  const spool = new Spool(folder);
  assert.equal(existsSync(dead), false);
  assert.equal(existsSync(join(living, 'half')), true);
  spool.close();
});

test('a process clears what a dead one left under its own number, and two of its spools stay out of the way of each other', async () => {
  // In a container a server has the number of the one before it.
  const former = join(folder, `${process.pid}-before`);
  mkdirSync(former);
  const one = new Spool(folder);
  assert.equal(existsSync(former), false);
  const spooled = await one.receive(Readable.from([Buffer.from('abc')]), limits, {});
  const two = new Spool(folder);
  two.close();
  assert.equal(readFileSync(spooled.path, 'utf8'), 'abc');
  one.close();
});
