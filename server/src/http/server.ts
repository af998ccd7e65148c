// The HTTP edge: Fastify listens, bounds and hands over; everything behind handle() knows nothing of it.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { mountsOf, type Config } from '../config.ts';
import { failHttp, type KeystampError } from '../errors.ts';
import { listOf } from '../setting.ts';
import type { Handler } from '../handle.ts';
import { replyError } from '../reply/error.ts';
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
import { refuseBytes } from './refuse-bytes.ts';
import { readAgain } from './second-reading.ts';
import { send } from './send.ts';
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
      if (!readAgain(listener, error, socket)) refuseBytes(error, socket);
    },
    frameworkErrors: (_error, request, reply) => throughFastify(request, reply),
  });
  const { server: listener } = server;
  const [routed] = listener.listeners('request') as [RequestListener];
  endConnectionsInOrder(server);
  continueWhenRead(listener);
  if (config.rawUrls) takeRawRequestLines(listener);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const refuseHost = hostRule(config, isProtected);
  const forOrigins = allowOrigins(server, config, methods);
  const streams = new Streams(config.changesStallSeconds * 1000);
  // They have no end of their own.
  server.addHook('preClose', async () => streams.end());

  const faultOf = (raw: IncomingMessage): KeystampError | undefined => faultOfHead(raw) ?? refuseHost?.(raw.headers);
  /** What pages of listed origins need as well; when some are listed, all requests come through Fastify. */
  const forPages = (made: HttpReply, through: FastifyReply | undefined): HttpReply =>
    through && forOrigins ? forOrigins(made, through) : made;

  /** @param through what Fastify knows of the request, when it has come that way */
  const answer = async (raw: IncomingMessage, response: ServerResponse, through?: FastifyReply): Promise<void> => {
    const fault = faultOf(raw);
    if (fault) return refuse(response, fault, through);
    const method = raw.method ?? 'GET';
    const asked = {
      method,
      url: raw.url ?? '/',
      headers: raw.headers,
      body: raw,
      // Fastify's own getters walk through headers, which costs and is for nothing without a proxy.
      remoteAddress: (behindProxies && through?.request.ip) || (raw.socket.remoteAddress ?? ''),
      secure: behindProxies && through?.request.protocol === 'https',
    };
    const made = await handle(config.compression ? uncompressedRequest(asked) : asked);
    const packed = config.compression ? compressedReply(made, asked) : made;
    const ready = packed instanceof Promise ? await packed : packed;
    // A server that stops waits for its connections, and a client would keep this one.
    if (!listener.listening) response.shouldKeepAlive = false;
    const sent = forPages(ready, through);
    const headOnly = method === 'HEAD';
    if (sent.stream && !headOnly) streams.send(response, sent, sent.stream);
    else send(response, sent, headOnly);
  };

  const refuse = (response: ServerResponse, error: KeystampError, through?: FastifyReply): void => {
    send(response, forPages(replyError(error, config.dialect), through), false);
  };

  const throughFastify = (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    return answer(request.raw, reply.raw, reply);
  };

  const mounts = mountsOf(config);
  const isApi = ({ url = '/' }: IncomingMessage): boolean => mounts.some((mount) => isUnder(url, mount));
  // Trusted proxies and pages of other origins are Fastify's business. Whoever needs neither is answered before it looks
  // for a route, which takes a tenth of what a small answer costs.
  if (!behindProxies && !forOrigins)
    listener.off('request', routed).on('request', (raw, response) => {
      if (!isApi(raw)) return routed(raw, response);
      answer(raw, response).catch(() => (response.headersSent ? response.destroy() : refuse(response, failHttp(500))));
    });
  // Answered in the first hook: what Fastify does with bodies afterwards is for nothing, and what it thinks of a
  // Content-Type of no importance.
  const api = { method: methods, onRequest: throughFastify, handler: throughFastify };
  for (const mount of mounts)
    // The `&` form puts the query behind the path without a `?` (spec 01 § 3.4).
    for (const url of [mount, `${mount}/*`, `${mount}&*`]) server.route({ ...api, url });
  // Whoever looks whether the server lives does so by its address, so that is told under any name.
  server.get('/health', headToo, async (_request, reply) => reply.headers(ofNow).send({ ok: true }));
  void server.register(async (others) => {
    // The API looks itself: a hook would cost each of its requests more than the look.
    others.addHook('onRequest', ({ raw }, reply, done) => {
      const fault = faultOf(raw);
      if (!fault) return done();
      reply.hijack();
      refuse(reply.raw, fault, reply);
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
    if (isApi(request.raw)) return throughFastify(request, reply);
    reply.hijack();
    const fault = faultOf(request.raw);
    if (!fault && request.raw.method === 'OPTIONS' && request.raw.url === '*') return send(reply.raw, ofServer, false);
    refuse(reply.raw, fault ?? failHttp(404), reply);
  };
  server.setNotFoundHandler(notFound);
  // What Fastify and its plugins refuse is nowhere to be found: a path that leads out of a folder, a type of a body.
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    if ((error.statusCode ?? 500) < 500) return notFound(request, reply);
    reply.hijack();
    return refuse(reply.raw, failHttp(500), reply);
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
