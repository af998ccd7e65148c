// The runner's own parts: what the comparisons take and, above all, what they refuse.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { bodyBytes } from './bytes.ts';
import { CachingProxy } from './caching-proxy.ts';
import { parseHttpFile, type Exchange } from './http-file.ts';
import { matchAnswer, type Memory } from './match-answer.ts';
import { matchJson } from './match-json.ts';
import { alike, isByteLine, matchBytes } from './match-picture.ts';
import { parseOrderedJson } from './ordered-json.ts';
import { picture, pictureNames } from './pictures.ts';
import { matchText, substitute } from './placeholders.ts';
import { onTheWire, send, type Answer } from './send.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { difference } from '../unit/image/sample-pictures.ts';

const json = (wanted: string, actual: string): readonly string[] => matchJson(wanted, actual, new Map());

test('equal JSON is equal', () => {
  for (const text of ['{"a":1,"b":[null,true,"x"]}', '[]', '3', '"é\\u00e9"', '{}', '[{"a":{}}]'])
    assert.deepEqual(json(text, text), []);
  assert.deepEqual(json('{ "a" : 1 }', '{"a":1}'), []);
});

test('JSON that differs in anything is refused', () => {
  const pairs = [
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":1,"b":2}', '{"a":1}'],
    ['{"a":1}', '{"a":1,"a":1}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":1}', '{"a":1.0}'],
    ['{"2":1,"1":1}', '{"1":1,"2":1}'],
    ['{"a":null}', '{}'],
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,2]'],
    ['{}', '[]'],
    ['{"a":"x"}', '{"a":"xy"}'],
    ['{"a":"."}', '{"a":"x"}'],
    ['{}', ''],
    ['{}', '{} {}'],
    ['{}', '{"a":…}'],
  ] as const;
  for (const [wanted, actual] of pairs) assert.ok(json(wanted, actual).length > 0, `${wanted} took ${actual}`);
});

test('… allows more at the end and nowhere else', () => {
  assert.deepEqual(json('{"a":1,…}', '{"a":1,"b":2}'), []);
  assert.deepEqual(json('{…}', '{}'), []);
  assert.deepEqual(json('[1,…]', '[1,2,3]'), []);
  assert.equal(json('{"b":2,…}', '{"a":1,"b":2}').length, 1);
  assert.equal(json('{"a":1,"b":2,…}', '{"a":1}').length, 1);
  assert.equal(json('[1,2,…]', '[1]').length, 1);
  assert.throws(() => json('{…,"a":1}', '{"a":1}'), SyntaxError);
});

test('a placeholder takes its kind alone', () => {
  const taken = [
    ['"<int>"', '7', '"7"'],
    ['"<int>"', '-7', '7.5'],
    ['"<number>"', '7.5', '"7.5"'],
    ['"<digits>"', '"7"', '7'],
    ['"<iso>"', '"2025-06-01T09:00:00.000Z"', '"2025-06-01"'],
    ['"<hex32>"', `"${'AB12'.repeat(8)}"`, `"${'ab12'.repeat(8)}"`],
    ['"<text>"', '""', 'null'],
    ['"v=<int>&x"', '"v=12&x"', '"v=a&x"'],
    ['"v=<int>&x"', '"v=12&x"', '"v=12&xy"'],
  ] as const;
  for (const [wanted, good, bad] of taken) {
    assert.deepEqual(json(wanted, good), [], `${wanted} must take ${good}`);
    assert.equal(json(wanted, bad).length, 1, `${wanted} must refuse ${bad}`);
  }
  for (const value of ['null', '7', '{"a":1}']) assert.deepEqual(json('"<any>"', value), []);
  assert.equal(json('{"a":"<any>"}', '{}').length, 1);
});

test('what a placeholder took can be put in later', () => {
  const variables = new Map<string, string>();
  assert.deepEqual(matchJson('{"s":"<s=int>","u":"/a?v=<v=int>&e"}', '{"s":4,"u":"/a?v=12&e"}', variables), []);
  assert.equal(substitute('{{s}} {{v+1}} {{v-2}}', variables), '4 13 10');
  assert.throws(() => substitute('{{w}}', variables), /\{\{w\}\}/);
  assert.ok(matchText('"<tag=any>-jpeg"', '"abc-jpeg"', variables));
  assert.equal(variables.get('tag'), 'abc');
});

test('JSON.parse and the ordered parser refuse the same', () => {
  for (const text of ['{"a":01}', '[1,]', "{'a':1}", '"\u0001"', '{"a" 1}', 'nul', '[1 2]', '"\\x"', '{"a":}'])
    assert.throws(() => parseOrderedJson(text, false), SyntaxError, text);
});

const answer = (headers: Answer['headers'], body: string | Buffer = '', status = 200): Answer => ({
  status,
  headers: { 'content-length': String(Buffer.byteLength(body)), 'x-content-type-options': 'nosniff', ...headers },
  body: Buffer.from(body),
});

function expecting(text: string, directives = ''): Exchange {
  const file = parseHttpFile(`### t\n${directives}GET /rest/x\n---\n${text}\n`, 'test');
  return file.exchanges[0] as Exchange;
}

const memory = (): Memory => ({ variables: new Map(), saved: new Map() });

test('status, headers and body each can fail', async () => {
  const faults = async (text: string, given: Answer, directives?: string): Promise<number> =>
    (await matchAnswer(expecting(text, directives), given, memory())).length;
  assert.equal(await faults('200', answer({})), 0);
  assert.equal(await faults('200', answer({}, 'x')), 1);
  assert.equal(await faults('200\n\n…', answer({}, 'x')), 0);
  assert.equal(await faults('201', answer({})), 1);
  assert.equal(await faults('200\nETag: -', answer({ etag: '"a"' })), 1);
  assert.equal(await faults('200\nETag: …', answer({})), 1);
  assert.equal(await faults('200\nETag: "a"', answer({ etag: '"a"' })), 0);
  assert.equal(await faults('200\nETag: "a"', answer({ etag: '"ab"' })), 1);
  assert.equal(await faults('200\nETag: /^"a+"$/', answer({ etag: '"aaa"' })), 0);
  assert.equal(await faults('200\nETag: /^"a+"$/', answer({ etag: '"ab"' })), 1);
  assert.equal(await faults('200\n\n{"a":1}', answer({}, '{"a":2}')), 1);
  assert.equal(await faults('200\n\n…', answer({}, 'secret'), '@not secret\n'), 1);
  assert.equal(await faults('200', answer({ server: 'secret' }), '@not secret\n'), 1);
});

test('what holds for every answer is checked without being asked', async () => {
  const first = async (given: Answer): Promise<string | undefined> =>
    (await matchAnswer(expecting(`${given.status}\n\n…`), given, memory()))[0];
  assert.match(
    (await first(answer({ 'cache-control': 'public, no-cache', 'set-cookie': ['a=b'] }))) ?? '',
    /Set-Cookie/,
  );
  assert.match((await first(answer({ 'cache-control': 'public, no-cache', vary: 'Cookie' }))) ?? '', /cookie/);
  assert.match((await first(answer({}, '', 404))) ?? '', /an error is not kept/);
  assert.match((await first(answer({ 'content-type': 'application/json', etag: '"a"' }))) ?? '', /no ETag/);
  assert.match((await first(answer({ 'content-length': '9' }))) ?? '', /length is right/);
  assert.match((await first(answer({ 'x-content-type-options': 'no' }))) ?? '', /is no other type/);
});

test('expectations on bytes take what they say and refuse the rest', async () => {
  const [jpeg, png, clear, turned] = [await picture('jpeg'), await picture('png'), await picture('png-clear'), await picture('jpeg-exif-6')]; // oxfmt-ignore
  const saved = new Map<string, Buffer>();
  const cases: readonly (readonly [string, Buffer, Buffer])[] = [
    ['<empty>', Buffer.alloc(0), jpeg],
    ['<image jpeg>', jpeg, png],
    ['<image jpeg 160x120>', jpeg, turned],
    ['<image png alpha>', clear, png],
    ['<image png opaque>', png, clear],
    ['<image jpeg exif>', jpeg, await picture('jpeg-green')],
    ['<image gif pages=3>', await picture('gif-animated'), png],
    ['<same bytes as jpeg>', jpeg, png],
    ['<bytes 2-5 of jpeg>', jpeg.subarray(2, 6), jpeg.subarray(2, 7)],
    ['<like png>', await picture('jpeg-green'), jpeg],
    ['<like upright>', turned, clear],
    ['<text abc>', Buffer.from('abc'), Buffer.from('abcd')],
    ['<save first>', jpeg, Buffer.alloc(0)],
  ];
  for (const [line, good, bad] of cases) {
    assert.ok(isByteLine(line), line);
    assert.equal(await matchBytes(line, good, saved), undefined, line);
    assert.notEqual(await matchBytes(line, bad, saved), undefined, line);
  }
  await assert.rejects(matchBytes('<same bytes as nothing>', jpeg, saved));
  assert.ok(!isByteLine('<images>'));
});

test('samples that are to differ are further apart than what counts as alike', async () => {
  const apart = ['jpeg', 'png', 'png-clear', 'tiff', 'tiff-clear', 'webp', 'avif', 'upright', 'webp-clear'] as const;
  for (const one of apart)
    for (const other of apart.filter((name) => name !== one)) {
      const far = await difference(await picture(one), await picture(other));
      assert.ok(far > 1.5 * alike, `${one} and ${other} differ by ${far}`);
    }
  assert.equal(new Set(pictureNames).size, pictureNames.length);
});

test('a file that cannot mean anything is refused with its line', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /no exchange/],
    ['@clock +1s\n### t\nGET /rest/x\n---\n200\n', /f:1/],
    ['### t\nGET /rest/x\n', /f:1: no ---/],
    ['### t\n@clok +1s\nGET /rest/x\n---\n200\n', /f:2: unknown directive/],
    ['### t\nget /rest/x\n---\n200\n', /f:2: a request line/],
    ['### t\nGET /rest/x\n---\nOK\n', /f:4: the status/],
    ['### t\nGET /rest/x\n---\n200\nno header\n', /f:5: a header/],
  ];
  for (const [text, message] of refused) assert.throws(() => parseHttpFile(text, 'f'), message);
});

test('requests go out as written', async () => {
  assert.equal(onTheWire('/rest/A?$filter="n = É@"&v=%24'), '/rest/A?$filter="n%20=%20%C3%89@"&v=%24');
  const bytes = (lines: readonly string[], form = false): Promise<Buffer | undefined> =>
    bodyBytes(lines, form, new Map());
  assert.equal(await bytes([]), undefined);
  assert.equal(String(await bytes(['{', '}'])), '{\n}');
  assert.deepEqual(await bytes(['< hex:00FF']), Buffer.from([0, 255]));
  assert.equal((await bytes(['< zeros:12']))?.length, 12);
  assert.deepEqual(await bytes(['< picture:jpeg']), await picture('jpeg'));
  assert.equal(String(await bytes(['--b', 'x'], true)), '--b\r\nx\r\n');
});

test('the shared cache keeps what it may and asks again where it must', async () => {
  let now = 0;
  let caching = 'public, max-age=60';
  let asked = 0;
  const origin = createServer((incoming, outgoing) => {
    asked++;
    const headers = { 'Cache-Control': caching, ETag: '"e"' };
    if (incoming.headers['if-none-match'] === '"e"') outgoing.writeHead(304, headers).end();
    else outgoing.writeHead(200, headers).end(`answer ${asked}`);
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const proxy = new CachingProxy(
    () => (origin.address() as AddressInfo).port,
    () => now,
  );
  const port = await proxy.listen();
  after(async () => {
    await proxy.close();
    origin.close();
  });
  const get = async (url: string): Promise<string> => {
    const { headers, body } = await send(port, { method: 'GET', url, headers: [] });
    return `${String(headers['x-cache'])} ${body.toString()}`;
  };
  assert.equal(await get('/a'), 'miss answer 1');
  assert.equal(await get('/a'), 'hit answer 1');
  now = 61_000;
  assert.equal(await get('/a'), 'revalidated answer 1');
  assert.equal(await get('/a'), 'hit answer 1');
  assert.equal(await get('/b'), 'miss answer 3');
  caching = 'no-store';
  assert.equal(await get('/c'), 'miss answer 4');
  assert.equal(await get('/c'), 'miss answer 5');
  caching = 'public, no-cache';
  assert.equal(await get('/d'), 'miss answer 6');
  assert.equal(await get('/d'), 'revalidated answer 6');
});
