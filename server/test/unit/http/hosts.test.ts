// Under which names a server answers, by its settings and by what protects it (DECISIONS P12).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { hostRule } from '../../../src/http/hosts.ts';

/** Whether each of these is answered. */
function answered(
  flags: Parameters<typeof readConfig>[0],
  isProtected: boolean,
  hosts: readonly (string | undefined)[],
): readonly boolean[] {
  const rule = hostRule(readConfig(flags), isProtected);
  return hosts.map((host) => rule?.({ host }) === undefined);
}

const ownNames = [
  'localhost',
  'localhost:8044',
  'LocalHost:',
  'localhost.',
  'app.localhost:3000',
  '127.0.0.1:8044',
  '127.8.9.10',
  '[::1]:8044',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  undefined,
];
const foreign = [
  'evil.example',
  'evil.example:8044',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.evil.example',
  '192.168.1.5:8044',
  '0.0.0.0',
  '[::]',
  '[fd00::1]',
  '',
  ':8044',
  'localhost:80:80',
  'localhost:x',
  'evil.example@localhost',
  'localhost/evil.example',
  'localhost, evil.example',
  'localhost evil.example',
  '[::1',
  '::1',
  '[localhost]',
];

test('what nothing protects answers under the names of this machine alone', () => {
  assert.deepEqual(answered({}, false, ownNames), ownNames.map(() => true)); // oxfmt-ignore
  assert.deepEqual(answered({}, false, foreign), foreign.map(() => false)); // oxfmt-ignore
});

test('what is protected, or meant for everybody, answers under any name', () => {
  assert.equal(hostRule(readConfig(), true), undefined);
  assert.equal(hostRule(readConfig({ open: true }), false), undefined);
});

test('once names are listed, they hold for every server', () => {
  const hosts = ['data.example', 'Data.Example.:443', 'x.data.example', 'app.example', 'a.b.app.example', 'xapp.example', '10.0.0.5:80', '[fd00::1]']; // oxfmt-ignore
  const allowedHosts = 'data.example, .App.example,10.0.0.5';
  const expected = [true, true, false, true, true, false, true, false];
  for (const isProtected of [false, true])
    for (const open of [false, true]) {
      assert.deepEqual(answered({ allowedHosts, open }, isProtected, hosts), expected);
      assert.deepEqual(answered({ allowedHosts, open }, isProtected, ownNames), ownNames.map(() => true)); // oxfmt-ignore
    }
  assert.deepEqual(answered({ allowedHosts: '[fd00::1]' }, true, ['[FD00::1]:8044']), [true]);
});

test('a proxy must have been asked for such a name as well, whoever says so', () => {
  const rule = hostRule(readConfig({ allowedHosts: 'data.example' }), false);
  const ask = (forwarded: string): boolean =>
    rule?.({ host: 'localhost:8044', 'x-forwarded-host': forwarded }) === undefined;
  assert.deepEqual(
    ['data.example', 'localhost:5173', 'data.example, localhost', 'evil.example', 'data.example, evil.example'].map(
      ask,
    ),
    [true, true, true, false, false],
  );
  assert.ok(rule?.({ host: 'evil.example', 'x-forwarded-host': 'data.example' }));
});

test('an answer does not depend on the requests before it', () => {
  const hosts = ['localhost', 'evil.example', 'evil.example', 'localhost', undefined, 'evil.example'];
  assert.deepEqual(answered({}, false, hosts), [true, false, false, true, true, false]);
});

test('a refusal says what to do', () => {
  const refused = hostRule(readConfig(), false)?.({ host: 'evil.example' });
  assert.equal(refused?.status, 421);
  assert.match(String(refused?.message), /"evil\.example".*allowedHosts.*KEYSTAMP_ALLOWED_HOSTS.*--open/);
  const unlisted = hostRule(readConfig({ allowedHosts: 'a.example' }), true)?.({ host: 'x'.repeat(10_000) });
  assert.match(String(unlisted?.message), /allowedHosts .* does not list it$/);
  assert.ok(String(unlisted?.message).length < 500);
});

test('names that are none are told at the start', () => {
  for (const wrong of ['https://data.example', 'data.example:80', '*.data.example', 'data..example', 'a b', '.'])
    assert.throws(() => readConfig({ allowedHosts: wrong }), /--allowed-hosts .*names such as data\.example/);
});
