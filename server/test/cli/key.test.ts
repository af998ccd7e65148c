// `keystamp key …` beside a running server: a key is shown once, works at once, and opens nothing once it is removed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ended } from './keystamp-process.ts';
import { ServedModel } from './served-model.ts';

const served = await ServedModel.open(
  `export default { dataClasses: {
  Note: { attributes: { ID: { type: 'long', primKey: true, autosequence: true } } },
} };`,
  { KEYSTAMP_API_KEYS: 'required' },
);

const key = (...args: string[]): Promise<Ended> => served.command(['key', ...args]);

const status = async (sent: string): Promise<number> =>
  (await fetch(`${served.url}/Note`, { headers: { 'api-key': sent } })).status;

test('added, listed, used, removed', async () => {
  const added = await key('add', '--type', 'administration', '--description', 'nightly import', '--days', '90');
  assert.equal(added.code, 0, added.stderr);
  const [, sent = '', id = ''] = /^(ks_\S+)[^]*Its id is ([0-9A-F]{32})\.$/m.exec(added.stdout) ?? [];
  assert.equal(await status(sent), 200);
  assert.equal(await status(`${sent}x`), 401);
  const listed = await key('list');
  assert.match(
    listed.stdout,
    new RegExp(`^${id}  administration  -  until \\d{4}-\\d\\d-\\d\\d  any host  nightly import$`, 'm'),
  );
  assert.ok(!listed.stdout.includes(sent));
  assert.equal((await key('remove', id)).stdout.trim(), 'Removed');
  assert.equal(await status(sent), 401);
  assert.match((await key('remove', id)).stderr, /There is no key/);
});

test('wishes that cannot be', async () => {
  for (const [args, said] of [
    [['add'], /acts as a role/],
    [['add', '--type', 'administration', '--role', 'Clerk'], /give it none/],
    [['add', '--role', 'Clerk', '--days', '400'], /366 days at most/],
    [['add', '--role', 'Clerk', '--hosts', '10.0.0.0/8,office'], /office is neither an address/],
  ] as const) {
    const { code, stderr } = await key(...args);
    assert.equal(code, 1);
    assert.match(stderr, said);
  }
});
