// An answer that comes before the body is all there: the client is still sending. A connection that is closed over bytes
// nobody reads is reset, and a client that is reset while it sends hears of that before it looks for an answer. So the
// connection is closed in one direction, and what still comes is read and thrown away for a while (RFC 9112 § 9.6).
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** So long a client may send nothing, and so long it may send, milliseconds. */
const idleMs = 5000;
const mostMs = 30_000;

/** To be called for each connection when it is made. */
export function lingerOverBody(socket: Socket): void {
  // Another reading of a connection ends with that connection.
  if (socket instanceof Socket) socket.destroySoon = destroyWhenRead;
}

/** Takes the place of what Node calls when the last answer of a connection is written. */
function destroyWhenRead(this: Socket): void {
  Reflect.deleteProperty(this, 'destroySoon');
  const asked = (this as { parser?: { readonly incoming?: IncomingMessage | null } | null }).parser?.incoming;
  if (!asked || asked.complete || !this.readable) return this.destroySoon();
  // Nothing of what still comes is a request.
  this.removeAllListeners('data').removeAllListeners('end');
  const end = (): void => void this.destroy();
  const timer = setTimeout(end, mostMs);
  this.once('close', () => clearTimeout(timer))
    .setTimeout(idleMs, end)
    .on('data', () => undefined)
    .once('end', end)
    .resume();
  this.end();
}
