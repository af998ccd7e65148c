// The body of a request: its bytes within limits, and its JSON.
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { settings, type Config } from '../config.ts';
import { failHttp, type KeystampError } from '../errors.ts';
import type { HttpRequest } from './http-request.ts';
import { malformed } from './malformed.ts';

/** The rest of the body will not be read, so the connection cannot serve another request. */
const lastAnswer = { Connection: 'close' };

/** How much of a body is taken, and how slowly it may come. */
export interface BodyLimits {
  /** Most bytes. */
  readonly limit: number;
  /** Milliseconds in which `leastBytes` must come, again and again. */
  readonly idleMs: number;
  /** Absent: one. */
  readonly leastBytes?: number;
}

/**
 * What a client may send, and at least as fast as the settings say: whoever sends a byte now and then holds what the server
 * keeps for him for as long as he likes otherwise.
 */
export const bodyLimits = (
  limit: number,
  { bodyIdleSeconds, minBodyRate }: Pick<Config, 'bodyIdleSeconds' | 'minBodyRate'>,
): BodyLimits => ({ limit, idleMs: bodyIdleSeconds * 1000, leastBytes: bodyIdleSeconds * minBodyRate });

/**
 * All bytes of a body.
 * @param headers of the request, for `content-length` and `content-encoding`
 * @throws KeystampError as `takeBytes`
 */
export async function readBytes(
  body: Readable,
  limits: BodyLimits,
  headers: HttpRequest['headers'] = {},
): Promise<Buffer> {
  // A body that came in one piece with the head is handed on by the parser after this turn; then nobody has to listen for it.
  if (headers['content-length'] !== undefined && body.readableLength === 0) await undefined;
  const chunks: Buffer[] = [];
  const count = await takeBytes(body, limits, headers, (chunk) => void chunks.push(chunk));
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, count);
}

/**
 * The body when all of it came with the head, within the limit and not encoded; nothing when it must be waited for.
 */
export function bodyAtHand(body: Readable, limit: number, headers: HttpRequest['headers']): Buffer | undefined {
  if (headers['content-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > limit) return undefined;
  return body.destroyed || body.readableEnded ? undefined : wholeBody(body, headers);
}

/**
 * Hands every piece of a body to `take`; answers the number of bytes.
 * @throws KeystampError 415 for an encoded body; 413 over the limit, from `content-length` before anything is read or
 *   when the count passes it; 408 when too slow; 400 when the body breaks off; and what `take` throws
 */
export function takeBytes(
  body: Readable,
  { limit, idleMs, leastBytes = 1 }: BodyLimits,
  headers: HttpRequest['headers'],
  take: (chunk: Buffer) => void,
): Promise<number> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && String(encoding).toLowerCase() !== 'identity')
    return Promise.reject(failHttp(415, String(encoding), { ...lastAnswer, 'Accept-Encoding': 'identity' }));
  const tooLarge = (): KeystampError => failHttp(413, `over ${limit} bytes`, lastAnswer);
  if (Number(headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  if (body.readableEnded) return Promise.resolve(0);
  if (body.destroyed) return Promise.reject(failHttp(400, 'the body broke off'));
  const whole = wholeBody(body, headers);
  if (whole) {
    try {
      take(whole);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return Promise.resolve(whole.length);
  }
  return new Promise((resolve, reject) => {
    let count = 0;
    /** How many there were when the time began to run. */
    let counted = 0;
    const timer = setTimeout(() => stop(failHttp(408, undefined, lastAnswer)), idleMs);
    const stop = (error?: unknown): void => {
      clearTimeout(timer);
      body.off('data', onData).off('end', onEnd).off('error', onError).off('close', onBreak);
      // The stream lives on: on a socket, destroying it would take the answer with it.
      body.on('error', ignore);
      if (error === undefined) return resolve(count);
      body.pause();
      reject(error);
    };
    const onData = (data: Buffer | string): void => {
      const chunk = typeof data === 'string' ? Buffer.from(data) : data;
      count += chunk.length;
      if (count > limit) return stop(tooLarge());
      try {
        take(chunk);
      } catch (error) {
        return stop(error);
      }
      if (count - counted < leastBytes) return;
      counted = count;
      timer.refresh();
    };
    const onEnd = (): void => stop();
    const onBreak = (): void => stop(failHttp(400, 'the body broke off'));
    const onError = onBreak;
    body.on('data', onData).on('end', onEnd).on('error', onError).on('close', onBreak);
  });
}

const ignore = (): void => undefined;

/** A small body mostly comes with the head and is there already: then nobody has to listen for it. */
function wholeBody(body: Readable, headers: HttpRequest['headers']): Buffer | undefined {
  const length = Number(headers['content-length'] ?? 0);
  if (length === 0 || body.readableLength !== length || body.readableFlowing !== null) return undefined;
  return (body.read() as Buffer | null) ?? undefined;
}

/**
 * The text of a body, which JSON says is UTF-8 whatever the header says of it.
 * @throws KeystampError 1806 for anything else: it would be stored with letters missing
 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw malformed('the body is not UTF-8');
  return bytes.toString('utf8');
}

/**
 * A JSON body. It is read as JSON whatever its type; a form-urlencoded one has `! ' ( ) *` escaped inside the JSON text
 * by a known client, and exactly these are put back (spec 01 § 4). Members called `__proto__` are dropped.
 * @param maxDepth most levels of arrays and objects
 * @param invalid what is said of a text that is no JSON
 * @throws KeystampError 1806 when empty, no JSON, or too deep
 */
export function parseJsonBody(
  text: string,
  contentType: string | undefined,
  maxDepth: number = settings.maxJsonDepth.default,
  invalid = 'the body is not valid JSON',
): unknown {
  let json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (contentType !== undefined && /^\s*application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)) {
    if (/^\s*[[{]/.test(json)) json = json.replace(/%(?:21|27|28|29|2A)/g, decodeURIComponent);
  }
  if (json.trim() === '') throw malformed('the body is empty');
  if (json.length > maxDepth && isDeeper(json, maxDepth)) throw malformed(`the body nests over ${maxDepth} levels`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw malformed(invalid);
  }
  // The name may be spelled with \u escapes, so any of these sends the body through the search.
  if (json.includes('__proto__') || json.includes('\\u')) dropProto(value);
  return value;
}

/**
 * The parameters of a function call: the items of a JSON array, or one value that is none; an empty body has none.
 * @throws KeystampError 1806
 */
export function parseParameters(text: string, contentType: string | undefined, maxDepth: number): readonly unknown[] {
  if (text.trim() === '') return [];
  const value = parseJsonBody(text, contentType, maxDepth, 'parameters are not valid JSON');
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Whether brackets outside strings nest over `maxDepth` levels. */
function isDeeper(json: string, maxDepth: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === 34) {
      i++;
      while (i < json.length && json.charCodeAt(i) !== 34) i += json.charCodeAt(i) === 92 ? 2 : 1;
    } else if (code === 91 || code === 123) {
      if (++depth > maxDepth) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

function dropProto(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__'];
  for (const member of Object.values(value)) dropProto(member);
}
