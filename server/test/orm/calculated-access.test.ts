// Who may see and assign calculated attributes, and row filters over them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineModel, implement, session } from 'keystamp';
import { markImplemented } from '../../src/model/code.ts';
import { app, ds, model } from './calculated-model.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask, save } from './rest.ts';

test('privileges of code: to assign the attribute itself, not what its setter writes', async () => {
  const openTo = (full: string) =>
    openModel(app, {
      roles: {
        privileges: [{ privilege: 'chief' }],
        roles: [],
        permissions: {
          allowed: [
            { applyTo: 'ds', type: 'datastore', read: ['guest'], create: ['guest'], update: ['guest'], execute: ['guest'] },
            { applyTo: 'Member.given', type: 'attribute', read: ['guest'], create: ['chief'], update: ['chief'] },
            { applyTo: 'Member.family', type: 'attribute', read: ['guest'], create: ['chief'], update: ['chief'] },
            { applyTo: 'Member.full', type: 'attribute', read: ['guest'], create: [full], update: [full] },
          ],
        },
        forceLogin: false,
      },
    }); // oxfmt-ignore
  const call = async (opened: OpenModel, ...names: string[]): Promise<unknown> => {
    const { body } = await ask(opened, 'POST', '/rest/Member(1)/called', names);
    const { success, errors = [] } = body.result as { success: boolean; errors?: { errCode: number }[] };
    return success || errors.map(({ errCode }) => errCode);
  };
  const [mayAssign, mayNot] = [await openTo('guest'), await openTo('chief')];
  try {
    for (const opened of [mayAssign, mayNot])
      await opened.run(async () => {
        session.promote('chief');
        await ds.Member.new({ given: 'Ada', family: 'Joubert' }).save();
      });
    assert.equal(await call(mayAssign, 'Eve Moon'), true);
    assert.equal((await ask(mayAssign, 'GET', '/rest/Member(1)')).body.full, 'Eve Moon');
    // What the function itself assigns needs permission as ever, although the setter wrote it too.
    assert.deepEqual(await call(mayAssign, 'Eve Moon', 'Sun'), [1608, 1517]);
    assert.deepEqual(await call(mayNot, 'Eve Moon'), [1608, 1517]);
    const made = await mayAssign.run(async () => (await ds.Member.new({ full: 'Bo Ray' }).save()).success);
    assert.equal(made, true);
    assert.equal(await mayNot.run(async () => (await ds.Member.new({ full: 'Bo Ray' }).save()).success), false);
  } finally {
    for (const opened of [mayAssign, mayNot]) await opened.close();
  }
});

test('privileges: for the attribute itself, not for what it is made of', async () => {
  const permissions = {
    allowed: [
      { applyTo: 'ds', type: 'datastore', read: ['guest'], create: ['guest'], update: ['guest'], execute: ['guest'] },
      { applyTo: 'Member.family', type: 'attribute', read: ['chief'] },
      { applyTo: 'Team', type: 'dataclass', read: ['chief'] },
      { applyTo: 'Member.lent', type: 'attribute', promote: ['chief'] },
      { applyTo: 'Member.full', type: 'attribute', read: ['guest'], create: ['chief'], update: ['chief'] },
    ],
  };
  const guarded = await openModel(app, {
    roles: { privileges: [{ privilege: 'chief' }], roles: [], permissions, forceLogin: false },
  });
  try {
    const made = await save(guarded, 'Member', { given: 'Ada', family: 'Joubert' });
    assert.equal(made.status, 200);
    const codes = (told: { body: { __ERROR: { errCode: number }[] } }): number[] =>
      told.body.__ERROR.map(({ errCode }) => errCode);
    const refused = await save(guarded, 'Member', { __KEY: '1', full: 'Eve Moon' });
    assert.deepEqual([refused.status, codes(refused)], [401, [1608, 1517]]);
    const created = await save(guarded, 'Member', { full: 'Eve Moon' });
    assert.deepEqual([created.status, codes(created)], [401, [1608, 1534]]);
    // Who may see the result needs no permission on what it is made of; other entities keep theirs.
    const shown = (await ask(guarded, 'GET', '/rest/Member(1)?$attributes=full,lent')).body;
    assert.deepEqual([shown.full, shown.lent], ['Ada Joubert', true]);
    const all = (await ask(guarded, 'GET', '/rest/Member(1)')).body;
    assert.equal('family' in all, false);
    const family = await ask(guarded, 'GET', '/rest/Member?$filter="family = Joubert"');
    assert.deepEqual([family.status, codes(family)], [401, [1607]]);
    assert.equal((await ask(guarded, 'GET', '/rest/Member?$filter="full = \'Ada Joubert\'"')).body.__COUNT, 1);
    // An alias needs none for its path.
    await guarded.run(async () => {
      session.promote('chief');
      await ds.Team.new({ name: 'Red' }).save();
      await (await ds.Member.get(1))!.set({ team: 1 }).save();
    });
    const sized = await ask(guarded, 'GET', '/rest/Member?$filter="teamSize = 1"&$orderby=teamSize&$attributes=teamSize'); // oxfmt-ignore
    assert.deepEqual([sized.status, sized.body.__ENTITIES?.[0].teamSize], [200, 1]);
    const sum = await ask(guarded, 'GET', '/rest/Member/teamSize?$compute=sum');
    assert.deepEqual([sum.status, sum.body], [200, 1]);
    const echoed = await ask(guarded, 'POST', '/rest/Member(1)/renamed?$attributes=teamSize,full', ['Bea']);
    assert.deepEqual([echoed.status, echoed.body.full], [200, 'Bea Joubert']);
    const itself = await ask(guarded, 'POST', '/rest/Member(1)/itself?$attributes=teamSize', []);
    assert.deepEqual([itself.status, itself.body.teamSize], [200, 1]);
    assert.equal((await ask(guarded, 'GET', '/rest/Team(1)')).status, 401);
    await save(guarded, 'Member', { given: 'Bo' }, '&$attributes=ID');
    const others = await ask(guarded, 'GET', '/rest/Member(1)?$attributes=others');
    assert.deepEqual([others.status, codes(others)], [500, [1607, 1562]]);
    const card = await ask(guarded, 'GET', '/rest/Member(1)?$attributes=card');
    assert.deepEqual([card.status, card.body.card], [200, { family: 'Joubert', others: [{ ID: 1 }] }]);
    // What clients send back as they got it is no change.
    const same = await save(guarded, 'Member', { __KEY: '1', given: 'Bea', full: 'Ada Joubert' }, '&$attributes=full');
    assert.deepEqual([same.status, same.body.full], [200, 'Bea Joubert']);
  } finally {
    await guarded.close();
  }
});

test('a row filter over what code works out', async () => {
  const filtered = markImplemented(model, {
    ...app.code,
    dataClasses: {
      ...app.code.dataClasses,
      Member: { ...app.code.dataClasses.Member, restrict: () => ({ query: 'full = :1', parameters: ['Ada@'] }) },
    },
  });
  const hiding = await openModel(filtered);
  try {
    await save(hiding, 'Member', { given: 'Ada', family: 'Joubert' });
    await save(hiding, 'Member', { given: 'Bo', family: 'Smith' });
    const { body } = await ask(hiding, 'GET', '/rest/Member?$attributes=full');
    assert.deepEqual(body.__ENTITIES.map((each: { full: string }) => each.full), ['Ada Joubert']); // oxfmt-ignore
    assert.equal((await ask(hiding, 'GET', '/rest/Member(2)')).status, 404);
  } finally {
    await hiding.close();
  }
});

test('a row filter that never answers is ended at its time', async () => {
  const definition = defineModel({ dataClasses: { Slow: { attributes: { ID: { type: 'long', primKey: true } } } } });
  const slow = await openModel(
    implement(definition, { dataClasses: { Slow: { restrict: () => new Promise(() => undefined) } } }),
    { settings: { functionSeconds: 1 } },
  );
  try {
    assert.equal((await ask(slow, 'GET', '/rest/Slow')).status, 503);
  } finally {
    await slow.close();
  }
});
