// The explorer's files (they are built into the package), and the way from `/` to them.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { mountsOf, type Config } from '../config.ts';
import { noSniff } from '../reply/json.ts';

const path = '/explorer';
/** The same from the sources and from the built package. */
const built = fileURLToPath(new URL('../../dist/explorer/', import.meta.url));
const indexName = 'index.html';

/** In a clone where nothing was built yet; `npm start` does so by itself. */
const howToBuild =
  'The explorer is not built. Run `npm run build` in the folder of Keystamp and start the server again.\n';
const untilBuilt = { ...noSniff, 'Cache-Control': 'no-store' } as const;

/**
 * What a page of the explorer may do: run its own scripts and speak with this server. `blob:` shows pictures that are
 * about to be sent.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What can be read can be asked for its head (RFC 9110 § 9.1). */
export const headToo = { exposeHeadRoute: true } as const;

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': policy,
  ...noSniff,
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Whether the setting asks for it, no mount stands in its way, and it has been built. */
export const servesExplorer = (config: Config): boolean => isAsked(config) && existsSync(join(built, indexName));

const isAsked = (config: Config): boolean =>
  config.explorer && !mountsOf(config).some((mount) => `${mount}/`.startsWith(`${path}/`));

/**
 * Serves the explorer under `/explorer`. Its own paths (`/explorer/Employee(31)/photo`) all give the one page; what the
 * build named after its content may be kept for ever.
 * @param models names of the models that are served together; empty for one alone
 * @param folder where it was built
 */
export function serveExplorer(
  server: FastifyInstance,
  config: Config,
  models: readonly string[],
  folder: string = built,
): void {
  if (!isAsked(config)) return;
  const mounts = mountsOf(config);
  const indexFile = join(folder, indexName);
  const pages = [path, `${path}/`, `${path}/*`];
  if (!existsSync(indexFile)) {
    for (const url of config.web === '' ? ['/', ...pages] : pages)
      server.get(url, headToo, async (_request, reply) =>
        reply.code(404).headers(untilBuilt).type('text/plain; charset=utf-8').send(howToBuild),
      );
    return;
  }
  const read = (): Page => ({
    changedAt: statSync(indexFile).mtimeMs,
    bytes: Buffer.from(
      withMeta(readFileSync(indexFile, 'utf8'), {
        'keystamp-mount': mounts[0] as string,
        'keystamp-models': models.map(encodeURIComponent).join(' '),
      }),
    ),
  });
  let page = read();
  /** A build while the server runs gives the scripts other names. In the middle of one there is no page. */
  const current = (): Buffer => {
    const now = statSync(indexFile, { throwIfNoEntry: false })?.mtimeMs ?? page.changedAt;
    if (now !== page.changedAt) page = read();
    return page.bytes;
  };
  for (const url of pages)
    server.route({
      method: ['GET', 'HEAD'],
      url,
      handler: async (_request, reply) => reply.headers(pageHeaders).send(current()),
    });
  void server.register(import('@fastify/static'), {
    root: join(folder, 'assets'),
    prefix: `${path}/assets/`,
    decorateReply: false,
    index: false,
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
    setHeaders: (reply) => void reply.headers(noSniff),
  });
  if (config.web === '')
    server.get('/', headToo, async (_request, reply) => reply.header('Cache-Control', 'no-cache').redirect(`${path}/`));
}

interface Page {
  readonly changedAt: number;
  readonly bytes: Buffer;
}

/** The page with the content of some of its `<meta>` elements. Values are mounts and percent-encoded names: no quotes. */
function withMeta(html: string, contents: Readonly<Record<string, string>>): string {
  return Object.entries(contents).reduce(
    (page, [name, content]) => page.replace(new RegExp(`(<meta name="${name}" content=")[^"]*`), `$1${content}`),
    html,
  );
}
