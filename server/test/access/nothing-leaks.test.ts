// Nothing leaks: two offices that differ only in what guests and clerks may not see (values of attributes, pictures, rows,
// the entities of whole classes) answer everything that those may ask byte for byte the same: status, headers, bodies.
//
// What is normalised, and nothing else: ids made by chance (of sessions, sets, uploads, the datastore; 32 digits each, and
// the same id must stand for the same id throughout) and the milliseconds that `$querypath` measures. The clock is one for
// both. What no server can hide is not asked: whether a key or a unique value is free, see docs/reference/privileges.md.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { HttpReply } from '../../src/reply/http-reply.ts';
import { openOffice, type Office } from './open-office.ts';
import { curious, type Curious } from './requests.ts';

const requests = process.env['KEYSTAMP_LONG'] ? 20_000 : 3000;

let now = Date.UTC(2025, 5, 1, 9);
let offices: readonly [Office, Office];
let cookies: readonly [string, string];

before(async () => {
  const clock = (): number => now;
  offices = [
    await openOffice({ salt: 1, spies: [50, 51, 52, 55], payslips: 9, vaults: 4 }, clock),
    await openOffice({ salt: 2, spies: [51, 54], payslips: 2, vaults: 0 }, clock),
  ];
  cookies = [await offices[0].logIn('clerk'), await offices[1].logIn('clerk')];
});

after(async () => {
  for (const office of offices ?? []) await office.close();
});

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

test(`two offices answer ${requests} requests of guests and clerks the same`, async (t) => {
  const seed = Number(process.env['KEYSTAMP_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`KEYSTAMP_SEED=${seed}`);
  const ids: Record<'set' | 'upload', [string, string]> = { set: ['0', '0'], upload: ['0', '0'] };
  const statuses = new Map<number, number>();
  for (const request of fc.sample(curious, { numRuns: requests, seed })) {
    now += 700;
    const answers = await Promise.all(
      offices.map((office, i) =>
        office.ask(withIds(request, ids, i), request.who === 'clerk' ? cookies[i] : undefined),
      ),
    );
    const [first, second] = answers.map(printed) as [string, string];
    remember(answers as [HttpReply, HttpReply], ids);
    assert.equal(
      translated(first, second),
      first,
      `${request.who}: ${request.method} ${request.url} ${String(request.body ?? '')}`,
    );
    const { status } = answers[0] as HttpReply;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.ok(status < 500, `${request.method} ${request.url}: ${first}`);
  }
  t.diagnostic(
    [...statuses]
      .toSorted()
      .map(([status, times]) => `${status}: ${times}`)
      .join(', '),
  );
  // Requests that are all refused would prove nothing.
  assert.ok((statuses.get(200) ?? 0) > requests / 7);
  assert.deepEqual([...offices[0].faults, ...offices[1].faults], []);
});

function withIds(request: Curious, ids: Record<'set' | 'upload', [string, string]>, i: number): Curious {
  const fill = (text: string): string =>
    text.replaceAll('{set}', ids.set[i] as string).replaceAll('{upload}', ids.upload[i] as string);
  const { body } = request;
  return { ...request, url: fill(request.url), ...(typeof body === 'string' && { body: fill(body) }) };
}

/** Later requests use the sets and uploads of earlier ones. */
function remember(answers: readonly [HttpReply, HttpReply], ids: Record<'set' | 'upload', [string, string]>): void {
  for (const [kind, pattern] of [
    ['set', /\$entityset\/([0-9A-F]{32})"/],
    ['upload', /^\{"ID":"([0-9A-F]{32})"\}$/],
  ] as const) {
    const found = answers.map(({ body }) => (typeof body === 'string' || body ? pattern.exec(Buffer.from(body).toString('latin1'))?.[1] : undefined)); // prettier-ignore
    if (found[0] !== undefined && found[1] !== undefined) ids[kind] = found as [string, string];
  }
}
