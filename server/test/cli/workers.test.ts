// `keystamp serve --workers N`: several processes behave as one server, on both engines.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Agent, fetch } from 'undici';
import { dropDatabase, newDatabase } from '../postgres.ts';
import { endAll, keystamp } from './keystamp-process.ts';

const modelFile = fileURLToPath(new URL('../crash/model.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'keystamp-workers-'));
const databases: string[] = [];

after(async () => {
  await endAll();
  for (const database of databases) await dropDatabase(database);
  rmSync(folder, { recursive: true, force: true });
});

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** Waits until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 50) {
    assert.ok(waited < 120_000, 'it does not come about');
    await sleep(50);
  }
}

/** Each request over a connection of its own, so that the processes take turns. */
const fresh = new Agent({ pipelining: 0, connections: 32, keepAliveTimeout: 1, keepAliveMaxTimeout: 1 });

for (const engine of ['sqlite', 'postgres'] as const)
  describe(`two processes on ${engine}`, () => {
    const save = async (url: string, body: unknown, cookie = ''): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${url}/Note?$method=update`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { cookie, connection: 'close' },
        dispatcher: fresh,
      });
      return { ...((await answer.json()) as object), httpStatus: answer.status };
    };

    test('writes of all of them succeed, what one holds the others see, dead ones are replaced, and all of them, all end', async () => {
      const database = engine === 'postgres' ? await newDatabase() : '';
      if (database !== '') databases.push(database);
      const server = keystamp(['serve', modelFile, '--data', join(folder, engine), '--port', '0', '--workers', '2'], {
        KEYSTAMP_DATABASE: database,
      });
      const url = await server.url;
      await until(() => childrenOf(server.pid).length === 2);

      // All write at once: nobody hears that the database was busy.
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, i) => save(url, { code: `n${i}`, title: `title ${i}` })),
      );
      assert.deepEqual(answers.filter(({ httpStatus }) => httpStatus !== 200), []); // oxfmt-ignore
      const count = await fetch(`${url}/Note?$top=1`, { dispatcher: fresh });
      assert.equal(((await count.json()) as { __COUNT: number }).__COUNT, 60);

      // Whichever is asked tells what all have counted.
      const metrics = await (await fetch(new URL('/metrics', url), { dispatcher: fresh })).text();
      assert.match(metrics, /^keystamp_answer_seconds_count\{method="POST",status="200"\} 60$/m);

      // A lock and an entity set belong to the session, whichever process answers.
      const locked = await fetch(`${url}/Note(n1)?$lock=true`, { dispatcher: fresh });
      const cookie = locked.headers.get('set-cookie')?.split(';')[0] ?? '';
      assert.equal(((await locked.json()) as { result: boolean }).result, true);
      const made = await fetch(`${url}/Note?$method=entityset&$top=2`, { headers: { cookie }, dispatcher: fresh });
      const set = ((await made.json()) as { __ENTITYSET: string }).__ENTITYSET;
      for (let i = 0; i < 6; i++) {
        assert.equal((await save(url, { __KEY: 'n1', title: `other ${i}` }))['httpStatus'], 409);
        assert.equal((await save(url, { __KEY: 'n1', title: `own ${i}` }, cookie))['httpStatus'], 200);
        const page = await fetch(new URL(`${set}?$top=2`, url), { headers: { cookie }, dispatcher: fresh });
        assert.equal(((await page.json()) as { __COUNT: number }).__COUNT, 60);
      }

      const [first] = childrenOf(server.pid);
      process.kill(first as number, 'SIGKILL');
      await until(() => {
        const now = childrenOf(server.pid);
        return now.length === 2 && !now.includes(first as number);
      });
      for (let i = 0; i < 6; i++) assert.equal((await save(url, { __KEY: 'n2', title: `${i}` }))['httpStatus'], 200);

      // All at once: the address stays.
      const before = childrenOf(server.pid);
      for (const pid of before) process.kill(pid, 'SIGKILL');
      await until(async () => {
        const now = childrenOf(server.pid);
        if (now.length < 2 || before.some((pid) => now.includes(pid))) return false;
        return (
          (await save(url, { __KEY: 'n2', title: 'again' }).catch(() => ({ httpStatus: 0 })))['httpStatus'] === 200
        );
      });

      const all = childrenOf(server.pid);
      server.kill('SIGTERM');
      assert.equal((await server.ended).code, 0);
      for (const pid of all) assert.throws(() => process.kill(pid, 0), `process ${pid} is still there`);
    });
  });

test('processes that all die at once while they serve are replaced, however many', async () => {
  const server = keystamp(['serve', modelFile, '--data', join(folder, 'many'), '--port', '0', '--workers', '6']);
  const url = await server.url;
  const before = childrenOf(server.pid);
  assert.equal(before.length, 6);
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await until(async () => {
    const now = childrenOf(server.pid);
    if (now.length < 6 || before.some((pid) => now.includes(pid))) return false;
    return fetch(`${url}/$catalog`, { dispatcher: fresh }).then(({ ok }) => ok, () => false); // oxfmt-ignore
  });
  server.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

/** Node where the system cannot let several sockets listen on one port. */
const withoutSharedPorts = `--import=data:text/javascript,${encodeURIComponent(`
  import net from 'node:net';
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (options, ...rest) {
    if (!options?.reusePort) return listen.call(this, options, ...rest);
    process.nextTick(() => this.emit('error', Object.assign(new Error('listen'), { code: 'ENOTSUP' })));
    return this;
  };`)}`;

/** Asks until told to stop; every request must be answered or broken off, none may wait for nothing. */
async function ask(url: string, going: () => boolean): Promise<void> {
  while (going()) {
    const signal = AbortSignal.timeout(60_000);
    await fetch(`${url}/Note?$top=1`, { headers: { connection: 'close' }, dispatcher: fresh, signal }).then(
      (answer) => answer.arrayBuffer(),
      (error: Error) => {
        if (error.name === 'TimeoutError') throw new Error('a request got no answer', { cause: error });
        return sleep(5);
      },
    );
  }
}

test('a process that is killed leaves no request without an answer or an end', async () => {
  const server = keystamp(['serve', modelFile, '--data', join(folder, 'killed'), '--port', '0', '--workers', '2']);
  const url = await server.url;
  let going = true;
  const asked = Array.from({ length: 8 }, () => ask(url, () => going));
  for (let i = 0; i < 3; i++) {
    const before = childrenOf(server.pid);
    process.kill(before[i % 2] as number, 'SIGKILL');
    await until(() => {
      const now = childrenOf(server.pid);
      return now.length === 2 && now.join() !== before.join();
    });
    await sleep(300);
  }
  going = false;
  await Promise.all(asked);
  server.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

test('where sockets cannot share a port, processes take connections from one socket themselves', async () => {
  const server = keystamp(['serve', modelFile, '--data', join(folder, 'shared'), '--port', '0', '--workers', '2'], {
    NODE_OPTIONS: withoutSharedPorts,
  });
  const url = await server.url;
  // One that stands between could hand connections to a process that is dead already; this one cannot hand on anything.
  process.kill(server.pid, 'SIGSTOP');
  try {
    for (let i = 0; i < 4; i++) {
      const signal = AbortSignal.timeout(60_000);
      assert.equal((await fetch(`${url}/Note?$top=1`, { dispatcher: fresh, signal })).status, 200);
    }
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  server.kill('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

test('a port that is taken is told at once', async () => {
  const server = keystamp(['serve', modelFile, '--data', join(folder, 'first'), '--port', '0', '--workers', '2']);
  const { port } = new URL(await server.url);
  const second = keystamp(['serve', modelFile, '--data', join(folder, 'second'), '--port', port, '--workers', '2']);
  const { code, stderr } = await second.ended;
  assert.equal(code, 1);
  assert.match(stderr, /is taken by another program/);
  server.kill('SIGTERM');
  await server.ended;
});

test('processes that cannot start are given up', async () => {
  const server = keystamp(['serve', modelFile, '--data', join(folder, 'taken'), '--port', '0', '--workers', '2'], {
    KEYSTAMP_MAX_PIXELS: 'none',
  });
  assert.equal((await server.ended).code, 1);
});
