// `session` in code beside what conversations show: calls side by side, privileges lent to one of them alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { session } from 'keystamp';
import { openProgram, type Program } from './program.ts';

let program: Program;

before(async () => {
  program = await openProgram();
});
after(() => program.close());

test('a lent privilege is not seen by another call of the session, and ends with an error as well', async () => {
  const own = await program.newSession();
  const lent = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const first = program.run(async () => {
    assert.ok(session.promote('payroll') > 0);
    assert.equal(session.promote('PAYROLL'), 0, 'held already');
    lent.resolve();
    await asked.promise;
    assert.equal(session.hasPrivilege('payroll'), true);
    assert.deepEqual(session.getPrivileges(), [], 'it is not the session’s');
    throw new Error('broken off');
  }, own);
  await lent.promise;
  await program.run(async () => assert.equal(session.hasPrivilege('payroll'), false), own);
  asked.resolve();
  await assert.rejects(first, /broken off/);
  await program.run(async () => assert.equal(session.hasPrivilege('payroll'), false), own);
});

test('a number gives back what it stands for and nothing else', async () => {
  await program.run(async () => {
    const [a, b] = [session.promote('a'), session.promote('b')];
    session.demote(a);
    session.demote(a);
    session.demote(0);
    assert.deepEqual([session.hasPrivilege('a'), session.hasPrivilege('b')], [false, true]);
    session.demote(b);
    assert.equal(session.hasPrivilege('b'), false);
  });
});

test('privileges hold at once; a call that began before keeps what it had', async () => {
  const own = await program.newSession();
  await program.run(async () => {
    assert.equal(session.setPrivileges(' editStaff , viewStaff,'), true);
    assert.deepEqual([session.isGuest(), session.hasPrivilege('viewstaff')], [false, true]);
    assert.deepEqual(session.getPrivileges(), ['editStaff', 'viewStaff']);
    assert.equal(session.setPrivileges({ privileges: ['payroll'], userName: 'amina' }), true);
    assert.deepEqual([session.userName, session.getPrivileges()], ['amina', ['payroll']]);
    assert.equal(session.setPrivileges([]), true);
    assert.deepEqual([session.userName, session.isGuest()], ['amina', true]);
    assert.equal(session.clearPrivileges(), true);
    assert.deepEqual([session.userName, session.isGuest()], ['', true]);
  }, own);
});

test('what is no number is refused', async () => {
  await program.run(async () => {
    for (const wrong of [0, -1, Number.NaN, '90' as unknown as number])
      assert.throws(() => (session.idleTimeout = wrong), RangeError);
    assert.throws(() => session.createOTP(Number.NaN), RangeError);
  });
});

test('outside of a call there is no session', () => {
  assert.throws(() => session.userName, /There is no call/);
});
