// The roles file as the command finds it: what it protects, what keeps the server from starting (spec 14 § 3).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test as plainTest } from 'node:test';
import { endAll, keystamp, type KeystampProcess } from './keystamp-process.ts';

const test = (name: string, work: () => Promise<void>): void => void plainTest(name, { timeout: 240_000 }, work);

const root = mkdtempSync(join(tmpdir(), 'keystamp-roles-'));
after(async () => {
  await endAll();
  rmSync(root, { recursive: true });
});

const model = `const ID: object = { type: 'long', primKey: true, autosequence: true };
export default { dataClasses: { Person: { attributes: { ID, name: { type: 'string' }, photo: { type: 'image' } } }, Secret: { attributes: { ID } } } };`;

const protecting = {
  permissions: { allowed: [{ type: 'dataclass', applyTo: 'Person', read: ['guest'] }] },
  restrictedByDefault: true,
};
const faulty = {
  permissions: { allowed: [{ type: 'dataclass', applyTo: 'Persons', read: ['guest'] }, { type: 'table', applyTo: 'Person' }] },
  forceLogin: 1,
}; // oxfmt-ignore

let folders = 0;
function folder(roles?: unknown): string {
  const path = join(root, String(++folders));
  mkdirSync(path);
  writeFileSync(join(path, 'model.ts'), model);
  if (roles !== undefined)
    writeFileSync(join(path, 'roles.json'), typeof roles === 'string' ? roles : JSON.stringify(roles));
  return path;
}

const serve = (path: string, ...more: readonly string[]): KeystampProcess =>
  keystamp(['serve', path, '--port', '0', '--data', join(path, 'data'), ...more]);

const statuses = async (process: KeystampProcess): Promise<readonly number[]> => {
  const url = (await process.url).replace('0.0.0.0', '127.0.0.1');
  const asked = ['Person', 'Secret'].map(async (name) => (await fetch(`${url}/${name}`)).status);
  return Promise.all(asked);
};

/** Ends the server; what it has logged. */
async function logged(process: KeystampProcess): Promise<string> {
  process.kill('SIGTERM');
  const { code, stderr } = await process.ended;
  assert.equal(code, 0);
  return stderr;
}

async function refused(process: KeystampProcess): Promise<string> {
  const { code, stderr, stdout } = await process.ended;
  assert.equal(code, 1);
  assert.equal(stdout, '');
  return stderr;
}

test('roles.json beside the model protects, from other machines too; warnings are logged', async () => {
  const roles = { ...protecting, privileges: [{ privilege: 'spare' }] };
  const server = serve(folder(roles), '--host', '0.0.0.0');
  assert.deepEqual(await statuses(server), [200, 401]);
  const log = await logged(server);
  assert.doesNotMatch(log, /unprotected/);
  assert.match(log, /the privilege spare allows nothing/);
});

test('without one nothing is protected, and the log says so', async () => {
  const server = serve(folder());
  assert.deepEqual(await statuses(server), [200, 200]);
  assert.match(await logged(server), /unprotected/);
});

test('--roles none', async () => {
  const server = serve(folder(protecting), '--roles', 'none');
  assert.deepEqual(await statuses(server), [200, 200]);
  await logged(server);
});

test('--roles another file', async () => {
  const [other, path] = [folder(protecting), folder()];
  const server = serve(path, '--roles', join(other, 'roles.json'));
  assert.deepEqual(await statuses(server), [200, 401]);
  await logged(server);
});

test('a file that is asked for and is not there', async () => {
  assert.match(await refused(serve(folder(), '--roles', 'nowhere.json')), /nowhere\.json: there is no such roles file/);
});

test('a faulty file keeps the server from starting and tells all its faults', async () => {
  const message = await refused(serve(folder(faulty)));
  assert.match(message, /roles\.json \$\.permissions\.allowed\[0\]\.applyTo: there is no dataclass Persons/);
  assert.match(message, /roles\.json \$\.permissions\.allowed\[1\]\.type: one of datastore/);
  assert.match(message, /roles\.json \$\.forceLogin: true or false is expected/);
  assert.doesNotMatch(message, /^\s+at .+:\d+:\d+\)?$/m, 'a stack trace is no message');
});

test('so does one that is no JSON', async () => {
  assert.match(await refused(serve(folder('{'))), /roles\.json \$: no JSON/);
});

test('--roles-errors open serves without protection, as 4D does, and says so', async () => {
  const server = serve(folder(faulty), '--roles-errors', 'open');
  assert.deepEqual(await statuses(server), [200, 200]);
  const log = await logged(server);
  assert.match(log, /rolesFault/);
  assert.match(log, /unprotected/);
});

test('one without protection may not be reached from other machines', async () => {
  assert.match(await refused(serve(folder(faulty), '--host', '0.0.0.0', '--roles-errors', 'open')), /nothing protects/);
});

test('what has become protected since the last start may still be in shared caches', async () => {
  const path = folder();
  const open = serve(path);
  await open.url;
  assert.doesNotMatch(await logged(open), /publicCopies/);
  writeFileSync(join(path, 'roles.json'), JSON.stringify({ restrictedByDefault: true }));
  const closed = serve(path);
  await closed.url;
  assert.match(await logged(closed), /"attribute":"Person\.photo".*publicCopies/);
  const again = serve(path);
  await again.url;
  assert.doesNotMatch(await logged(again), /publicCopies/);
});
