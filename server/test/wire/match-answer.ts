// Compares an answer with what an exchange expects, and with what holds for every answer.
import type { Saved } from './bytes.ts';
import type { Exchange } from './http-file.ts';
import { matchJson } from './match-json.ts';
import { excerpt, isByteLine, matchBytes } from './match-picture.ts';
import { matchText, substitute, type Variables } from './placeholders.ts';
import type { Answer } from './send.ts';

/** What a conversation remembers between its exchanges. */
export interface Memory {
  readonly variables: Variables;
  readonly saved: Saved;
}

/** All faults of an answer, none when it is as expected. */
export async function matchAnswer(exchange: Exchange, answer: Answer, memory: Memory): Promise<readonly string[]> {
  const { expected, not } = exchange;
  const faults: string[] = [];
  if (answer.status !== expected.status)
    faults.push(`expected status ${expected.status}, got ${answer.status}: ${excerpt(answer.body)}`);
  for (const [name, value] of expected.headers) {
    const fault = matchHeader(name, substitute(value, memory.variables), answer, memory.variables);
    if (fault !== undefined) faults.push(fault);
  }
  faults.push(...(await matchBody(expected.body, answer.body, memory)));
  const whole = `${JSON.stringify(answer.headers)}\n${answer.body.toString('utf8')}`;
  for (const text of not) if (whole.includes(substitute(text, memory.variables))) faults.push(`must not hold ${text}`);
  return [...faults, ...alwaysTrue(exchange, answer)];
}

function matchHeader(name: string, wanted: string, { headers }: Answer, variables: Variables): string | undefined {
  const value = headers[name.toLowerCase()];
  const actual = Array.isArray(value) ? value.join(', ') : value;
  if (wanted === '-') return actual === undefined ? undefined : `${name} must be absent, got ${actual}`;
  if (actual === undefined) return `${name} is absent, expected ${wanted}`;
  const pattern = /^\/(.*)\/$/.exec(wanted);
  const fits = wanted === '…' || (pattern ? new RegExp(pattern[1] as string).test(actual) : matchText(wanted, actual, variables)); // oxfmt-ignore
  return fits ? undefined : `${name}: expected ${wanted}, got ${actual}`;
}

async function matchBody(lines: readonly string[], body: Buffer, memory: Memory): Promise<readonly string[]> {
  if (lines.length === 0) return body.length === 0 ? [] : [`expected no body, got ${excerpt(body)}`];
  const text = lines.join('\n').trim();
  if (text === '…') return [];
  if (!isByteLine(lines[0] as string)) return matchJson(substitute(text, memory.variables), body.toString('utf8'), memory.variables); // oxfmt-ignore
  const faults = await Promise.all(lines.map((line) => matchBytes(line, body, memory.saved)));
  return faults.filter((fault) => fault !== undefined);
}

/** Rules without exception: spec 10 §§ 8, 9.9, 9.10, 4.3; RFC 9110. */
function alwaysTrue({ method }: Exchange, { status, headers, body }: Answer): readonly string[] {
  const caching = headers['cache-control'] ?? '';
  const type = headers['content-type'] ?? '';
  // A stored file may be of that type as well.
  const json = type.startsWith('application/json') && headers['content-disposition'] === undefined;
  const rules: readonly (readonly [holds: boolean, rule: string])[] = [
    [!caching.startsWith('public') || headers['set-cookie'] === undefined, 'a public answer carries no Set-Cookie'],
    [
      !caching.startsWith('public') || !/cookie/i.test(headers['vary'] ?? ''),
      'a public answer does not vary by cookie',
    ],
    [status < 400 || caching === 'no-store', `an error is not kept: Cache-Control is ${caching}`],
    [!json || headers['etag'] === undefined, 'a JSON answer has no ETag'],
    [!json || /no-store|private, no-cache/.test(caching), `a JSON answer is not kept: Cache-Control is ${caching}`],
    [status === 304 || headers['content-length'] !== undefined, 'the length of the body is told'],
    [method === 'HEAD' || status === 304 || Number(headers['content-length']) === body.length, 'the length is right'],
    [
      status === 204 || status === 304 || headers['x-content-type-options'] === 'nosniff',
      'what is sent is no other type',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => `does not hold: ${rule}`);
}
