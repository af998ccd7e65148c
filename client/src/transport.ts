// One request: URL, cookies where the platform keeps none, retries where they do no harm, errors as classes.
import { errorOf } from './errors.ts';
import type { WireError, WireStatus } from './wire.ts';

export type Body = NonNullable<RequestInit['body']>;

export interface TransportOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly credentials?: RequestInit['credentials'];
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tries of a read that the server refuses with 503, the first included. */
  readonly tries: number;
  /** Most seconds waited before another try, whatever the server asks. */
  readonly maxWait: number;
}

/** What every request takes. */
export interface RequestOptions {
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** A request as it is sent. */
export interface Sent {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: Body;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Whether the browser's own cache may answer. */
  readonly cache?: RequestInit['cache'];
  /** The server keeps something for this session: a set, a lock, an upload, a login. */
  readonly opensSession?: boolean;
}

export class Transport {
  readonly #options: TransportOptions;
  /** What `/rest/…` in answers is relative to: empty in a page of the same server. */
  readonly #origin: string;
  readonly #mount: string;
  /** Cookies by name. Browsers hide them from programs and keep them themselves. */
  readonly #cookies = new Map<string, string>();
  /** The first request that opens a session, and whether it did; those that need one wait, or each would open its own. */
  #opening: Promise<boolean> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/]+)?(.*)$/i.exec(options.url) ?? [];
    this.#origin = origin;
    this.#mount = path.replace(/\/+$/, '');
  }

  /** A path below the mount (`Employee(1)`) or a uri of an answer (`/rest/Employee(1)`) as a URL. */
  resolve(path: string): string {
    return path.startsWith('/') ? this.#origin + path : `${this.#origin}${this.#mount}/${path}`;
  }

  /**
   * Sends a request.
   * @throws KeystampError for a status of 400 and above, NetworkError without an answer, what `signal` was aborted with
   */
  async send(path: string, sent: Sent = {}): Promise<Response> {
    if (!sent.opensSession) return this.#tryTo(path, sent);
    // When the first one has failed, the next in the line takes its place.
    while (this.#opening) if (await this.#opening) return this.#tryTo(path, sent);
    const response = this.#tryTo(path, sent);
    this.#opening = response.then(
      () => true,
      () => {
        this.#opening = undefined;
        return false;
      },
    );
    return response;
  }

  async #tryTo(path: string, sent: Sent): Promise<Response> {
    const { method = 'GET', signal } = sent;
    const url = this.resolve(path);
    for (let tried = 1; ; tried++) {
      const response = await this.#once(url, method, sent);
      this.#keepCookies(response);
      if (response.ok || response.status === 304) return response;
      const retryAfter = secondsOf(response.headers.get('Retry-After'));
      if (method === 'GET' && response.status === 503 && tried < this.#options.tries) {
        await response.body?.cancel();
        await wait(Math.min(retryAfter ?? tried, this.#options.maxWait) * 1000, signal);
        continue;
      }
      const { entries, outcome, body } = await readFailure(response);
      throw errorOf({
        status: response.status,
        entries,
        method,
        url,
        cause: body,
        ...(outcome && { outcome }),
        ...(retryAfter !== undefined && { retryAfter }),
      });
    }
  }

  async #once(url: string, method: string, { body, type, accept, headers, signal, cache }: Sent): Promise<Response> {
    const { apiKey, credentials } = this.#options;
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    try {
      return await this.#options.fetch(url, {
        method,
        headers: {
          Accept: accept ?? 'application/json',
          ...(type !== undefined && { 'Content-Type': type }),
          ...(apiKey !== undefined && { 'api-key': apiKey }),
          ...(cookie !== '' && { Cookie: cookie }),
          ...this.#options.headers,
          ...headers,
        },
        ...(credentials && { credentials }),
        ...(signal && { signal }),
        ...(cache && { cache }),
        ...(body !== undefined && { body }),
        // Platforms that send streams want to be told that the answer comes after them.
        ...(body instanceof ReadableStream && { duplex: 'half' }),
      } as RequestInit);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw errorOf({ status: 0, entries: [], method, url, cause });
    }
  }

  #keepCookies(response: Response): void {
    // Only servers' platforms tell them.
    for (const line of response.headers.getSetCookie?.() ?? []) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*max-age=0*(;|$)/i.test(line) || value === '') this.#cookies.delete(name.trim());
      else this.#cookies.set(name.trim(), value);
    }
  }
}

interface FailureBody {
  readonly entries: readonly WireError[];
  readonly outcome?: WireStatus;
  /** The parsed answer: a failed save holds the stored values. */
  readonly body: unknown;
}

async function readFailure(response: Response): Promise<FailureBody> {
  const text = await response.text().catch(() => '');
  try {
    const body = JSON.parse(text) as { __ERROR?: readonly WireError[]; __STATUS?: WireStatus; __ENTITIES?: unknown[] };
    const failed = body.__ERROR
      ? body
      : ((body.__ENTITIES as (typeof body)[] | undefined)?.find(({ __ERROR }) => __ERROR) ?? body);
    return { entries: failed.__ERROR ?? [], body, ...(failed.__STATUS && { outcome: failed.__STATUS }) };
  } catch {
    return { entries: [], body: text };
  }
}

/** `Retry-After` in seconds, given so or as a date. */
function secondsOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** @throws what the signal was aborted with */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
