// Pages of other origins, where the settings list them (spec 13 § 2.6): preflights, and what answers say to browsers.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Config } from '../config.ts';
import { listOf } from '../setting.ts';
import type { HttpReply } from '../reply/http-reply.ts';

/** Headers of answers that scripts may read beside the simple ones. */
const exposed = [
  'Allow',
  'Content-Disposition',
  'Content-Location',
  'Content-Range',
  'ETag',
  'Keystamp-Image-URI',
  'Keystamp-Image-Version',
  'Retry-After',
];
/** Seconds that a browser believes a preflight. */
const maxAge = 600;

/**
 * Lets pages of the listed origins use the API.
 * @returns what the answers need beside their own headers; undefined: no origin is listed
 */
export function allowOrigins(
  server: FastifyInstance,
  config: Config,
  methods: readonly string[],
): ((made: HttpReply, reply: FastifyReply) => HttpReply) | undefined {
  const origins = listOf(config.corsOrigins);
  if (origins.length === 0) return undefined;
  void server.register(import('@fastify/cors'), {
    origin: [...origins],
    credentials: config.corsCredentials,
    methods: [...methods],
    exposedHeaders: exposed,
    maxAge,
    strictPreflight: false,
  });
  return withHeadersOf;
}

/** The plugin speaks to Fastify's reply, which writes nothing itself here. */
function withHeadersOf(made: HttpReply, reply: FastifyReply): HttpReply {
  const { vary, ...added } = reply.getHeaders() as Record<string, string>;
  const varies = [made.headers['Vary'], vary].filter(Boolean).join(', ');
  return { ...made, headers: { ...made.headers, ...added, ...(varies !== '' && { Vary: varies }) } };
}
