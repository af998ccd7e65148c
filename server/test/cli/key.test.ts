// `keystamp key …` beside a running server: a key is shown once, works at once, and opens nothing once it is removed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { endAll, keystamp, type Ended, type KeystampProcess } from './keystamp-process.ts';

const root = mkdtempSync(join(tmpdir(), 'keystamp-cli-key-'));
const data = join(root, 'data');
const model = `export default { dataClasses: {
  Note: { attributes: { ID: { type: 'long', primKey: true, autosequence: true } } },
} };`;

let server: KeystampProcess;
let url: string;

before(async () => {
  writeFileSync(join(root, 'model.ts'), model);
  server = keystamp(['serve', root, '--port', '0', '--data', data], { KEYSTAMP_API_KEYS: 'required' });
  url = await server.url;
});

after(async () => {
  server.kill('SIGTERM');
  await server.ended;
  await endAll();
  rmSync(root, { recursive: true });
});

const key = (...args: string[]): Promise<Ended> => keystamp(['key', ...args, '--model', root, '--data', data]).ended;

const status = async (sent: string): Promise<number> =>
  (await fetch(`${url}/Note`, { headers: { 'api-key': sent } })).status;

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
