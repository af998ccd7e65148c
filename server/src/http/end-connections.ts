// How connections end, above all when the server stops: none waits for a client that says nothing, none before its answer is out.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { lingerOverBody } from './linger.ts';

/** To be called before the server listens. */
export function endConnectionsInOrder(fastify: FastifyInstance): void {
  const { server } = fastify;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    lingerOverBody(socket);
    socket.once('close', () => open.delete(socket));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  const endIdle = () => {
    // Connections over which nothing came yet, such as those browsers open ahead, do not keep the server from stopping.
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    const sending = [...open].filter(isSending);
    // Node takes them for idle as soon as an answer is written, and cuts off what of it is still on its way.
    for (const socket of sending) socket.destroy = endWhenSent;
    closeIdle();
    for (const socket of sending) Reflect.deleteProperty(socket, 'destroy');
  };
  // Node asks for it right before it takes no more connections: a client that connects again at once would be taken, and
  // reset.
  server.closeIdleConnections = () => process.nextTick(endIdle);
}

/** Is there an answer that is written, and not sent to its end? */
function isSending(socket: Socket): boolean {
  const answer = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  return answer?.writableEnded === true && !answer.writableFinished;
}

function endWhenSent(this: Socket): Socket {
  Reflect.deleteProperty(this, 'destroy');
  this.destroySoon();
  return this;
}
