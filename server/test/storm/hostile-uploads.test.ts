// Uploads that want to break something, one after the other: the server lives, the entity stays as it is, a converter
// that is lost is replaced, and nothing is left behind.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildModel } from '../../src/model/load.ts';
import { makePicture } from '../caching/pictures.ts';
import { checkData } from '../crash/check-data.ts';
import definition from '../crash/model.ts';
import { encode, gifBomb, heic, opaque, pngBomb, svg } from '../unit/image/sample-pictures.ts';
import { noisyPicture, note, StormServer, until, type Reply } from './storm-server.ts';

const maxImageBytes = 256 * 1024;
let server: StormServer;
let untouched: Awaited<ReturnType<StormServer['entity']>>;

before(async () => {
  server = await StormServer.start(await noisyPicture(80, 60), {
    KEYSTAMP_CONVERTERS: '1',
    KEYSTAMP_MAX_IMAGE: String(maxImageBytes),
    KEYSTAMP_MAX_PIXELS: String(4_000_000),
    KEYSTAMP_CONVERSION_TIMEOUT: '10',
  });
});
after(() => server?.end());
beforeEach(async () => {
  untouched = await server.entity();
});

/** Direct and by upload: the same refusal, and the entity as it was. */
async function assertRefused(bytes: Buffer, status: number, code: number, what: string): Promise<void> {
  for (const path of [
    `${note}/photo?$rawPict=image/png`,
    `${note}/photo?$rawPict=true`,
    '/rest/$upload?$rawPict=true',
  ]) {
    const answer = await server.send('POST', path, bytes);
    assert.equal(answer.status, status, `${what} to ${path}: ${answer.bytes.toString('latin1', 0, 300)}`);
    const { __ERROR } = JSON.parse(answer.bytes.toString()) as { __ERROR: { errCode: number }[] };
    assert.equal(__ERROR[0]?.errCode, code, what);
  }
}

async function assertUntouched(): Promise<void> {
  const now = await server.entity();
  assert.equal(now.json, untouched.json);
  assert.ok(now.photo.equals(untouched.photo));
  assert.ok(server.process.alive);
  assert.deepEqual(await server.logged('failed'), []);
  assert.deepEqual(await checkData(server.data, buildModel(definition)), []);
}

/** A good picture is taken, and converted; on a machine without a free core at the next try, as 503 says. */
async function assertWorks(number: number): Promise<void> {
  const { bytes } = await makePicture(number);
  assert.equal((await untilNotBusy(() => server.send('POST', `${note}/photo?$rawPict=true`, bytes))).status, 200);
  assert.ok((await server.entity()).photo.equals(bytes));
  assert.equal((await untilNotBusy(() => server.get(`${note}/photo?$imageformat=tiff`))).status, 200);
}

async function untilNotBusy(ask: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.status !== 503 || tries === 20) return answer;
    await sleep(1000 * Number(answer.headers['retry-after']));
  }
}

/** The process id of the one converter. */
const converter = async (): Promise<number> => Number((await server.logged('converterStarted')).at(-1)?.['pid']);

test('what is no picture, or half of one, is refused with 1824', async () => {
  const whole = await encode(opaque(), 'jpeg');
  const html = Buffer.from('<!doctype html><script>alert(1)</script>');
  const hostile = { empty: Buffer.alloc(0), zeros: Buffer.alloc(5000), html, heic, 'half an svg': svg.subarray(0, -6) };
  for (const [what, bytes] of Object.entries(hostile)) await assertRefused(bytes, 400, 1824, what);
  for (const part of [0.2, 0.5, 0.95])
    await assertRefused(whole.subarray(0, whole.length * part), 400, 1824, `${part}`);
  for (const at of [2, 20, 60])
    await assertRefused(Buffer.concat([whole.subarray(0, at), Buffer.alloc(999, 7)]), 400, 1824, `bent at ${at}`);
  await assertUntouched();
  assert.deepEqual(await server.logged('converterLost'), []);
});

test('too many pixels and too many bytes are refused with 413', async () => {
  await assertRefused(pngBomb(10_000), 413, 413, 'a PNG bomb');
  await assertRefused(gifBomb(1000, 1000), 413, 413, 'a GIF bomb');
  // The server may close before all is sent; the answer comes all the same.
  await assertRefused(Buffer.alloc(maxImageBytes + 1, 1), 413, 413, 'a byte too many');
  await assertUntouched();
});

test('an upload that breaks off leaves nothing', async () => {
  const { bytes } = await makePicture(900, 64);
  const { port, hostname } = new URL(server.url);
  const answered = (): number => server.process.log.filter(({ msg }) => msg === 'answered').length;
  const before = (await server.logged('answered')).length;
  for (const path of [`${note}/photo?$rawPict=true`, '/rest/$upload?$rawPict=true'])
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes.length}\r\n\r\n`);
        socket.write(bytes.subarray(0, bytes.length / 2), () => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
  await until('the end of the broken uploads', () => answered() >= before + 2);
  await assertUntouched();
});

test('a converter that hangs is ended at its time limit and replaced', async () => {
  await assertWorks(901);
  untouched = await server.entity();
  const pid = await converter();
  process.kill(pid, 'SIGSTOP');
  const { bytes } = await makePicture(902);
  const answer = await server.send('POST', `${note}/photo?$rawPict=true`, bytes);
  // A busy machine can be the cause, so another try may work.
  assert.equal(answer.status, 503);
  const lost = (await server.logged('converterLost')).at(-1);
  assert.deepEqual([lost?.['pid'], lost?.['timedOut']], [pid, true]);
  await assertUntouched();
  await assertWorks(903);
  assert.notEqual(await converter(), pid);
});

test('a converter that dies over a picture is replaced, many times in a row', async () => {
  for (let time = 0; time < 5; time++) {
    await assertWorks(910 + time);
    untouched = await server.entity();
    const pid = await converter();
    process.kill(pid, 'SIGSTOP');
    const { bytes } = await makePicture(920 + time);
    const answer = server.send('POST', `${note}/photo?$rawPict=true`, bytes);
    // The server is at work on it and reads go on; then its converter dies, as a decoder does over bad bytes.
    for (let reads = 0; reads < 20; reads++) assert.equal((await server.get(note)).status, 200);
    process.kill(pid, 'SIGSEGV');
    process.kill(pid, 'SIGCONT');
    assert.equal((await answer).status, 400);
    assert.equal((await server.logged('converterLost')).at(-1)?.['pid'], pid);
    await assertUntouched();
  }
  await assertWorks(930);
});
