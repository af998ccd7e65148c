// What comes over a connection and is no request: it gets an answer all the same, as far as one can be told apart.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { failHttp, type KeystampError } from '../errors.ts';
import { STATUS_CODES } from '../node-http.ts';
import { replyError } from '../reply/error.ts';
import type { ClientError } from './second-reading.ts';

const whyRefused: Readonly<Record<string, KeystampError>> = {
  HPE_HEADER_OVERFLOW: failHttp(431),
  ERR_HTTP_REQUEST_TIMEOUT: failHttp(408),
};

/** Bytes that are no HTTP request, or headers that are too large: there is no request to answer, only a connection. */
export function refuseBytes(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const underWay = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  // A refusal would be taken for the answer to a request before, so those are answered first.
  if (underWay && (underWay.headersSent || underWay.req.complete)) {
    socket.pause();
    underWay.once('close', () => setImmediate(refuseBytes, error, socket));
    return;
  }
  const made = replyError(whyRefused[error.code ?? ''] ?? failHttp(400, 'not an HTTP request'), '4d');
  const body = String(made.body);
  const headers = { ...made.headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  socket.end(`HTTP/1.1 ${made.status} ${STATUS_CODES[made.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
