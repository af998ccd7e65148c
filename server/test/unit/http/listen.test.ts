// Ports for several processes: told before any of them listens, so nobody else may get them meanwhile.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { test } from 'node:test';
import { claimPort } from '../../../src/http/listen.ts';

const host = '127.0.0.1';

async function listening(options: ListenOptions): Promise<Server> {
  const server = createServer().listen({ host, exclusive: true, ...options });
  await once(server, 'listening');
  return server;
}

test(
  'a free port is kept for those that share it, and for nobody else, until they listen',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { port, release } = await claimPort({ host, port: 0 });
    t.after(release);
    await assert.rejects(listening({ port }), { code: 'EADDRINUSE' });
    const others = await Promise.all([listening({ port, reusePort: true }), listening({ port, reusePort: true })]);
    release();
    for (const other of others) other.close();
    (await listening({ port })).close();
  },
);
