// The one way to the server. Everything that is asked is noted for the request line.
import { metaContent } from '../route.ts';
import { noteExchange } from './exchange.ts';
import { Failure } from './failure.ts';
import type { WireError } from './wire.ts';

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly params?: Params;
  readonly json?: unknown;
  readonly bytes?: File;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the browser's cache may answer. */
  readonly cache?: RequestCache;
  /** Keeps it out of the request line: not of the view itself. */
  readonly quiet?: boolean;
}

export const mount = metaContent('keystamp-mount') ?? '/rest';

/** A path below the mount with its parameters, percent-encoded; texts stand in quotes, so no value ends early. */
export function urlOf(path: string, params: Params = {}): string {
  const query = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${quotedNames.has(name) ? `%22${encodeURIComponent(String(value))}%22` : encodeURIComponent(String(value))}`,
    )
    .join('&');
  const whole = path.startsWith('/') ? path : `${mount}/${path}`;
  return query === '' ? whole : `${whole}${whole.includes('?') ? '&' : '?'}${query}`;
}

const quotedNames = new Set(['$filter', '$orderby', '$params']);

/**
 * Sends a request; the answer, whatever it is.
 * @throws Failure for a status of 400 and above or none at all; the signal's reason
 */
export async function send(path: string, asked: Asked = {}): Promise<Response> {
  const {
    method = asked.json === undefined && !asked.bytes ? 'GET' : 'POST',
    params,
    json,
    bytes,
    signal,
    headers,
    cache,
    quiet,
  } = asked;
  const url = urlOf(path, params);
  const body = json === undefined ? bytes : JSON.stringify(json);
  const contentType = bytes
    ? bytes.type || 'application/octet-stream'
    : json === undefined
      ? undefined
      : 'application/json';
  const ended = quiet
    ? () => undefined
    : noteExchange({
        method,
        url,
        ...(contentType !== undefined && { contentType }),
        ...(bytes ? { body: bytes.name, bytes: true } : typeof body === 'string' && { body }),
      });
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        Accept: 'application/json',
        ...(contentType !== undefined && { 'Content-Type': contentType }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      ...(cache && { cache }),
    });
  } catch (cause) {
    ended(0);
    if (signal?.aborted) throw signal.reason;
    throw new Failure(0, [], cause);
  }
  ended(response.status);
  if (response.status >= 400) {
    const answer = (await response.json().catch(() => undefined)) as { __ERROR?: readonly WireError[] } | undefined;
    throw new Failure(response.status, answer?.__ERROR ?? [], answer);
  }
  return response;
}

/** Sends a request and reads the JSON of the answer. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await (await send(path, asked)).json()) as T;
}
