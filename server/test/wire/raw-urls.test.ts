// URLs as they stand in a browser's address bar, over a bare socket: raw spaces, quotes and letters (spec 01 § 3.2).
// And what else of HTTP/1.1 conversations cannot say: their client encodes what it sends, and sends it at once.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { Fixture } from './fixture.ts';

let fixture: Fixture;
let withoutRawUrls: Fixture;

before(async () => {
  fixture = await Fixture.open('company', { rawUrls: 'true' });
  withoutRawUrls = await Fixture.open('company', {});
});

after(async () => {
  await fixture.close();
  await withoutRawUrls.close();
});

/** Everything that comes back for bytes sent in one go; the last request closes the connection. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += data.toString('utf8')));
  socket.write(bytes);
  await new Promise<void>((resolve, reject) => void socket.on('close', () => resolve()).on('error', reject));
  return text;
}

const get = (url: string, last = true): string =>
  `GET ${url} HTTP/1.1\r\nHost: localhost\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;

test('a filter with spaces, quotes, && and <', async () => {
  const url =
    '/rest/Employee/lastName?$filter="salary > 50000 && lastName <= :1"&$params=["M"]&$orderby=lastName desc&$top=1';
  const text = await exchange(await fixture.port(1), get(url));
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(text, /"__COUNT":3,.*"lastName":"Lee"/);
});

test('letters beyond ASCII', async () => {
  const port = await fixture.port(1);
  assert.match(await exchange(port, get('/rest/Employee:lastName(Novák)/lastName')), /"__KEY":"12"/);
  assert.match(await exchange(port, get('/rest/Company?$filter="city = Tromsø"')), /"__COUNT":1/);
});

test('a save whose body looks like a request, and a raw line right behind it', async () => {
  const body = JSON.stringify({ notes: 'GET /rest/Company(7) is not asked HTTP/1.1\r\nHost: x\r\n\r\n' });
  const save = `POST /rest/Employee(3)?$method=update&x=a b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const port = await fixture.port(1);
  const behind = get('/rest/Company/name?$filter="name = Acme"');
  const answers = (await exchange(port, save + get('/rest/Company(7)/name', false) + behind)).split('HTTP/1.1 200 OK');
  assert.equal(answers.length, 4);
  assert.match(answers[2] as string, /"__entityModel":"Company".*"name":"Acme"/);
  assert.match(answers[3] as string, /"__COUNT":1,/);
  const read = get('/rest/Employee?$filter="notes = \'GET /rest/Company(7) is not asked HTTP/1.1@\'"');
  assert.match(await exchange(port, read), /"__COUNT":1,/);
});

test('without the setting a connection is read again when its parser stumbles', async () => {
  const port = await withoutRawUrls.port(1);
  assert.match(await exchange(port, get('/rest/Employee?$filter="ID = 1"')), /"__COUNT":1,/);
  assert.match(await exchange(port, get('/rest/Company?$filter="city = Tromsø"')), /"__COUNT":1/);
  const both = get('/rest/Company(7)/name?x=a b', false) + get('/rest/Employee?$filter="ID = 1"');
  assert.equal((await exchange(port, both)).split('HTTP/1.1 200 OK').length, 3);
});

test('a raw line after plain ones, over the same connection', async () => {
  const socket = connect(await withoutRawUrls.port(1), '127.0.0.1');
  const answers: string[] = [];
  for (const url of [
    '/rest/Company(7)/name',
    '/rest/Employee?$filter="ID = 1"',
    '/rest/Company(7)/name',
    '/rest/a b',
  ]) {
    socket.write(get(url, false));
    answers.push(await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString()))));
  }
  socket.destroy();
  assert.deepEqual(
    answers.map((answer) => answer.slice(9, 12)),
    ['200', '200', '200', '404'],
  );
});

test('without the setting bytes that are no request line stay refused', async () => {
  const port = await withoutRawUrls.port(1);
  for (const bytes of [
    'GET /rest/Company HTTP/9\r\n\r\n',
    'nonsense \r\n\r\n',
    `${get('/rest/Company', false)}é\r\n\r\n`,
  ]) {
    const text = await exchange(port, bytes);
    assert.match(text.slice(text.lastIndexOf('HTTP/1.1')), /^HTTP\/1\.1 400 /, bytes);
  }
});

test('a URL that names the server as well', async () => {
  const port = await withoutRawUrls.port(1);
  assert.match(await exchange(port, get('http://localhost/rest/Company(7)/name')), /^HTTP\/1\.1 200 .*"name":"Acme"/s);
  assert.match(await exchange(port, get('http://localhost')), /^HTTP\/1\.1 (?:302|404) /);
});

test('a URL that names a server does so instead of Host', async () => {
  const port = await withoutRawUrls.port(1);
  assert.match(await exchange(port, get('http://evil.example/rest/Company(7)/name')), /^HTTP\/1\.1 421 /);
  const fromOutside = get('http://LOCALHOST:8044/rest/Company(7)/name').replace(
    'Host: localhost',
    'Host: evil.example',
  );
  assert.match(await exchange(port, fromOutside), /^HTTP\/1\.1 200 .*"name":"Acme"/s);
});

test('HTTP/1.0 needs no Host', async () => {
  const port = await withoutRawUrls.port(1);
  assert.match(await exchange(port, 'GET /rest/Company(7)/name HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 .*"name":"Acme"/s);
});

test('what is no request does not answer the request before it', async () => {
  const port = await withoutRawUrls.port(1);
  const validate = 'POST /rest/Company(7)?$method=validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}';
  const text = await exchange(port, `${validate}${validate}GARBAGE\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 200 [^]*\{"ok":true\}HTTP\/1\.1 200 [^]*\{"ok":true\}HTTP\/1\.1 400 /);
  // A body that breaks off is answered for what it is, and once.
  const chunked = 'POST /rest/Company(7)?$method=validate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: ';
  const broken = await exchange(port, `${chunked}chunked\r\n\r\n2\r\n{"\r\nzz\r\n`);
  assert.match(broken, /^HTTP\/1\.1 400 /);
  const packed = await exchange(port, `${chunked}packed\r\n\r\n0\r\n\r\n`);
  assert.match(packed, /^HTTP\/1\.1 501 .*Connection: close\r\n/s);
  for (const answer of [broken, packed]) assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, answer);
});

test('heads can be asked for of what can be read', async () => {
  const port = await withoutRawUrls.port(1);
  assert.match(await exchange(port, get('/health').replace('GET', 'HEAD')), /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
});

test('two Host headers', async () => {
  const twice = 'GET /rest/Company HTTP/1.1\r\nHost: localhost\r\nhost: two\r\n\r\n';
  const text = await exchange(await withoutRawUrls.port(1), twice + twice);
  assert.match(text, /^HTTP\/1\.1 400 .*Connection: close\r\n.*"Bad request: two Host headers"/s);
  assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1, text);
});

/** The head of a request that waits before it sends its body. */
const expecting = (url: string, length: number): string =>
  `POST ${url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;

test('a body that is refused is not asked for, and nothing more is expected', async () => {
  const port = await withoutRawUrls.port(1);
  const tooLarge = await exchange(port, expecting('/rest/Employee(3)/photo?$rawPict=true', 40_000_000));
  assert.match(tooLarge, /^HTTP\/1\.1 413 .*Connection: close/s);
  const missing = await exchange(port, expecting('/rest/Employee(99)/photo?$rawPict=true', 4));
  assert.match(missing, /^HTTP\/1\.1 404 .*Connection: close/s);
  assert.doesNotMatch(missing, /100 Continue/);
});

test('a body that is wanted is asked for', async () => {
  const socket = connect(await withoutRawUrls.port(1), '127.0.0.1');
  let text = '';
  socket.on('data', (data) => {
    text += data.toString('utf8');
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(`{"ID":13}${get('/rest/Company(7)/name')}`);
  });
  socket.write(expecting('/rest/Company(13)?$method=update&$attributes=ID', 9));
  await new Promise<void>((resolve, reject) => void socket.on('close', () => resolve()).on('error', reject));
  assert.match(text, /Continue\r\n\r\nHTTP\/1\.1 200 .*"__KEY":"13".*HTTP\/1\.1 200 .*"name":"Acme"/s);
});

test('paths that lead out of a folder, and methods and types that nobody takes, are not found', async () => {
  const port = await withoutRawUrls.port(1);
  const post =
    'POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Type: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
  for (const bytes of [get('/explorer/assets/../../package.json'), get('/explorer/assets/%2e%2e/x.json'), post]) {
    const text = await exchange(port, bytes);
    assert.match(text, /^HTTP\/1\.1 (?:404 .*(?:"errCode":404|not built)|200 .*text\/html)/s, bytes);
    assert.doesNotMatch(text, /"statusCode"|workspaces/);
  }
});

test('OPTIONS * tells what the server as a whole takes', async () => {
  const port = await withoutRawUrls.port(1);
  const text = await exchange(port, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  assert.match(text, /^HTTP\/1\.1 200 OK\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/);
  assert.match(text, /Content-Length: 0\r\n/);
  for (const method of ['GET', 'POST', 'DELETE']) {
    const other = await exchange(port, `${method} * HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    assert.match(other, /^HTTP\/1\.1 400 .*Connection: close\r\n.*"errCode":400/s, method);
  }
});
