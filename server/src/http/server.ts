// The HTTP edge: Fastify listens, bounds and hands over; everything behind handle() knows nothing of it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { mountsOf, type Config } from '../config.ts';
import { failHttp, type KeystampError } from '../errors.ts';
import { listOf } from '../setting.ts';
import type { Handler } from '../handle.ts';
import { replyError } from '../reply/error.ts';
import { STATUS_CODES } from '../node-http.ts';
import type { HttpReply } from '../reply/http-reply.ts';
import { noSniff } from '../reply/json.ts';
import { isUnder } from '../request/parse.ts';
import { compressedReply, uncompressedRequest } from './compression.ts';
import { allowOrigins } from './cors.ts';
import { endConnectionsInOrder } from './end-connections.ts';
import { continueWhenRead } from './expectations.ts';
import { headToo, serveExplorer } from './explorer.ts';
import { faultOfHead } from './head.ts';
import { hostRule } from './hosts.ts';
import { isLoopback } from './listen.ts';
import type { Metrics } from './metrics.ts';
import { takeRawRequestLines } from './request-lines.ts';
import { readAgain, type ClientError } from './second-reading.ts';
import { Streams } from './streams.ts';
import { serveWebFolder } from './web-folder.ts';

/** Bytes of all headers together. */
const headerBytes = 16 * 1024;

/** Of what holds at this moment alone. */
const ofNow = { ...noSniff, 'Cache-Control': 'no-store' };

const slash = 47;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export interface ServerOptions {
  /** Absent: there is no `/metrics`. */
  readonly metrics?: Metrics;
  /** Names of the models that are served together. */
  readonly models?: readonly string[];
  /** By a roles file or API keys; what is not answers under the names of this machine alone. */
  readonly isProtected?: boolean;
}

const noQuery = {};

/** A server that answers the API under its mount, `/health`, `/metrics`, `/explorer` and a front end; it does not listen yet. */
export function createServer(
  handle: Handler,
  config: Config,
  { metrics, models = [], isProtected = false }: ServerOptions = {},
): FastifyInstance {
  const proxies = listOf(config.trustedProxies);
  const behindProxies = proxies.length > 0;
  const server = Fastify({
    ...(behindProxies && { trustProxy: [...proxies] }),
    logger: false,
    // Bodies are read behind handle(), within the limits of the settings.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    exposeHeadRoutes: false,
    requestTimeout: 0,
    // The request line counts as well, so a URL of the longest kind leaves room for headers.
    http: { maxHeaderSize: config.maxUrlLength + headerBytes },
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    rewriteUrl: originForm,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      maxParamLength: config.maxUrlLength,
      // The API reads its queries itself, and nobody else has one.
      querystringParser: () => noQuery,
    },
    clientErrorHandler: (error, socket) => {
      if (!readAgain(server.server, error, socket)) refuse(error, socket);
    },
    frameworkErrors: (_error, request, reply) => answer(request, reply),
  });
  endConnectionsInOrder(server);
  continueWhenRead(server.server);
  if (config.rawUrls) takeRawRequestLines(server.server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const refuseHost = hostRule(config, isProtected);
  const forOrigins = allowOrigins(server, config, methods);
  const streams = new Streams(config.changesStallSeconds * 1000);
  // They have no end of their own.
  server.addHook('preClose', async () => streams.end());

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const { raw } = request;
    const fault = faultOfHead(raw) ?? refuseHost?.(raw.headers);
    if (fault) return refuseRequest(reply, fault);
    const method = raw.method ?? 'GET';
    const asked = {
      method,
      url: raw.url ?? '/',
      headers: raw.headers,
      body: raw,
      // Fastify's own getters walk through headers, which costs and is for nothing without a proxy.
      remoteAddress: behindProxies ? request.ip : (raw.socket.remoteAddress ?? ''),
      secure: behindProxies && request.protocol === 'https',
    };
    const made = config.compression
      ? await compressedReply(await handle(uncompressedRequest(asked)), asked)
      : await handle(asked);
    // A server that stops waits for its connections, and a client would keep this one.
    if (!server.server.listening) reply.raw.shouldKeepAlive = false;
    const sent = forOrigins ? forOrigins(made, reply) : made;
    const headOnly = method === 'HEAD';
    if (sent.stream && !headOnly) streams.send(reply.raw, sent, sent.stream);
    else send(reply.raw, sent, headOnly);
  };

  const refuseRequest = (reply: FastifyReply, error: KeystampError): void => {
    const made = replyError(error, config.dialect);
    send(reply.raw, forOrigins ? forOrigins(made, reply) : made, false);
  };

  const mounts = mountsOf(config);
  // Answered in the first hook: what Fastify does with bodies afterwards is for nothing, and what it thinks of a
  // Content-Type of no importance.
  const api = { method: methods, onRequest: answer, handler: answer };
  for (const mount of mounts)
    // The `&` form puts the query behind the path without a `?` (spec 01 § 3.4).
    for (const url of [mount, `${mount}/*`, `${mount}&*`]) server.route({ ...api, url });
  // Whoever looks whether the server lives does so by its address, so that is told under any name.
  server.get('/health', headToo, async (_request, reply) => reply.headers(ofNow).send({ ok: true }));
  void server.register(async (others) => {
    // The API looks itself: a hook would cost each of its requests more than the look.
    others.addHook('onRequest', ({ raw }, reply, done) => {
      const fault = faultOfHead(raw) ?? refuseHost?.(raw.headers);
      if (!fault) return done();
      reply.hijack();
      refuseRequest(reply, fault);
    });
    serveExplorer(others, config, models);
    serveWebFolder(others, config);
    if (metrics)
      others.get('/metrics', headToo, async ({ raw }, reply) => {
        if (config.metrics !== 'open' && !isLocal(raw)) return reply.callNotFound();
        return reply
          .headers(ofNow)
          .type(metrics.contentType)
          .send(await metrics.text());
      });
  });
  /** What the server as a whole takes (RFC 9110 § 9.3.7). */
  const ofServer: HttpReply = { status: 200, headers: { Allow: methods.join(', ') } };
  const notFound = (request: FastifyRequest, reply: FastifyReply): void | Promise<void> => {
    // A method that the routes do not have is known there.
    if (mounts.some((mount) => isUnder(request.raw.url ?? '', mount))) return answer(request, reply);
    reply.hijack();
    const fault = faultOfHead(request.raw) ?? refuseHost?.(request.raw.headers);
    if (!fault && request.raw.method === 'OPTIONS' && request.raw.url === '*') return send(reply.raw, ofServer, false);
    refuseRequest(reply, fault ?? failHttp(404));
  };
  server.setNotFoundHandler(notFound);
  // What Fastify and its plugins refuse is nowhere to be found: a path that leads out of a folder, a type of a body.
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    if ((error.statusCode ?? 500) < 500) return notFound(request, reply);
    reply.hijack();
    return refuseRequest(reply, failHttp(500));
  });
  return server;
}

/**
 * The path and query of a URL that names the server as well, as clients write it for proxies; what it names takes the place
 * of `Host` (RFC 9112 § 3.2.2).
 */
function originForm(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const { url = '/' } = request;
  if (url.charCodeAt(0) === slash) return url;
  const [server, host] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (server === undefined) return url;
  request.headers.host = host as string;
  return url.slice(server.length).replace(/^(?!\/)/, '/');
}

/** Asked by a program of this machine, and not by a proxy of it for somebody else. */
const isLocal = ({ socket, headers }: IncomingMessage): boolean =>
  isLoopback(socket.remoteAddress ?? '') && !headers['forwarded'] && !headers['x-forwarded-for'];

const whyRefused: Readonly<Record<string, KeystampError>> = {
  HPE_HEADER_OVERFLOW: failHttp(431),
  ERR_HTTP_REQUEST_TIMEOUT: failHttp(408),
};

/** Bytes that are no HTTP request, or headers that are too large: there is no request to answer, only a connection. */
function refuse(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const underWay = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  // A refusal would be taken for the answer to a request before, so those are answered first.
  if (underWay && (underWay.headersSent || underWay.req.complete)) {
    socket.pause();
    underWay.once('close', () => setImmediate(refuse, error, socket));
    return;
  }
  const made = replyError(whyRefused[error.code ?? ''] ?? failHttp(400, 'not an HTTP request'), '4d');
  const body = String(made.body);
  const headers = { ...made.headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  socket.end(`HTTP/1.1 ${made.status} ${STATUS_CODES[made.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Bytes up to this length go out in one piece with the head: copying them costs less than a second piece. */
const smallBody = 8 * 1024;

const asText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Writes status, headers and body in one go; a HEAD keeps the headers, `Content-Length` included. */
function send(response: ServerResponse, { status, headers, body }: HttpReply, headOnly: boolean): void {
  if (response.destroyed) return;
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  // A 304 has no body and so no length of its own (RFC 9110 § 8.6).
  const all = status === 304 || 'Content-Length' in headers ? headers : { ...headers, 'Content-Length': length };
  response.writeHead(status, STATUS_CODES[status], all);
  if (headOnly || body === undefined) response.end();
  else if (typeof body !== 'string' && body.length <= smallBody) response.end(asText(body), 'latin1');
  else response.end(body);
}
