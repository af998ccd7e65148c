// The explorer's address where nothing was built yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { readConfig } from '../../../src/config.ts';
import { serveExplorer } from '../../../src/http/explorer.ts';

test('an explorer that is not built says how to build it, wherever it is looked for', async () => {
  const server = Fastify();
  serveExplorer(server, readConfig({}), [], 'nowhere');
  for (const url of ['/', '/explorer', '/explorer/', '/explorer/Employee(31)']) {
    const { statusCode, headers, body } = await server.inject(url);
    assert.deepEqual([statusCode, headers['content-type']], [404, 'text/plain; charset=utf-8'], url);
    assert.match(body, /npm run build/);
    // A cache keeps a 404 as it likes where nothing is said (RFC 9111 § 4.2.2).
    assert.equal(headers['cache-control'], 'no-store', url);
  }
  await server.close();
});
