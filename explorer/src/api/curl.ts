// A request as a command for a terminal.
import type { Exchange } from './exchange.ts';

/** Single quotes hold everything but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** `curl -g 'http://…'`; `-g` because the API's URLs hold brackets. */
export function curlOf({ method, url, body, bytes, contentType }: Exchange, origin: string): string {
  const parts = ['curl -g', quoted(readable(origin + url).replaceAll("'", '%27'))];
  if (method !== 'GET' && !(method === 'POST' && body !== undefined)) parts.push('-X', method);
  if (bytes && contentType !== undefined) parts.push('-H', quoted(`Content-Type: ${contentType}`));
  if (body !== undefined) parts.push(bytes ? '--data-binary' : '-d', quoted(bytes ? `@${body}` : body));
  return parts.join(' ');
}

/** Decoded where that changes nothing: what curl and servers take as it is. */
const readable = (url: string): string =>
  url.replace(/%(22|3D|27|3E|3C|2C|3A|40|5B|5D|2F|28|29)/gi, (code) =>
    safe.has(code.toUpperCase()) ? decodeURIComponent(code) : code,
  );

const safe = new Set(['%2C', '%3A', '%40', '%2F', '%28', '%29', '%3D']);

/** For the eye alone. */
export function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
