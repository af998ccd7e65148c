// Compressed answers over real HTTP: what is compressed for whom, and that caches never take one form for another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Fixture } from './fixture.ts';
import { send, type Answer } from './send.ts';

const page = '/rest/Employee';
/** The uri of a drawing of some kB, stored before the tests. */
let logo: string;
let fixture: Fixture;
let port: number;

before(async () => {
  fixture = await Fixture.open('company', {});
  port = await fixture.port(1);
  const circles = Array.from({ length: 60 }, (_, i) => `<circle cx="${i}" cy="${i * 2}" r="${i % 7}" fill="#36c"/>`);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">${circles.join('')}</svg>`;
  const stored = await send(port, {
    method: 'POST',
    url: '/rest/Company(7)/logo?$rawPict=true',
    headers: [['Content-Type', 'image/svg+xml']],
    body: Buffer.from(drawing),
  });
  logo = String(stored.headers['keystamp-image-uri']);
});

after(async () => {
  await fixture.close();
});

const get = (url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  send(port, { method, url, headers: Object.entries(headers) });

test('JSON goes out as the client likes it best, and says so', async () => {
  const plain = await get(page);
  assert.equal(plain.headers['content-encoding'], undefined);
  for (const [accepted, encoding, open] of [
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip;q=1, br;q=0.5', 'gzip', gunzipSync],
  ] as const) {
    const answer = await get(page, { 'Accept-Encoding': accepted });
    assert.equal(answer.headers['content-encoding'], encoding, accepted);
    assert.match(String(answer.headers['vary']), /Accept-Encoding$/);
    assert.equal(Number(answer.headers['content-length']), answer.body.length);
    assert.ok(answer.body.length < plain.body.length / 2);
    assert.deepEqual(open(answer.body), plain.body);
  }
});

test('who refuses every encoding, and what is short, gets it as it is', async () => {
  const refused = await get(page, { 'Accept-Encoding': 'identity, br;q=0' });
  assert.equal(refused.headers['content-encoding'], undefined);
  assert.match(String(refused.headers['vary']), /Accept-Encoding$/);
  const short = await get('/rest/Employee(1)/lastName', { 'Accept-Encoding': 'br' });
  assert.equal(short.headers['content-encoding'], undefined);
});

test('pictures are never compressed again', async () => {
  const photo = await get('/rest/Employee(1)/photo?$imageformat=jpeg', { 'Accept-Encoding': 'br' });
  assert.equal(photo.status, 200);
  assert.equal(photo.headers['content-encoding'], undefined);
});

test('a compressed drawing has a tag of its own, which validates it and nothing else', async () => {
  const plain = await get(logo);
  const packed = await get(logo, { 'Accept-Encoding': 'br' });
  const [tag, packedTag] = [String(plain.headers['etag']), String(packed.headers['etag'])];
  assert.equal(packedTag, tag.replace(/"$/, '-br"'));
  assert.deepEqual(brotliDecompressSync(packed.body), plain.body);
  assert.equal(packed.headers['cache-control'], plain.headers['cache-control']);

  const again = await get(logo, { 'Accept-Encoding': 'br', 'If-None-Match': packedTag });
  assert.equal(again.status, 304);
  assert.equal(again.headers['etag'], packedTag);
  const plainAgain = await get(logo, { 'If-None-Match': tag });
  assert.equal(plainAgain.status, 304);
  assert.equal(plainAgain.headers['etag'], tag);
  // Bytes of one form never complete the other.
  const part = await get(logo, { 'Accept-Encoding': 'br', Range: 'bytes=0-9', 'If-Range': packedTag });
  assert.equal(part.status, 200);
  assert.equal((await get(logo, { Range: 'bytes=0-9', 'If-Range': tag })).status, 206);
});

test('HEAD tells what GET would send', async () => {
  const [whole, head] = [
    await get(logo, { 'Accept-Encoding': 'gzip' }),
    await get(logo, { 'Accept-Encoding': 'gzip' }, 'HEAD'),
  ];
  for (const name of ['content-encoding', 'content-length', 'etag', 'vary'])
    assert.equal(head.headers[name], whole.headers[name], name);
  assert.equal(head.body.length, 0);
});

test('conditions may name the tag of a compressed body, and no other', async () => {
  const tag = String((await get(logo, { 'Accept-Encoding': 'br' })).headers['etag']);
  assert.match(tag, /-br"$/);
  const status = async (match: string): Promise<number> => (await get(logo, { 'If-Match': match })).status;
  assert.equal(await status(tag), 200);
  assert.equal(await status(`"another", ${tag}`), 200);
  assert.equal(await status(tag.replace('-br"', '-zip"')), 412);
  assert.equal(await status(tag.replace('"', '"0')), 412);
});
