// No byte of a request reaches the text of a statement: requests that are odd wherever a client can write something,
// while every text that SQLite prepares is looked at.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { model as company } from '../../../../examples/company/model.ts';
import { bare } from '../../wire/bare.ts';
import { readConfig } from '../../../src/config.ts';
import { openKeystamp } from '../../../src/keystamp.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { HttpReply } from '../../../src/reply/http-reply.ts';

const texts = new Set<string>();
const prepare = Database.prototype.prepare;
Database.prototype.prepare = function (this: Database.Database, text: string) {
  texts.add(text);
  return prepare.call(this, text);
} as typeof prepare;

const data = mkdtempSync(join(tmpdir(), 'keystamp-texts-'));
const keystamp = await openKeystamp(buildModel(bare(company)), readConfig({ data }), (event) => {
  if (event.kind === 'failed') console.error(event.cause);
});
after(async () => {
  await keystamp.close();
  rmSync(data, { recursive: true });
});

let cookie = '';

/** One request, with the cookie of the session so far; never a fault of the server. */
async function ask(method: string, path: string, body?: unknown): Promise<HttpReply> {
  const sent = body === undefined ? [] : [Buffer.from(body instanceof Uint8Array ? body : JSON.stringify(body))];
  const reply = await keystamp.handle({
    method,
    url: `/rest/${path}`,
    headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
    body: Readable.from(sent),
    remoteAddress: '127.0.0.1',
    secure: false,
  });
  cookie = String(reply.headers['Set-Cookie'] ?? cookie).split(';')[0] ?? '';
  assert.ok(reply.status < 500, `${method} ${path}: ${reply.status} ${String(reply.body)}`);
  return reply;
}

const at = encodeURIComponent;

/** Requests with the odd text in every place that takes one. */
async function askAll(odd: string): Promise<void> {
  const quoted = odd.replaceAll('\\', '').replaceAll('"', '').replaceAll("'", '');
  const made = await ask('POST', 'Employee?$method=update', {
    lastName: odd,
    notes: odd,
    email: odd,
    spec: { [odd]: odd },
  });
  const key = /"__KEY":"(\d+)"/.exec(String(made.body))?.[1] ?? '1';
  await ask('POST', 'Employee?$method=update', { [odd]: 1 });
  await ask('POST', 'Employee?$method=update', { __KEY: odd, __STAMP: odd, lastName: odd });
  await ask('POST', 'Employee?$method=update', { __KEY: key, __STAMP: 1, lastName: `${odd}!`, employer: odd });
  await ask('POST', 'Employee?$method=update&$atomic=true', [
    { lastName: odd, badge: odd },
    { lastName: odd, lastLogin: odd },
  ]);
  for (const comparator of ['=', '==', '===', '!=', '!==', '<', '>=', 'BEGIN', '%', 'LIKE'])
    await ask('GET', `Employee?$filter="lastName ${at(comparator)} :1"&$params=${at(JSON.stringify([odd]))}`);
  await ask('GET', `Employee?$filter=${at(`"lastName = '${quoted}'"`)}`);
  await ask('GET', `Employee?$filter=${at(`"lastName = ${quoted}"`)}`);
  await ask('GET', `Employee?$filter="lastName IN :1"&$params=${at(JSON.stringify([[odd, `${odd}2`]]))}`);
  await ask('GET', `Employee?$filter=":1 = :2"&$params=${at(JSON.stringify([['spec', odd], odd]))}`);
  await ask('GET', `Employee?$filter=":1 = :2"&$params=${at(JSON.stringify([odd, odd]))}`);
  await ask(
    'GET',
    `Employee?$filter="employer.name = :1 and spec.tags[] = :1 or salary > :2"&$params=${at(JSON.stringify([odd, 7]))}`,
  );
  await ask('GET', `Employee?$filter=${at(odd)}`);
  await ask('GET', `Employee?$orderby=${at(odd)}`);
  await ask('GET', `Employee?$orderby="spec.${at(quoted)}"`);
  await ask('GET', `Employee?$attributes=${at(odd)}`);
  await ask('GET', `Employee?$expand=${at(odd)}`);
  await ask('GET', `Employee?$skip=${at(odd)}&$top=${at(odd)}&$timeout=${at(odd)}`);
  await ask('GET', `Employee?$imageformat=${at(odd)}&$version=${at(odd)}&$imagefit=inside`);
  await ask('GET', `Employee(${at(`"${odd.replaceAll('"', '""')}"`)})`);
  await ask('GET', `Employee:lastName(${at(`"${odd.replaceAll('"', '""')}"`)})`);
  await ask('GET', `Employee:${at(quoted)}(1)`);
  await ask('GET', `${at(odd)}`);
  await ask('GET', `Employee/${at(odd)}`);
  await ask('GET', `Employee/$entityset/${at(odd)}?$savedfilter="lastName = :1"&$params=${at(JSON.stringify([odd]))}`);
  await ask(
    'GET',
    `Employee/$entityset/ABC?$savedfilter="lastName = :1"&$params=${at(JSON.stringify([odd]))}&$savedorderby=lastName`,
  );
  await ask('GET', `Employee?$filter="lastName = :1"&$params=${at(JSON.stringify([odd]))}&$method=entityset`);
  await ask('POST', 'Employee/$entityset/$release', [odd]);
  await ask('POST', 'Employee?$method=delete', [{ __KEY: odd }]);
  await ask('POST', `Employee?$filter="lastName = :1"&$params=${at(JSON.stringify([odd]))}&$method=delete`);
  await ask('POST', '$upload?$binary=true', Buffer.from(odd));
  await ask('POST', 'Company?$method=update', { name: 'x', brochure: { ID: odd }, logo: { ID: odd } });
}

const odds = [
  `zq7x'"; DROP TABLE Employee; --`,
  `zq7x%_@*\\`,
  `") OR 1=1 /* zq7x`,
  'zq7x ÆØ🦆 \u0001\u001f',
  `zq7x' || (SELECT name FROM sqlite_schema) || '`,
  `zq7x ? ?1 :a $b @c`,
];

test('odd texts: none of them is in the text of a statement', async () => {
  for (const odd of odds) await askAll(odd);
  assert.ok(texts.size > 50);
  for (const text of texts) assert.doesNotMatch(text, /zq7x/i);
});

test('other values give no other statements', async () => {
  const known = new Set(texts);
  const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(word, fc.integer({ min: 0, max: 99_999 }), async (text, number) => {
      const params = at(JSON.stringify([text, number]));
      await ask(
        'GET',
        `Employee?$filter="lastName === :1 and salary > :2"&$params=${params}&$skip=${number}&$top=${number}`,
      );
      await ask('GET', `Company?$expand=staff:${number}-${number + 1}&$top=${number}`);
      await ask('GET', `Employee(${number})`);
      await ask('POST', 'Employee?$method=update', { lastName: text, salary: number, spec: { [text]: number } });
    }),
    { numRuns: 40 },
  );
  const added = [...texts].filter((text) => !known.has(text));
  assert.ok(
    added.length <= 8,
    `${added.length} statements for one shape of request:\n${added.map((text) => text.slice(0, 300)).join('\n')}`,
  );
});
