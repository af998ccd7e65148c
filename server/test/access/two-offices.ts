// Two offices that differ in what guests and clerks may not see are asked the same, and must answer the same. A program of
// its own: the hooks of the test runner make every promise cost twice.
// Arguments: how many requests, and what chance begins with. Prints how often which status was answered, as JSON.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HttpReply } from '../../src/reply/http-reply.ts';
import { openOffice, type Office } from './open-office.ts';
import { curious, type Curious } from './requests.ts';

// Most requests are refused, and nobody reads where.
Error.stackTraceLimit = 0;

/** Reads that are under way at the same time. */
const together = 8;

let now = Date.UTC(2025, 5, 1, 9);
const clock = (): number => now;
const offices: readonly [Office, Office] = [
  await openOffice({ salt: 1, spies: [50, 51, 52, 55], payslips: 9, vaults: 4 }, clock),
  await openOffice({ salt: 2, spies: [51, 54], payslips: 2, vaults: 0 }, clock),
];
const cookies: readonly [string, string] = [await offices[0].logIn('clerk'), await offices[1].logIn('clerk')];
/** Later requests use the sets and uploads of earlier ones. */
const ids: Record<'set' | 'upload', [string, string]> = { set: ['0', '0'], upload: ['0', '0'] };
const statuses: Record<number, number> = {};

/** Which id of the second office stands for which of the first. */
const twins = new Map<string, string>();
const idPattern = /[0-9A-F]{32}/g;

/** The answer as text. */
function printed({ status, headers, body }: HttpReply): string {
  const shown = Object.entries(headers).filter(([name]) => name !== 'Set-Cookie');
  const hasCookie = 'Set-Cookie' in headers ? '\nSet-Cookie' : '';
  const text = typeof body === 'string' ? body : Buffer.from(body ?? []).toString('latin1');
  return `${status}\n${shown.map((header) => header.join(': ')).join('\n')}${hasCookie}\n\n${text.replace(/"time":\d+/g, '"time":0').replace(/[0-9A-F]{8}…/g, '<id>…')}`;
}

/** The second answer with the ids of the first, where they stand for each other. */
function translated(text: string, other: string): string {
  const ids = text.match(idPattern) ?? [];
  const others = other.match(idPattern) ?? [];
  for (const [i, id] of others.entries()) if (ids[i] !== undefined && !twins.has(id)) twins.set(id, ids[i]);
  return other.replace(idPattern, (id) => twins.get(id) ?? id);
}

/** It changes nothing that another request could see. */
const isRead = ({ method, url }: Curious): boolean =>
  method !== 'POST' && method !== 'DELETE' && !/\$(lock|method)=/.test(url);

/** One request after the other; reads beside each other are asked together. */
function* batchesOf(requests: readonly Curious[]): Generator<readonly Curious[]> {
  let reads: Curious[] = [];
  for (const request of requests) {
    if (isRead(request)) reads.push(request);
    if (reads.length === together || (reads.length > 0 && !isRead(request))) {
      yield reads;
      reads = [];
    }
    if (!isRead(request)) yield [request];
  }
  yield reads;
}

const printedRequest = ({ who, method, url, body = '' }: Curious): string => `${who}: ${method} ${url} ${String(body)}`;

async function ask(request: Curious): Promise<void> {
  const answers = await Promise.all(
    offices.map((office, i) => office.ask(withIds(request, i), request.who === 'clerk' ? cookies[i] : undefined)),
  );
  const [first, second] = answers.map(printed) as [string, string];
  remember(answers as [HttpReply, HttpReply]);
  assert.equal(translated(first, second), first, printedRequest(request));
  const { status } = answers[0] as HttpReply;
  statuses[status] = (statuses[status] ?? 0) + 1;
  assert.ok(status < 500, `${printedRequest(request)}: ${first}`);
}

const [requests, seed] = process.argv.slice(2).map(Number);
try {
  for (const batch of batchesOf(fc.sample(curious, { numRuns: requests!, seed: seed! }))) {
    now += 700 * batch.length;
    await Promise.all(batch.map(ask));
  }
  assert.deepEqual([...offices[0].faults, ...offices[1].faults], []);
  console.log(JSON.stringify(statuses));
} finally {
  for (const office of offices) await office.close();
}

function withIds(request: Curious, i: number): Curious {
  const fill = (text: string): string =>
    text.replaceAll('{set}', ids.set[i] as string).replaceAll('{upload}', ids.upload[i] as string);
  const { body } = request;
  return { ...request, url: fill(request.url), ...(typeof body === 'string' && { body: fill(body) }) };
}

/** Keeps the ids of new sets and uploads. */
function remember(answers: readonly [HttpReply, HttpReply]): void {
  for (const [kind, pattern] of [
    ['set', /\$entityset\/([0-9A-F]{32})"/],
    ['upload', /^\{"ID":"([0-9A-F]{32})"\}$/],
  ] as const) {
    const found = answers.map(({ body }) => (typeof body === 'string' || body ? pattern.exec(Buffer.from(body).toString('latin1'))?.[1] : undefined)); // oxfmt-ignore
    if (found[0] !== undefined && found[1] !== undefined) ids[kind] = found as [string, string];
  }
}
