// Answers whose whole body is there.
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from '../node-http.ts';
import type { HttpReply } from '../reply/http-reply.ts';

/** Bytes up to this length go out in one piece with the head: copying them costs less than a second piece. */
const smallBody = 8 * 1024;

const asText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Writes status, headers and body in one go; a HEAD keeps the headers, `Content-Length` included. */
export function send(response: ServerResponse, { status, headers, body }: HttpReply, headOnly: boolean): void {
  if (response.destroyed) return;
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  // A 304 has no body and so no length of its own (RFC 9110 § 8.6).
  const all = status === 304 || 'Content-Length' in headers ? headers : { ...headers, 'Content-Length': length };
  response.writeHead(status, STATUS_CODES[status], all);
  if (headOnly || body === undefined) response.end();
  else if (typeof body !== 'string' && body.length <= smallBody) response.end(asText(body), 'latin1');
  else response.end(body);
}
