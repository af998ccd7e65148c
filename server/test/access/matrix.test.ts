// The table of matrix.md, row for row.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { HttpReply } from '../../src/reply/http-reply.ts';
import { openOffice, type Office } from './open-office.ts';

const roles = ['guest', 'clerk', 'boss'] as const;

interface Row {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  /** What must hold for each role. */
  readonly cells: readonly string[];
}

const rows = readFileSync(new URL('matrix.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| +`/.test(line))
  .map((line): Row => {
    const [asked = '', ...cells] = line.split(' | ').map((cell) => cell.replace(/^\| +| *\|$/g, '').trim());
    const [, method = '', url = '', body] = /^`([A-Z]+) ([^`]+)`(?: `([^`]+)`)?$/.exec(asked) ?? [];
    assert.ok(method, line);
    assert.equal(cells.length, roles.length, line);
    return { method, url, ...(body !== undefined && { body }), cells };
  });

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let office: Office;
const cookies: (string | undefined)[] = [undefined];

before(async () => {
  office = await openOffice({ salt: 1, spies: [50, 51], payslips: 3, vaults: 2 }, () => Date.UTC(2025, 5, 1, 9));
  for (const role of roles.slice(1)) cookies.push(await office.logIn(role));
});
after(() => office.close());

const encoded = (url: string): string => url.replace(/[ "%<>[\]{}]/g, (sign) => encodeURIComponent(sign));

/** What of a cell does not hold. */
function faultsOf(cell: string, { status, headers, body }: HttpReply): readonly string[] {
  const text = typeof body === 'string' ? body : Buffer.from(body ?? []).toString('utf8');
  const codes = [...text.matchAll(/"errCode":(\d+)/g)].map(([, code]) => code);
  return cell.split(' ').filter((word) => {
    const [, name, given = ''] = /^(\w+)=(.*)$/.exec(word) ?? [];
    if (name === 'count') return !text.includes(`"__COUNT":${given},`);
    if (name === 'cache') return !String(headers['Cache-Control']).startsWith(given.replace('·', ' '));
    if (word.startsWith('+')) return !text.includes(word.slice(1));
    if (word.startsWith('-')) return text.includes(word.slice(1));
    return word !== String(status) && !codes.includes(word);
  });
}

test('the table has rows for every door', () => assert.ok(rows.length > 100));

for (const { method, url, body, cells } of rows)
  test(`${method} ${url} ${body ?? ''}`, async () => {
    let cell = '';
    for (const [i, role] of roles.entries()) {
      if (cells[i] !== '=') cell = cells[i] as string;
      const bytes = body === 'picture' ? picture : body;
      const reply = await office.ask(
        { method, url: `/rest/${encoded(url)}`, ...(bytes !== undefined && { body: bytes }) },
        cookies[i],
      );
      const faults = faultsOf(cell, reply);
      const shown = Buffer.from(reply.body ?? '')
        .toString('utf8')
        .slice(0, 1000);
      assert.deepEqual(faults, [], `${role}: ${reply.status} ${String(reply.headers['Cache-Control'])} ${shown}`);
      // Permissions are no matter of a browser's password window (spec 14 § 5.5).
      assert.ok(!('WWW-Authenticate' in reply.headers));
      if (reply.status === 401) assert.equal(reply.headers['Cache-Control'], 'no-store');
    }
    assert.deepEqual(office.faults, []);
  });
