// Answers to clients that are still sending: they arrive, whatever is on its way, and nothing of that is taken for more.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { failHttp } from '../../../src/errors.ts';
import { createServer } from '../../../src/http/server.ts';
import { replyError } from '../../../src/reply/error.ts';
import { readBytes } from '../../../src/request/body.ts';

const most = 200_000;
const piece = Buffer.alloc(64 * 1024, 'x');
const request = (length: number): string =>
  `POST /rest/Item HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;

/** A server that takes so much of a body, or looks at none, and a connection of a client that has sent the head. */
async function refusedAt(t: TestContext, limit: number | 'the head') {
  let asked = 0;
  const server = createServer(async ({ body, headers }) => {
    asked++;
    const refusal = failHttp(413, undefined, { Connection: 'close' });
    if (limit === 'the head') return replyError(refusal, '4d');
    // Not told before.
    await readBytes(body, { limit, idleMs: 60_000 }, { ...headers, 'content-length': undefined }).catch(
      () => undefined,
    );
    return replyError(refusal, '4d');
  }, readConfig());
  await server.listen({ host: '127.0.0.1', port: 0 });
  const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  t.after(async () => {
    client.destroy();
    await server.close();
  });
  const [taken] = (await once(server.server, 'connection')) as [Socket];
  return { client, taken, asked: () => asked };
}

const write = (client: Socket, bytes: string | Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

for (const limit of ['the head', most] as const)
  test(`a client that goes on sending after it was refused at ${limit} has its answer; nothing more is taken`, async (t) => {
    const { client, taken, asked } = await refusedAt(t, limit);
    client.allowHalfOpen = true;
    let text = '';
    client.setEncoding('latin1').on('data', (more: string) => (text += more));
    const ended = once(client, 'end');
    const closed = once(taken, 'close');
    await write(client, request(40 * piece.length));
    for (let sent = 0; sent <= most; sent += piece.length) await write(client, piece);
    await ended;
    assert.match(text, /^HTTP\/1\.1 413 [^]*connection: close/i);
    // More than the system holds for a server that does not read, up to the end of the body and beyond.
    for (let i = 0; i < 400; i++) await write(client, piece);
    await write(client, request(0).repeat(3));
    client.end();
    await closed;
    assert.equal(asked(), 1);
  });
