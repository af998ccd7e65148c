import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import sharp from 'sharp';
import { readConfig } from '../../../src/config.ts';
import { KeystampError } from '../../../src/errors.ts';
import { bodyLimits, parseJsonBody, readBytes } from '../../../src/request/body.ts';
import { imagePart, isMultipart, onlyFile } from '../../../src/request/multipart.ts';
import { refused } from './ask.ts';

const form = 'application/x-www-form-urlencoded; charset=UTF-8';

test('bytes arrive whole, however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (pieces) => {
      const buffers = pieces.map((piece) => Buffer.from(piece));
      const all = Buffer.concat(buffers);
      assert.deepEqual(await readBytes(Readable.from(buffers), { limit: all.length, idleMs: 1000 }), all);
    }),
    { numRuns: 50 },
  );
  assert.equal((await readBytes(Readable.from([]), { limit: 10, idleMs: 1000 })).length, 0);
});

test('a body over the limit is refused, from its length before it is read', async () => {
  const untouched = new PassThrough();
  await assert.rejects(readBytes(untouched, { limit: 10, idleMs: 1000 }, { 'content-length': '11' }), refused(413));
  assert.equal(untouched.listenerCount('data'), 0);
  await assert.rejects(
    readBytes(Readable.from([Buffer.alloc(6), Buffer.alloc(5)]), { limit: 10, idleMs: 1000 }),
    refused(413),
  );
  assert.equal(
    (await readBytes(Readable.from([Buffer.alloc(10)]), { limit: 10, idleMs: 1000 }, { 'content-length': '10' }))
      .length,
    10,
  );
});

test('encoded, idle and broken bodies', async () => {
  const none = Readable.from([]);
  await assert.rejects(readBytes(none, { limit: 10, idleMs: 1000 }, { 'content-encoding': 'gzip' }), refused(415));
  assert.equal(
    (await readBytes(Readable.from([]), { limit: 10, idleMs: 1000 }, { 'content-encoding': 'identity' })).length,
    0,
  );
  const idle = new PassThrough();
  idle.write('a');
  await assert.rejects(readBytes(idle, { limit: 10, idleMs: 20 }), refused(408));
  assert.equal(idle.destroyed, false);
  const broken = new PassThrough();
  const reading = readBytes(broken, { limit: 10, idleMs: 1000 });
  broken.destroy(new Error('connection reset'));
  await assert.rejects(reading, refused(400));
  await assert.rejects(readBytes(broken, { limit: 10, idleMs: 1000 }), refused(400));
});

test('a body that comes in drops is given up, one that is slow but goes on is not', async () => {
  /** A byte every 40 ms for 1.2 seconds. */
  async function* drops(): AsyncGenerator<Buffer> {
    for (let i = 0; i < 30; i++) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      yield Buffer.from('x');
    }
  }
  const read = (leastBytes?: number): Promise<Buffer> =>
    readBytes(Readable.from(drops()), { limit: 100, idleMs: 1000, ...(leastBytes !== undefined && { leastBytes }) });
  const givenUp = assert.rejects(read(1000), refused(408));
  for (const { length } of await Promise.all([undefined, 0, 2].map(read))) assert.equal(length, 30);
  await givenUp;
  const config = readConfig({ bodyIdleSeconds: 30, minBodyRate: 400 });
  assert.deepEqual(bodyLimits(7, config), { limit: 7, idleMs: 30_000, leastBytes: 12_000 });
});

test('over HTTP the answer to a body too large still arrives', async () => {
  const server = createServer((incoming, reply) => {
    readBytes(incoming, { limit: 1000, idleMs: 5000 }, incoming.headers).then(
      (bytes) => reply.end(String(bytes.length)),
      (error: unknown) => {
        assert.ok(error instanceof KeystampError);
        reply.writeHead(error.status, error.headers).end();
      },
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const send = (bytes: number, chunked: boolean): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = chunked
        ? { 'transfer-encoding': 'chunked' }
        : { 'content-length': `${bytes}` };
      const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end(Buffer.alloc(bytes));
    });
  try {
    assert.equal(await send(1000, true), 200);
    assert.equal(await send(1001, true), 413);
    assert.equal(await send(1001, false), 413);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('JSON whatever the type', () => {
  assert.deepEqual(parseJsonBody('{"a":[1]}', undefined), { a: [1] });
  assert.deepEqual(parseJsonBody('\ufeff[1]', 'text/plain'), [1]);
  assert.equal(parseJsonBody('"x"', 'application/json'), 'x');
  for (const bad of ['', '  \n', '{', "{'a':1}", 'a=1', '[1,]']) {
    assert.throws(() => parseJsonBody(bad, 'application/json'), refused(1806), bad);
  }
});

test('exactly five escapes are undone, in form-urlencoded bodies alone', () => {
  const text = '{"d":"23%215%212002","e":"%27%28%29%2A%20%22"}';
  assert.deepEqual(parseJsonBody(text, form), { d: '23!5!2002', e: "'()*%20%22" });
  assert.deepEqual(parseJsonBody(text, 'application/json'), JSON.parse(text));
  assert.equal(parseJsonBody('"%21"', form), '%21');
});

test('depth is limited, brackets in strings do not count', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  assert.ok(parseJsonBody(nested(64), undefined));
  assert.throws(() => parseJsonBody(nested(65), undefined), refused(1806));
  assert.throws(() => parseJsonBody('['.repeat(1_000_000), undefined), refused(1806));
  assert.throws(() => parseJsonBody('[[[1]]]', undefined, 2), refused(1806));
  assert.ok(parseJsonBody(JSON.stringify('\\"[{'.repeat(100)), undefined));
  const json = fc.json({ maxDepth: 8 }).filter((text) => !text.includes('__proto__'));
  fc.assert(
    fc.property(json, (text) => assert.deepEqual(parseJsonBody(text, 'application/json', 9), JSON.parse(text))),
  );
});

test('__proto__ leaves no trace, however it is spelled', () => {
  for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__']) {
    const body = parseJsonBody(`{"a":[{"${name}":{"admin":true},"b":1}]}`, undefined) as { a: [object] };
    assert.deepEqual(Object.keys(body.a[0]), ['b']);
    assert.equal((Object.assign({}, body.a[0]) as { admin?: boolean }).admin, undefined);
  }
});

const boundary = 'keystamp-test';
const multipartType = `multipart/form-data; boundary=${boundary}`;
const field = 'Content-Disposition: form-data; name="note"\r\n\r\nhello';

function multipart(...parts: (string | { headers: string; bytes: Buffer })[]): Buffer {
  const pieces = parts.flatMap((one) => [
    Buffer.from(`--${boundary}\r\n`),
    typeof one === 'string' ? Buffer.from(one) : Buffer.concat([Buffer.from(`${one.headers}\r\n\r\n`), one.bytes]),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

const file = (bytes: Buffer, type?: string, name = 'file') => ({
  headers: `Content-Disposition: form-data; name="f"; filename="${name}"${type ? `\r\nContent-Type: ${type}` : ''}`,
  bytes,
});

test('the first picture of a form', async () => {
  const png = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#246' } })
    .png({ compressionLevel: 0 })
    .toBuffer();
  assert.ok(png.length > 200_000);
  const pdf = file(Buffer.from('%PDF-1.7'), 'application/pdf');
  assert.deepEqual(await imagePart(multipart(field, pdf, file(png, 'image/PNG'), field), multipartType), {
    bytes: png,
    mimeType: 'image/png',
  });
  assert.deepEqual(await imagePart(multipart(file(png)), multipartType), { bytes: png, mimeType: 'image/jpeg' });
  await assert.rejects(imagePart(multipart(pdf), multipartType), refused(1824));
  await assert.rejects(imagePart(multipart(field), multipartType), refused(1824));
});

test('the only file of a form', async () => {
  const bytes = Buffer.from('a\r\n--b\r\n');
  const one = await onlyFile(
    multipart(field, file(bytes, 'text/csv'), file(Buffer.alloc(0), 'application/octet-stream', '')),
    multipartType,
  );
  assert.deepEqual(one, { bytes, mimeType: 'text/csv' });
  assert.equal((await onlyFile(multipart(file(Buffer.alloc(0), 'text/csv')), multipartType)).bytes.length, 0);
  await assert.rejects(onlyFile(multipart(file(bytes, 'a/b'), file(bytes, 'a/b')), multipartType), refused(1813));
  await assert.rejects(onlyFile(multipart(field), multipartType), refused(1806));
});

test('broken forms', async () => {
  const whole = multipart(file(Buffer.alloc(100), 'image/png'));
  for (const [body, type] of [
    [whole.subarray(0, whole.length - 40), multipartType],
    [whole.subarray(0, 30), multipartType],
    [Buffer.alloc(0), multipartType],
    [Buffer.from('no form at all'), multipartType],
    [whole, 'multipart/form-data'],
    [whole, 'image/png'],
  ] as const) {
    await assert.rejects(onlyFile(body, type), refused(1806), type);
  }
  assert.equal(isMultipart('Multipart/Form-Data; boundary=x'), true);
  assert.equal(isMultipart('multipart/form-datax'), false);
  assert.equal(isMultipart(undefined), false);
});

test('random bytes in a form never end in another error', async () => {
  const whole = multipart(field, file(Buffer.from('abc'), 'image/png'));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(20), async (at, noise, cut) => {
      const body = Buffer.concat([whole.subarray(0, at), Buffer.from(noise), whole.subarray(at + cut)]);
      await Promise.all(
        [imagePart, onlyFile].map((read) =>
          read(body, multipartType).catch((error: unknown) => assert.ok(error instanceof KeystampError, String(error))),
        ),
      );
    }),
    { numRuns: 300 },
  );
});

test('a body that is there already is taken whole, within the same limits', async () => {
  const arrived = (): Readable => {
    const body = new Readable({ read() {} });
    body.push('{"a":1}');
    return body;
  };
  // Nothing tells that it ends: its length does.
  assert.equal(
    (await readBytes(arrived(), { limit: 10, idleMs: 1000 }, { 'content-length': '7' })).toString(),
    '{"a":1}',
  );
  await assert.rejects(
    readBytes(arrived(), { limit: 6, idleMs: 1000 }, { 'content-length': '7' }),
    /413|too large|over 6/i,
  );
  await assert.rejects(
    readBytes(arrived(), { limit: 10, idleMs: 20 }, { 'content-length': '8' }),
    (error: KeystampError) => error.status === 408,
  );
});
