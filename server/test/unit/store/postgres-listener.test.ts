// How the listener for changes keeps one connection, whatever becomes of it.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { Client } from 'pg';
import { Listener } from '../../../src/store/postgres/listener.ts';

/** Connections that are counted; `answer` is what their statements come to. */
function openCounted(t: TestContext, answer: () => Promise<unknown>) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const all: { readonly lose: () => void; isOpen: boolean }[] = [];
  const connect = (onLost: () => void): Promise<Client> => {
    const one = { lose: onLost, isOpen: true };
    all.push(one);
    const client = Object.assign(new EventEmitter(), {
      query: answer,
      async end() {
        if (!one.isOpen) return;
        one.isOpen = false;
        onLost();
      },
    });
    return Promise.resolve(client as unknown as Client);
  };
  const listener = new Listener(connect, 'public', () => {});
  const pass = async (milliseconds: number): Promise<void> => {
    await new Promise(setImmediate);
    t.mock.timers.tick(milliseconds);
    await new Promise(setImmediate);
  };
  return { all, listener, pass, open: () => all.filter(({ isOpen }) => isOpen).length };
}

test('a connection on which nobody can listen now is ended before another one is tried', async (t) => {
  const { all, listener, pass, open } = openCounted(t, () => Promise.reject(new Error('not now')));
  for (let i = 0; i < 5; i++) await pass(1000);
  assert.ok(all.length > 3, `${all.length} tries`);
  assert.equal(open(), 0);
  await listener.close();
});

test('a database that does not know how is not asked again', async (t) => {
  const unknown = Object.assign(new Error('syntax error at or near "LISTEN"'), { code: '42601' });
  const { all, listener, pass, open } = openCounted(t, () => Promise.reject(unknown));
  for (let i = 0; i < 5; i++) await pass(1000);
  assert.deepEqual([all.length, open()], [1, 0]);
  await listener.close();
});

test('a connection that is told lost twice has one successor', async (t) => {
  const { all, listener, pass, open } = openCounted(t, () => Promise.resolve());
  await pass(0);
  all[0]?.lose();
  await pass(1000);
  all[0]?.lose();
  await pass(1000);
  assert.deepEqual([all.length, open()], [2, 1]);
  await listener.close();
  assert.equal(open(), 0);
});
