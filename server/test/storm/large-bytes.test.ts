// A large BLOB passes through the server in parts, on both engines: neither the upload nor the download holds it in memory.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { request } from 'undici';
import { ServerProcess } from '../crash/server-process.ts';
import { dropDatabase, newDatabase } from '../postgres.ts';

const long = process.env['KEYSTAMP_LONG'] === '1';
const MiB = 1024 * 1024;
const mebibytes = long ? 120 : 12;
const size = mebibytes * MiB + 777;
/**
 * MiB. What the garbage collector has not looked at yet, and the pages that SQLite keeps, whatever the size; a few of them
 * tell nothing.
 */
const allowed = { SQLite: 128, PostgreSQL: 96 } as const;

/** The bytes, never all at once. */
function* pieces(): Generator<Buffer> {
  for (let i = 0; i < mebibytes; i++) yield createHash('shake256', { outputLength: MiB }).update(String(i)).digest();
  yield Buffer.alloc(777, 7);
}

const whole = (() => {
  const sha = createHash('sha256');
  for (const piece of pieces()) sha.update(piece);
  return sha.digest('hex');
})();

/** MiB of a process that are its own; files that it has mapped are not. */
const memory = (pid: number): number =>
  Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;

/** The most memory of a process during some work. */
async function peak(pid: number, work: () => Promise<void>): Promise<number> {
  let most = memory(pid);
  const looking = setInterval(() => (most = Math.max(most, memory(pid))), 5);
  try {
    await work();
  } finally {
    clearInterval(looking);
  }
  return most;
}

for (const engine of ['SQLite', 'PostgreSQL'] as const)
  test(`${engine}: ${mebibytes} MiB up and down`, { skip: process.platform !== 'linux' }, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'keystamp-large-'));
    const database = engine === 'PostgreSQL' ? await newDatabase() : undefined;
    const server = new ServerProcess(data, database === undefined ? {} : { KEYSTAMP_DATABASE: database });
    after(async () => {
      await server.kill();
      rmSync(data, { recursive: true });
      if (database !== undefined) await dropDatabase(database);
    });
    const url = await server.ready();
    const file = `${url}/rest/Note(big)/file?$binary=true&$expand=file`;
    const made = await request(`${url}/rest/Note?$method=update`, { method: 'POST', body: '{"code":"big"}' });
    assert.equal(made.statusCode, 200);
    await made.body.dump();
    const before = memory(server.pid);
    const up = await peak(server.pid, async () => {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
      const sent = await request(file, { method: 'POST', headers, body: Readable.from(pieces()) });
      assert.equal(sent.statusCode, 200, await sent.body.text());
    });
    const down = await peak(server.pid, async () => {
      const got = await request(file);
      assert.equal(got.headers['content-length'], String(size));
      const sha = createHash('sha256');
      for await (const piece of got.body) sha.update(piece as Buffer);
      assert.equal(sha.digest('hex'), whole);
    });
    const of = (most: number): string => `${(most - before).toFixed(0)} MiB`;
    t.diagnostic(`${before.toFixed(0)} MiB at rest; the upload took ${of(up)} more, the download ${of(down)}`);
    if (long) assert.ok(up - before < allowed[engine], `the upload took ${of(up)}`);
    if (long) assert.ok(down - before < allowed[engine], `the download took ${of(down)}`);

    // A range that begins in one stored part and ends in another.
    const [from, to] = [5 * MiB - 10, 7 * MiB + 9];
    const range = await request(file, { headers: { range: `bytes=${from}-${to}` } });
    assert.equal(range.statusCode, 206);
    assert.equal(range.headers['content-range'], `bytes ${from}-${to}/${size}`);
    const expected = Buffer.concat([...pieces()].slice(4, 8)).subarray(from - 4 * MiB, to + 1 - 4 * MiB);
    assert.ok(expected.equals(Buffer.from(await range.body.arrayBuffer())));
    const head = await request(file, { method: 'HEAD' });
    assert.equal(head.headers['content-length'], String(size));
    await head.body.dump();

    // The answer of a read that is under way when the bytes are replaced is cut off, never filled with others.
    const torn = await request(file);
    const small = await request(file, { method: 'POST', body: randomBytes(10), headers: { 'content-type': 'application/octet-stream' } }); // oxfmt-ignore
    assert.equal(small.statusCode, 200, await small.body.text());
    await assert.rejects(async () => {
      for await (const piece of torn.body) assert.ok(piece);
    });
    const now = await request(file);
    assert.equal((await now.body.arrayBuffer()).byteLength, 10);
  });
