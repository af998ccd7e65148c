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
  const shown = {
    'Access-Control-Expose-Headers': exposed.join(', '),
    ...(config.corsCredentials && { 'Access-Control-Allow-Credentials': 'true' }),
  };
  const listed = new Set(origins);
  // The plugin speaks to Fastify's reply, which writes nothing itself here, and not of what no route can be found for.
  return ({ headers, ...made }, { request }) => {
    const { origin } = request.headers;
    const vary = headers['Vary'];
    return {
      ...made,
      headers: {
        ...headers,
        Vary: vary === undefined ? 'Origin' : `${String(vary)}, Origin`,
        ...(origin !== undefined && listed.has(origin) && { 'Access-Control-Allow-Origin': origin, ...shown }),
      },
    };
  };
}
