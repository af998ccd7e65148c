// Heads of requests that the parser takes, and that two servers might understand in two ways.
import type { IncomingMessage } from 'node:http';
import { failHttp, type KeystampError } from '../errors.ts';

/** Whether the body comes, and where it ends, nobody knows now. */
const lastAnswer = { Connection: 'close' };

/**
 * 400 for the target `*`, which is that of `OPTIONS` alone (RFC 9112 § 3.2.4). 400 for two `Host` headers: whoever reads
 * the first and whoever reads the last would not agree (§ 3.2). 501 for a body that is encoded on its way in another form
 * than chunks, which would be taken as it comes (§ 6.1).
 */
export function faultOfHead({ method, url, rawHeaders, headers }: IncomingMessage): KeystampError | undefined {
  if (url === '*' && method !== 'OPTIONS') return failHttp(400, `${method} of *`, lastAnswer);
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return failHttp(501, coding, lastAnswer);
  return namesTwoHosts(rawHeaders) ? failHttp(400, 'two Host headers', lastAnswer) : undefined;
}

function namesTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if ((rawHeaders[i] as string).length === 4 && (rawHeaders[i] as string).toLowerCase() === 'host') hosts++;
  return hosts > 1;
}
