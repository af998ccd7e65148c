// A running server that speaks the API, seen as a client sees it: one session, patience with a busy server, no redirects.
import { setTimeout as wait } from 'node:timers/promises';

export interface Credentials {
  readonly user?: string;
  readonly password?: string;
  readonly apiKey?: string;
}

export interface RemoteBytes {
  readonly bytes: Buffer;
  readonly mediatype: string;
  /** Milliseconds since 1970. */
  readonly changedAt?: number;
  /** Version number of the picture that these are, from a server that tells which URL is current. */
  readonly version?: number;
}

/** The version number in the uri of a picture. */
export function versionIn(uri: string): number | undefined {
  const version = Number(/[?&]\$version=(\d+)/.exec(uri)?.[1]);
  return Number.isSafeInteger(version) ? version : undefined;
}

const attempts = 6;
const firstPauseMs = 250;
const timeoutMs = 120_000;
const worthAnotherTry: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A server refused a request for good. */
export class RemoteError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RemoteError';
    this.status = status;
  }
}

export class RemoteServer {
  /** `https://old.example/rest`, without a slash at its end. */
  readonly base: string;
  readonly #origin: string;
  /** Who asks: for this server alone, wherever the uris lead that it hands out. */
  readonly #credentials: Record<string, string>;

  /** @throws Error when the text is no http URL */
  constructor(url: string, { apiKey }: Credentials = {}) {
    const { protocol, origin, pathname } = new URL(url);
    if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${url}: an http or https URL is expected`);
    const path = pathname.replace(/\/+$/, '');
    this.base = `${origin}${path === '' ? '/rest' : path}`;
    this.#origin = origin;
    this.#credentials = apiKey === undefined ? {} : { 'api-key': apiKey };
  }

  /** @throws RemoteError 401 when the server does not know the user */
  async login({ user, password }: Credentials): Promise<void> {
    if (user === undefined) return;
    await this.#ask(`${this.base}/$directory/login`, { method: 'POST', body: JSON.stringify([user, password ?? '']) });
  }

  /** The parsed answer to GET. @param path with its query, behind the mount: `/$catalog/$all` */
  async json(path: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.#ask(`${this.base}${path}`, {});
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }

  /** The bytes behind a uri that the server handed out, whole or from its root. */
  async bytes(uri: string): Promise<RemoteBytes> {
    const response = await this.#ask(new URL(uri, this.base).href, { headers: { Accept: '*/*' } });
    const changed = Date.parse(response.headers.get('last-modified') ?? '');
    const version = versionIn(response.headers.get('content-location') ?? '');
    return {
      bytes: Buffer.from(await response.arrayBuffer()),
      mediatype: (response.headers.get('content-type') ?? 'application/octet-stream').replace(/;.*$/, ''),
      ...(Number.isFinite(changed) && { changedAt: changed }),
      ...(version !== undefined && { version }),
    };
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    const isOwn = new URL(url).origin === this.#origin;
    for (let attempt = 1; ; attempt++) {
      const last = attempt === attempts;
      let pause = firstPauseMs * 2 ** attempt;
      try {
        const response = await fetch(url, {
          ...init,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            Accept: 'application/json',
            ...(isOwn && this.#credentials),
            ...(init.headers as Record<string, string> | undefined),
          },
        });
        if (isOwn) this.#keepCookie(response);
        if (response.ok) return response;
        if (last || !worthAnotherTry.has(response.status)) throw await refusal(url, response);
        pause = Math.min(60, Number(response.headers.get('retry-after')) || 0) * 1000 || pause;
        await response.body?.cancel();
      } catch (error) {
        if (error instanceof RemoteError) throw error;
        if (last) throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
      }
      await wait(pause);
    }
  }

  #keepCookie(response: Response): void {
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] as string);
    if (cookies.length > 0) this.#credentials['Cookie'] = cookies.join('; ');
  }
}

/** What the server says, in its own words. */
async function refusal(url: string, response: Response): Promise<RemoteError> {
  const text = await response.text();
  let message = text.slice(0, 200);
  try {
    const [first] = (JSON.parse(text) as { readonly __ERROR?: readonly { readonly message: string }[] }).__ERROR ?? [];
    if (first) ({ message } = first);
  } catch {
    // It is no JSON: the text itself says what is wrong, if anything does.
  }
  return new RemoteError(response.status, `${url}: ${response.status} ${message}`);
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
