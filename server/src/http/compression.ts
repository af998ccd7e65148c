// Texts go out compressed to clients that take it. A compressed body is another representation: it has an ETag of its own,
// `"…-br"` instead of `"…"`, and a client that sends that one back is understood.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import negotiator from '@fastify/accept-negotiator';
import type { HttpReply } from '../reply/http-reply.ts';
import type { HttpRequest } from '../request/http-request.ts';

type Encoding = 'br' | 'gzip';

/** In the order in which we like them; both quick enough for answers that are made once each. */
const compressors = {
  br: (bytes) => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes) => gzipped(bytes, { level: 6 }),
} as const satisfies Record<Encoding, (bytes: string | Uint8Array) => Promise<Buffer>>;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
const encodings = Object.keys(compressors) as Encoding[];

/** Shorter bodies gain nothing. */
const leastBytes = 1024;
const compressible = /^(application\/json|image\/svg\+xml|text\/)/;
const ownTag = /-(?:br|gzip)"/g;

/** The request as it was before compression: the tags of compressed bodies are those of the bodies. */
export function uncompressedRequest(http: HttpRequest): HttpRequest {
  const { 'if-none-match': noneMatch, 'if-match': match } = http.headers;
  if (!isOfCompressed(noneMatch) && !isOfCompressed(match)) return http;
  const headers = { ...http.headers };
  if (noneMatch !== undefined) headers['if-none-match'] = String(noneMatch).replace(ownTag, '"');
  if (match !== undefined) headers['if-match'] = String(match).replace(ownTag, '"');
  return { ...http, headers };
}

const isOfCompressed = (tags: string | string[] | undefined): boolean =>
  tags !== undefined && String(tags).search(ownTag) >= 0;

/** The answer as this client takes it; the same one when nothing is to be done. */
export function compressedReply(reply: HttpReply, { headers }: HttpRequest): HttpReply | Promise<HttpReply> {
  const accepted = headers['accept-encoding'];
  if (accepted === undefined) return reply;
  if (reply.status === 304) return taggedAsAsked(reply, headers['if-none-match']);
  const { body } = reply;
  if (body === undefined || body.length < leastBytes || reply.status === 206) return reply;
  if (!compressible.test(String(reply.headers['Content-Type'])) || 'Content-Encoding' in reply.headers) return reply;
  const encoding = negotiator.negotiate(String(accepted), encodings) as Encoding | null;
  return encoding === null ? { ...reply, headers: varying(reply) } : compress(reply, body, encoding);
}

async function compress(reply: HttpReply, body: string | Uint8Array, encoding: Encoding): Promise<HttpReply> {
  const bytes = await compressors[encoding](body);
  const tag = reply.headers['ETag'];
  return {
    ...reply,
    headers: {
      ...varying(reply),
      ...(tag !== undefined && { ETag: tagOf(String(tag), encoding) }),
      'Content-Encoding': encoding,
      'Content-Length': bytes.length,
    },
    body: bytes,
  };
}

/** Caches keep what they got for clients that take the same encodings. */
function varying({ headers }: HttpReply): HttpReply['headers'] {
  const vary = headers['Vary'];
  if (vary === undefined) return { ...headers, Vary: 'Accept-Encoding' };
  return String(vary).includes('Accept-Encoding') ? headers : { ...headers, Vary: `${String(vary)}, Accept-Encoding` };
}

const tagOf = (tag: string, encoding: Encoding): string => tag.replace(/"$/, `-${encoding}"`);

/** What a client has and may go on using keeps the tag that it has. */
function taggedAsAsked(reply: HttpReply, asked: string | string[] | undefined): HttpReply {
  const tag = reply.headers['ETag'];
  if (tag === undefined || !isOfCompressed(asked)) return reply;
  const had = encodings.find((encoding) => String(asked).includes(tagOf(String(tag), encoding)));
  return had ? { ...reply, headers: { ...varying(reply), ETag: tagOf(String(tag), had) } } : reply;
}
