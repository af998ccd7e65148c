// The one way to the server. What is asked for a view is noted for the request line.
import { createClient, type Client, type Params } from '@keystamp/client';
import { metaContent } from '../route.ts';
import { noteExchange } from './exchange.ts';

export type { Params };

export interface Asked {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly params?: Params;
  readonly json?: unknown;
  readonly bytes?: File;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the browser's cache may answer. */
  readonly cache?: RequestCache;
  /** Keeps it out of the request line: it is not what the view shows. */
  readonly quiet?: boolean;
}

const mount = metaContent('keystamp-mount') ?? '/rest';

/** Where the API of a model stands; without a name that of the first one. */
export const mountOf = (model: string | undefined): string =>
  model === undefined ? mount : `${mount}/${encodeURIComponent(model)}`;

const named: typeof fetch = async (input, init) => {
  const body = init?.body;
  const contentType = new Headers(init?.headers).get('Content-Type');
  const ended = noteExchange({
    method: init?.method ?? 'GET',
    url: String(input),
    ...(contentType !== null && { contentType }),
    ...(body instanceof File ? { body: body.name, bytes: true } : typeof body === 'string' && { body }),
  });
  try {
    const response = await fetch(input, init);
    ended(response.status);
    return response;
  } catch (error) {
    ended(0);
    throw error;
  }
};

const noted = createClient({ url: mount, fetch: named });
/** The same server; nobody is told. */
const client: Client = createClient({ url: mount });

/**
 * Sends a request.
 * @throws KeystampError for a status of 400 and above or none at all; the signal's reason
 */
export function send(path: string, asked: Asked = {}): Promise<Response> {
  const { json, bytes, params = {}, quiet, headers = {}, ...rest } = asked;
  const { Accept: accept, ...others } = headers;
  const type = bytes ? bytes.type || 'application/octet-stream' : 'application/json';
  const body = json === undefined ? bytes : JSON.stringify(json);
  return (quiet ? client : noted).send(path, params, {
    ...rest,
    method: rest.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: others,
    ...(accept !== undefined && { accept }),
    ...(body !== undefined && { body, type }),
    // Each of two requests at once would open a session of its own.
    opensSession: params['$method'] === 'entityset',
  });
}

/** Sends a request and reads the JSON of the answer. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await (await send(path, asked)).json()) as T;
}

/** Who one is to a model. Several models that are served together have sessions of their own. @param below its mount */
export const userOf = (below: string): Pick<Client, 'login' | 'logout'> => createClient({ url: below });

/** Sends a file ahead of a save, which names it by its ID. @param below the mount of the model it is for */
export async function sendAhead(file: File, as: 'picture' | 'file', below: string): Promise<{ readonly ID: string }> {
  return createClient({ url: below, fetch: named }).upload(file, { as });
}
