// Logging in and out, and what a client does with a busy server.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import {
  createClient,
  NetworkError,
  OverloadError,
  PermissionError,
  RequestError,
  TooLargeError,
} from '@keystamp/client';
import { openClient } from './open-client.ts';

test('login, who is logged in, logout', async () => {
  const { ds, close } = await openClient();
  assert.equal(await ds.currentUser(), null);
  assert.equal(await ds.login('clara', 'wrong'), false);
  assert.equal(await ds.login('clara', 'clara-pays', { seconds: 7200 }), true);
  assert.equal((await ds.currentUser())?.fullName, 'Clara Dupont');
  assert.deepEqual([await ds.belongsTo('Payroll'), await ds.belongsTo('Staff')], [true, false]);
  assert.deepEqual(
    (await ds.info()).sessionInfo?.map(({ lifeTime }) => lifeTime),
    [7200],
  );
  await ds.logout();
  assert.equal(await ds.currentUser(), null);
  await close();
});

test('a server that wants a login says so', async () => {
  const { ds, close } = await openClient({ forceLogin: 'true' });
  await assert.rejects(ds.Employee.get(1), (error) => error instanceof PermissionError && error.loginRequired);
  await ds.login('bruno', 'bruno-hires');
  assert.equal((await ds.Employee.get(1)).lastName, 'Joubert');
  await close();
});

test('reads wait for a busy server, a bounded number of times; writes are not sent twice', async () => {
  const seen: string[] = [];
  let busyFor = 2;
  const server = createServer((request, response) => {
    seen.push(request.method as string);
    const busy = request.method === 'POST' || busyFor-- > 0;
    response.writeHead(busy ? 503 : 200, { 'Content-Type': 'application/json', ...(busy && { 'Retry-After': '0' }) });
    response.end(
      busy
        ? '{"__ERROR":[{"message":"The server is busy","componentSignature":"http","errCode":503}]}'
        : '{"__COUNT":0,"__SENT":0,"__FIRST":0,"__ENTITIES":[]}',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ds = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest` });
  assert.equal((await ds.dataClass('A').all()).count, 0);
  assert.deepEqual(seen.splice(0), ['GET', 'GET', 'GET']);
  busyFor = 100;
  const busy = (error: unknown): boolean => error instanceof OverloadError && error.retryAfter === 0;
  await assert.rejects(ds.dataClass('A').all().page(), busy);
  assert.equal(seen.splice(0).length, 4);
  await assert.rejects(ds.dataClass('A').create({ x: 1 }).save(), busy);
  assert.deepEqual(seen, ['POST']);
  server.close();
  server.closeAllConnections();
  await assert.rejects(ds.dataClass('A').all().page(), NetworkError);
});

test('an API key goes along with every request', async () => {
  const { ds, another, fixture, close } = await openClient({ apiKeys: 'required' });
  await assert.rejects(ds.Employee.get(1), RequestError);
  const { key } = await fixture.addKey({ type: 'administration' });
  assert.equal((await another({ apiKey: key }).Employee.get(1)).lastName, 'Joubert');
  await assert.rejects(another({ apiKey: `${key}x` }).Employee.get(1), PermissionError);
  await close();
});

test('a body that is too large', async () => {
  const { ds, close } = await openClient({ maxJsonBytes: '300' });
  await assert.rejects(ds.Employee.create({ lastName: 'Long', notes: 'x'.repeat(400) }).save(), TooLargeError);
  await close();
});

test('cookies are kept, replaced and forgotten as the server says; a date tells when to come again', async () => {
  const seen: (string | undefined)[] = [];
  const answers: readonly Record<string, string | string[]>[] = [
    { 'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/'] },
    { 'Set-Cookie': ['a=3; Path=/', 'b=; Max-Age=0; Path=/'] },
    { 'Retry-After': new Date(Date.now() - 1000).toUTCString() },
    { 'Set-Cookie': 'a=4; Path=/; Max-Age=0' },
    {},
  ];
  const server = createServer(({ headers }, response) => {
    const more = answers[seen.length] ?? {};
    seen.push(headers.cookie);
    response.writeHead('Retry-After' in more ? 503 : 200, { 'Content-Type': 'application/json', ...more });
    response.end('{"__COUNT":0,"__SENT":0,"__FIRST":0,"__ENTITIES":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ds = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest` });
  for (let i = 0; i < 4; i++) await ds.dataClass('A').all().page();
  assert.deepEqual(seen, [undefined, 'a=1; b=2', 'a=3', 'a=3', undefined]);
  server.close();
  server.closeAllConnections();
});

test('of those that need a session one opens it, also after the first one has failed', async () => {
  let opened = 0;
  let asked = 0;
  const server = createServer((request, response) => {
    const isFirst = asked++ === 0;
    if (!isFirst && !request.headers.cookie) opened++;
    response.writeHead(isFirst ? 500 : 200, {
      'Content-Type': 'application/json',
      ...(!isFirst && { 'Set-Cookie': 'WASID4D=1; Path=/' }),
    });
    response.end(isFirst ? '{"__ERROR":[]}' : '{"result":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ds = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest` });
  const logins = await Promise.allSettled([1, 2, 3, 4].map(() => ds.login('clara', 'clara-pays')));
  assert.deepEqual(logins.map(({ status }) => status).toSorted(), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  assert.deepEqual([asked, opened], [4, 1]);
  server.close();
});
