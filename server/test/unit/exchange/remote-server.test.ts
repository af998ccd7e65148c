// What a source of data is asked, and with what: its credentials are for it alone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { RemoteServer } from '../../../src/exchange/remote-server.ts';

const open: Server[] = [];
after(() => {
  for (const server of open) server.close();
});

/** A server that sets a cookie with every answer: its origin, and the headers that it was asked with. */
async function source(cookie: string): Promise<{ origin: string; asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers);
    response.writeHead(200, { 'Set-Cookie': cookie, Connection: 'close' }).end('{}');
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test('key and cookies go to the source alone, not where the uris of its pictures lead', async () => {
  const own = await source('session=own; HttpOnly');
  const other = await source('session=other');
  const server = new RemoteServer(own.origin, { apiKey: 'secret' });
  await server.login({ user: 'ada', password: 'pass' });
  await server.bytes(`${other.origin}/photo.jpg`);
  await server.bytes('/rest/Employee(1)/photo');
  assert.equal(other.asked[0]?.cookie, undefined);
  assert.equal(other.asked[0]?.['api-key'], undefined);
  assert.equal(own.asked[1]?.cookie, 'session=own');
  assert.equal(own.asked[1]['api-key'], 'secret');
});

test('the version of a picture is that of the bytes that came, not of the uri that was read before', async () => {
  const server = createServer((_, response) => {
    const current = '/rest/Employee(1)/photo?$imageformat=best&$version=6&$expand=photo';
    response.writeHead(200, { 'Content-Location': current, Connection: 'close' }).end('bytes');
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  const asked = new RemoteServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
  assert.equal((await asked.bytes('/rest/Employee(1)/photo?$binary=true&$version=5')).version, 6);
});
