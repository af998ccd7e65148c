// A front end beside the API: a folder of files, served from the same origin, so that pages need neither CORS nor TLS to use
// the session cookie.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { settings, type Config } from '../config.ts';
import { noSniff } from '../reply/json.ts';

/** @throws Error when the setting names no folder */
export function checkWebFolder({ web }: Config): void {
  if (web !== '' && !statSync(web, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`${settings.web.env}=${web}: there is no such folder`);
}

/**
 * Serves what the folder holds under `/`, `index.html` for a folder of it. The API, the explorer, `/health` and `/metrics`
 * keep their paths; files whose name begins with a point stay unknown.
 */
export function serveWebFolder(server: FastifyInstance, { web }: Config): void {
  if (web === '') return;
  void server.register(import('@fastify/static'), {
    root: resolve(web),
    decorateReply: false,
    dotfiles: 'ignore',
    cacheControl: false,
    // Nobody knows which of the names change with their content, so each is asked for again, with its ETag.
    setHeaders: (reply) => void reply.headers({ ...noSniff, 'Cache-Control': 'no-cache' }),
  });
}
