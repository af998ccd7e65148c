// Answers without an end and answers that are long, to clients that read and to clients that do not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { createServer } from '../../../src/http/server.ts';

/** A server whose every answer goes on for ever; counts the pieces that were made. */
async function openEndless(changesStallSeconds: number) {
  const made = { pieces: 0, ended: 0 };
  async function* pieces(): AsyncGenerator<string> {
    try {
      for (;;) {
        made.pieces++;
        yield 'x'.repeat(64 * 1024);
      }
    } finally {
      made.ended++;
    }
  }
  const config = { ...readConfig(), changesStallSeconds };
  const server = createServer(async () => ({ status: 200, headers: {}, stream: pieces }), config);
  await server.listen({ host: '127.0.0.1', port: 0 });
  return { made, server, port: (server.server.address() as AddressInfo).port };
}

test('a client that reads nothing is cut off, and little was made for it', async () => {
  const { made, server, port } = await openEndless(0.2);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /rest/$changes HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.pause();
  const [closed] = (await once(server.server, 'connection')) as [typeof socket];
  await once(closed, 'close');
  await new Promise(setImmediate);
  assert.ok(made.pieces < 1000, `${made.pieces} pieces`);
  assert.equal(made.ended, 1);
  socket.destroy();
  await server.close();
});

test('a client that reads slowly is not cut off; ending all ends it in good order', async () => {
  const { made, server, port } = await openEndless(2);
  const answer = await fetch(`http://127.0.0.1:${port}/rest/$changes`);
  const reader = answer.body!.getReader();
  // More than the system holds back, over more than the time that a client may take nothing.
  for (let i = 0; i < 160; i++) {
    assert.equal((await reader.read()).done, false);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const closed = server.close();
  for (;;) if ((await reader.read()).done) break;
  assert.equal(made.ended, 1);
  await closed;
});

test('an answer that is made is sent to its end by a server that stops, however slowly it is taken', async () => {
  const body = Buffer.alloc(16_000_000, 'x');
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const server = createServer(async () => {
    setImmediate(resolve);
    return { status: 200, headers: {}, body };
  }, readConfig());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${url}/rest/Item`);
  await answered;
  const closed = server.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await answer.arrayBuffer()).byteLength, body.length);
  // The connection, which would be kept otherwise, ends with it.
  await closed;
});
