import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fastify from 'fastify';
import { endConnectionsInOrder } from '../../../src/http/end-connections.ts';

test('what connects while the server stops does not keep it, and connections end only when no new ones are taken', async () => {
  const server = fastify();
  endConnectionsInOrder(server);
  // The more there is to do before the end, the longer new connections are still taken.
  const taken = Promise.withResolvers<void>();
  server.addHook('preClose', () => taken.promise);
  const port = Number(new URL(await server.listen()).port);
  const silent = await connected(port);
  const refusedAfterwards = once(silent, 'close').then(() => assert.rejects(connected(port), { code: 'ECONNREFUSED' }));
  const stopped = server.close();
  const [late] = await Promise.all([connected(port), once(server.server, 'connection')]);
  taken.resolve();
  await Promise.all([once(late, 'close'), refusedAfterwards, stopped]);
});

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').resume();
  await once(socket, 'connect');
  return socket;
}
