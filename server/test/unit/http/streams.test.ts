// Answers without an end, to clients that read and to clients that do not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Streams } from '../../../src/http/streams.ts';

/** A server whose every answer goes on for ever; counts the pieces that were made. */
async function openEndless(stallMs: number) {
  const made = { pieces: 0, ended: 0 };
  const streams = new Streams(stallMs);
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
  const server = createServer((_request, response) => streams.send(response, { status: 200, headers: {} }, pieces));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { made, streams, server, port: (server.address() as AddressInfo).port };
}

test('a client that reads nothing is cut off, and little was made for it', async () => {
  const { made, server, port } = await openEndless(200);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  const [closed] = (await once(server, 'connection')) as [typeof socket];
  await once(closed, 'close');
  assert.ok(made.pieces < 1000, `${made.pieces} pieces`);
  assert.equal(made.ended, 1);
  socket.destroy();
  server.close();
});

test('a client that reads slowly is not cut off; ending all ends it in good order', async () => {
  const { made, streams, server, port } = await openEndless(2000);
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  const reader = answer.body!.getReader();
  // More than the system holds back, over more than the time that a client may take nothing.
  for (let i = 0; i < 300; i++) {
    assert.equal((await reader.read()).done, false);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  streams.end();
  for (;;) if ((await reader.read()).done) break;
  assert.equal(made.ended, 1);
  server.close();
});
