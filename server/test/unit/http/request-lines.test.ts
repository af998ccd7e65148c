// Request lines with raw spaces and UTF-8: what reaches the handler, byte by byte and however the bytes are cut; and that
// nothing else of what a connection sends is ever changed.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { takeRawRequestLines } from '../../../src/http/request-lines.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly body: string;
}

let server: Server;
let port: number;

before(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const seen: Seen = { method, url, host: headers.host ?? '', body: Buffer.concat(chunks).toString('latin1') };
    response.end(JSON.stringify(seen));
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  takeRawRequestLines(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

after(() => server.close());

/** What the handler saw, in order; a refusal is `400`. */
function answersIn(text: string): readonly (Seen | 400)[] {
  const answers: (Seen | 400)[] = [];
  for (const [, status, json] of text.matchAll(/HTTP\/1\.1 (\d+) [^]*?\r\n\r\n(\{[^\r]*\})?/g))
    answers.push(status === '400' || json === undefined ? 400 : (JSON.parse(json) as Seen));
  return answers;
}

/** Sends the pieces over a socket, each when those before it are answered. */
async function overSocket(...pieces: readonly (string | Buffer)[]): Promise<readonly (Seen | 400)[]> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  let text = '';
  let sent = 0;
  const next = (): void => {
    if (sent < pieces.length && answersIn(text).length >= sent) socket.write(pieces[sent++] as string | Buffer);
  };
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8');
    next();
  });
  next();
  await new Promise<void>((resolve) => void socket.on('close', () => resolve()).on('error', () => undefined));
  return answersIn(text);
}

/** One connection whose bytes arrive exactly in these pieces. */
function overPieces(pieces: readonly Buffer[]): Promise<readonly (Seen | 400)[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const connection = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        text += bytes.toString('utf8');
        done();
      },
      final: (done) => {
        done();
        resolve(answersIn(text));
      },
    });
    connection.on('error', reject);
    server.emit('connection', connection);
    for (const piece of pieces) connection.push(piece);
  });
}

const last = 'Host: a\r\nConnection: close\r\n\r\n';

const lines: Readonly<Record<string, string>> = {
  '/rest/Employee?$top=1': '/rest/Employee?$top=1',
  '/rest/Employee?$filter="lastName = Smith"': '/rest/Employee?$filter="lastName%20=%20Smith"',
  '/rest/Employee?$filter="a > 1 && b < {2}"&$orderby=a desc, b':
    '/rest/Employee?$filter="a%20>%201%20&&%20b%20<%20{2}"&$orderby=a%20desc,%20b',
  '/rest/Employee?$filter="city = Tromsø"': '/rest/Employee?$filter="city%20=%20Troms%C3%B8"',
  '/rest/Employee:lastName(Novák)': '/rest/Employee:lastName(Nov%C3%A1k)',
  '/a b': '/a%20b',
  '/a HTTP/1.1 b': '/a%20HTTP/1.1%20b',
  '/a HTTP/1.2': '/a%20HTTP/1.2',
  '/a%20b c': '/a%20b%20c',
};

for (const [line, url] of Object.entries(lines))
  test(`GET ${line}`, async () =>
    assert.deepEqual(await overSocket(`GET ${line} HTTP/1.1\r\n${last}`), [
      { method: 'GET', url, host: 'a', body: '' },
    ]));

test('keep-alive: plain and raw lines one after the other', async () => {
  const head = (line: string): string => `GET ${line} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const seen = await overSocket(head('/1'), head('/2 x'), head('/3'), head('/4 ä'), `GET /5 y HTTP/1.1\r\n${last}`);
  assert.deepEqual(seen.map((one) => one !== 400 && one.url), ['/1', '/2%20x', '/3', '/4%20%C3%A4', '/5%20y']); // oxfmt-ignore
});

test('pipelined in one packet, with bodies and headers that look like request lines', async () => {
  const body = 'GET /not me HTTP/1.1\r\nHost: b\r\n\r\n';
  const requests = [
    'GET /1 x HTTP/1.1\r\nHost: GET /in a header HTTP/1.1\r\n\r\n',
    `POST /2 x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\na b ä  `,
    `GET /4 x HTTP/1.1\r\n${last}`,
  ];
  assert.deepEqual(await overSocket(Buffer.from(requests.join(''))), [
    { method: 'GET', url: '/1%20x', host: 'GET /in a header HTTP/1.1', body: '' },
    { method: 'POST', url: '/2%20x', host: 'a', body },
    { method: 'POST', url: '/3', host: 'a', body: Buffer.from('a b ä  ').toString('latin1') },
    { method: 'GET', url: '/4%20x', host: 'a', body: '' },
  ]);
});

test('behind a body in chunks the lines are left as they are', async () => {
  const chunked = 'POST /1 x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na b\r\n0\r\n\r\n';
  const plain = `GET /2 HTTP/1.1\r\n${last}`;
  const post = { method: 'POST', url: '/1%20x', host: 'a', body: 'a b' };
  assert.deepEqual(await overSocket(chunked + plain), [post, { method: 'GET', url: '/2', host: 'a', body: '' }]);
  assert.deepEqual(await overSocket(chunked, `GET /2 x HTTP/1.1\r\n${last}`), [post, 400]);
});

test('what no parser may take is refused as before', async () => {
  for (const wrong of [
    `GET /a b\r\n${last}`,
    `GET /a b HTTP/1.1\n${last}`,
    `GET /a HTTP/1.1\n${last}`,
    `GET /a b\n${last}`,
    `GET /ä\n${last}`,
    `GET /a b\r${last}`,
    'GET /a b HTTP/1.1\r\n\n',
    'GET /a b HTTP/1.1\n\n',
    `GET /a\tb HTTP/1.1\r\n${last}`,
    `GET /a\u0000b c HTTP/1.1\r\n${last}`,
    `GET /a b HTTP/1.1 \r\n${last}`,
    `GET /a b HTTP/2.0\r\n${last}`,
    `GE T /a HTTP/1.1\r\n${last}`,
    `GET /a b HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${last}`,
    `GET /a b HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n${last}`,
    `GET /a b HTTP/1.1\r\nHost : a\r\n${last}`,
    `POST /a b HTTP/1.1\r\nContent-Length: +1\r\n${last}`,
  ])
    assert.deepEqual(await overSocket(wrong), [400], JSON.stringify(wrong));
});

interface Request {
  readonly method: string;
  readonly url: string;
  readonly value: string;
  readonly body: string;
}

const text = fc
  .array(fc.constantFrom('a', ' ', '  ', 'ä', '€', '"', '&', '%20', ' HTTP/1.1', 'HTTP/1.0', '/', 'GET /', '\u{1f600}'))
  .map((parts) => parts.join(''));
const bodyText = fc
  .array(fc.constantFrom('a', ' ', 'ä', '\r\n', '\n', '\r\n\r\n', 'GET /x y HTTP/1.1\r\n', 'Host: a'))
  .map((parts) => parts.join(''));
const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  // A line ends in the last space before the version, so a URL does not end in one.
  url: text.map((inner) => `/x${inner}.`),
  value: text.map((inner) => inner.replaceAll(/[^\x20-\x7e]/g, '').trim()),
  body: bodyText,
});

test('requests arrive as they were sent, however their bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
      async (requests, sizes) => {
        const bytes = Buffer.concat(
          requests.map(({ method, url, value, body }, i) => {
            const fields = [
              `Host: ${value}`,
              `Content-Length: ${Buffer.byteLength(body)}`,
              ...(i === requests.length - 1 ? ['Connection: close'] : []),
            ];
            return Buffer.from(`${method} ${url} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
          }),
        );
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value as number;
          pieces.push(Buffer.from(bytes.subarray(at, at + size)));
          at += size;
        }
        const encoded = (url: string): string =>
          Buffer.from(url)
            .toString('latin1')
            .replaceAll(/[ \x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
        assert.deepEqual(
          await overPieces(pieces),
          requests.map(({ method, url, value, body }) => ({
            method,
            url: encoded(url),
            host: value,
            body: Buffer.from(body).toString('latin1'),
          })),
        );
      },
    ),
    { numRuns: 500 },
  );
});
