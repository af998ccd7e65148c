// Takes an answer as it is and writes it down for the ceiling that gives nothing but this answer.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { FixedAnswer } from './ceilings/fixed-answer.ts';

/** Headers that node:http writes by itself. */
const own = new Set(['date', 'connection', 'keep-alive']);

/**
 * Writes the answer of a URL to a file.
 * @param same file of an answer that this one must equal, head and body
 * @returns bytes of the body
 */
export async function fixAnswer(
  url: string,
  headers: Readonly<Record<string, string>>,
  file: string,
  same?: string,
): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject);
  });
  const body = await buffer(response);
  const { rawHeaders } = response;
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
  const answer: FixedAnswer = {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(pairs.filter(([name]) => !own.has(name.toLowerCase()))),
    ...(body.length > 0 && { body: body.toString('base64') }),
  };
  if (same !== undefined) assert.deepEqual(answer, JSON.parse(readFileSync(same, 'utf8')));
  writeFileSync(file, JSON.stringify(answer));
  return body.length;
}
