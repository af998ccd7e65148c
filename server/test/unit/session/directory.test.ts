// What the author's `directory.login` may answer (spec 13 § 4): typed as it is written, read as it comes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from '../../../src/session/directory.ts';

const isRole = (name: string): boolean => name === 'clerk';

test('nobody', () => {
  for (const answer of [false, null, undefined]) assert.deepEqual(readAnswer(answer, isRole), { kind: 'refused' });
  assert.deepEqual(readAnswer({ error: 1024, errorMessage: 'locked' }, isRole), {
    kind: 'refused',
    error: { error: 1024, errorMessage: 'locked' },
  });
  assert.deepEqual(readAnswer({ error: 7 }, isRole), { kind: 'refused', error: { error: 7 } });
});

test('somebody: groups that are roles, and others that are privileges', () => {
  const ID = 'a0100000-0000-0000-0000-000000000079';
  const { kind, ...more } = readAnswer({ name: 'ada', ID, belongsTo: ['clerk', 'pay'], storage: { a: 1 } }, isRole);
  assert.equal(kind, 'user');
  const { identity, storage } = more as Extract<ReturnType<typeof readAnswer>, { kind: 'user' }>;
  assert.deepEqual(
    [identity.userName, identity.ID, identity.roles, identity.privileges, storage],
    ['ada', 'A0100000000000000000000000000079', ['clerk'], ['pay'], { a: 1 }],
  );
});

const wrong: readonly (readonly [answer: unknown, words: RegExp])[] = [
  [true, /is neither false nor an object/],
  ['ada', /is neither false nor an object/],
  [{ error: 'no' }, /has an `error` that is no number/],
  [{ error: 1.5 }, /has an `error` that is no number/],
  [{}, /has no `name`/],
  [{ name: '' }, /has no `name`/],
  [{ name: 7 }, /has no `name`/],
  [{ name: 'ada', belongsTo: 'clerk' }, /has a `belongsTo` that is no list of names/],
  [{ name: 'ada', belongsTo: ['clerk', 7] }, /has a `belongsTo` that is no list of names/],
  [{ name: 'ada', ID: 'A01' }, /has an `ID` that is not of 32 hex digits/],
  [{ name: 'ada', ID: 'A01000000000000000000000000000791' }, /has an `ID` that is not of 32 hex digits/],
];

for (const [answer, words] of wrong)
  test(`${JSON.stringify(answer)} is a fault of the code`, () => {
    assert.throws(
      () => readAnswer(answer, isRole),
      (error) => error instanceof TypeError && words.test(error.message),
    );
  });
