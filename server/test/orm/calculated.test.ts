// Calculated attributes: worked out by code, in every answer (spec 15 § 7).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf, defineModel, implement } from 'keystamp';
import { counted, ds, openFilled } from './calculated-model.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask, save } from './rest.ts';

let program: OpenModel;
before(async () => {
  program = await openFilled();
});
after(() => program.close());

test('one entity: each type in its form; what is not exposed is not there', async () => {
  const { status, body } = await ask(program, 'GET', '/rest/Member(1)');
  assert.equal(status, 200);
  assert.equal(body.full, 'Ada Joubert');
  assert.equal(body.day, '2!6!2025');
  assert.deepEqual(body.facts, { length: 3 });
  assert.deepEqual(body.leader, { __deferred: { uri: '/rest/Member(1)', __KEY: '1' } });
  assert.deepEqual(body.peers, { __deferred: { uri: '/rest/Member(1)/peers?$expand=peers' } });
  assert.equal(body.teamSize, 2);
  assert.equal('hidden' in body, false);
});

test('event.result null makes it null; nothing runs when nobody asks', async () => {
  assert.equal((await ask(program, 'GET', '/rest/Member(2)')).body.full, null);
  counted.reads = 0;
  await ask(program, 'GET', '/rest/Member?$attributes=given');
  assert.equal(counted.reads, 0);
});

test('pages, relations sent in full, bare arrays, rows of values', async () => {
  const page = await ask(program, 'GET', '/rest/Member?$attributes=full,leader.full,peers.full&$orderby=ID');
  assert.deepEqual(page.body.__ENTITIES.map((each: { full: unknown }) => each.full), ['Ada Joubert', null, 'Cy Stone']); // oxfmt-ignore
  const [given] = page.body.__ENTITIES;
  assert.equal(given.leader.full, 'Ada Joubert');
  assert.equal(given.peers.__COUNT, 2);
  assert.deepEqual(given.peers.__ENTITIES.map((each: { full: unknown }) => each.full), ['Cy Stone', null]); // oxfmt-ignore
  const team = await ask(program, 'GET', '/rest/Team(1)?$attributes=size,members.full');
  assert.equal(team.body.size, 2);
  assert.equal(team.body.members.__ENTITIES[0].full, 'Ada Joubert');
  const slots = ['A', 'b"&'].flatMap((room) => [1, 2].map((hour) => ({ room, hour: room === 'A' ? hour : hour + 2 })));
  await save(program, 'Slot', slots);
  const booked = await ask(program, 'GET', '/rest/Member(1)?$attributes=slots.hour');
  assert.deepEqual(booked.body.slots.__ENTITIES.map((each: { hour: unknown }) => each.hour), [4, 3, 2, 1]); // oxfmt-ignore
  const array = await ask(program, 'GET', '/rest/Member?$asArray=true&$attributes=full,teamSize');
  assert.deepEqual(array.body[0], { __KEY: '1', __STAMP: 1, full: 'Ada Joubert', teamSize: 2 });
  assert.equal(array.body[2].teamSize, null);
  const rows = await ask(program, 'GET', '/rest/Member?$format=looker&$attributes=full,day');
  assert.deepEqual(rows.body.rows[0], { values: ['Ada Joubert', '20250602'] });
});

test('a setter writes other attributes; one that changes nothing saves nothing', async () => {
  const made = await save(program, 'Member', { full: 'Eve Moon' });
  assert.equal(made.status, 200);
  assert.deepEqual([made.body.given, made.body.family, made.body.full], ['Eve', 'Moon', 'Eve Moon']);
  const key = made.body.__KEY;
  const same = await save(program, 'Member', { __KEY: key, full: 'Eve Moon', facts: {} });
  assert.equal(same.body.__STAMP, 1);
  const other = await save(program, 'Member', { __KEY: key, full: 'Eve Sun' });
  assert.deepEqual([other.body.__STAMP, other.body.full], [2, 'Eve Sun']);
  // A client that sends back all it was given has changed what differs, and nothing else.
  const back = await save(program, 'Member', { __KEY: key, given: 'Eva', family: 'Sun', full: 'Eve Sun' });
  assert.deepEqual([back.body.__STAMP, back.body.full], [3, 'Eva Sun']);
  const none = await save(program, 'Member', { __KEY: key, full: 'Eve' });
  assert.equal('full' in none.body, false);
});

test('code that fails, or gives another type, fails the read', () =>
  program.run(async () => {
    const ada = (await ds.Member.get(1))!;
    assert.equal(await ada.broken, 'no number');
    assert.throws(() => ada.fromObject({ day: '2025-01-01' }), /read-only/);
  }));

test('in code: values, plain objects, paths', () =>
  program.run(async () => {
    const ada = (await ds.Member.get(1))!;
    assert.equal(ada.full, 'Ada Joubert');
    assert.equal(await ada.teamSize, 2);
    assert.deepEqual(await ada.toObject('full, leader.given, teamSize'), { full: 'Ada Joubert', leader: { given: 'Ada' }, teamSize: 2 }); // oxfmt-ignore
    assert.deepEqual(await ds.Member.query('ID < 3').extract('full', { keepNull: true }), ['Ada Joubert', null]);
    assert.equal(ds.Member.attr.full.readOnly, false);
  }));

test('results of functions: entities, selections, what is assigned and not saved', async () => {
  const list = '$attributes=given,full,teamSize,teamName,leader.full';
  const call = (fn: string, parameters: unknown[]) => ask(program, 'POST', `/rest/Member(1)/${fn}?${list}`, parameters);
  const { full, teamSize, teamName, leader } = (await call('itself', [])).body;
  assert.deepEqual([full, teamSize, teamName, leader.full], ['Ada Joubert', 2, 'Red', 'Ada Joubert']);
  const renamed = (await call('renamed', ['Bea'])).body;
  assert.deepEqual([renamed.full, renamed.teamSize, renamed.teamName], ['Bea Joubert', null, null]);
  const { me, others } = (await call('among', [])).body.result;
  assert.deepEqual([me.full, others.map((each: { full: unknown }) => each.full)], ['Ada Joubert', ['Ada Joubert', null]]); // oxfmt-ignore
  const first = { __DATACLASS: 'Member', __ENTITY: true, __KEY: '1', family: 'Moon', full: 'Ada Joubert' };
  assert.equal((await call('echo', [first])).body.full, 'Ada Moon');
  assert.equal((await call('echo', [{ ...first, full: 'Bea Sun', facts: {} }])).body.full, 'Bea Sun');
  assert.equal((await call('echo', [{ __DATACLASS: 'Member', __ENTITY: true, full: 'Bea Sun' }])).body.given, 'Bea');
  const page = await ask(program, 'POST', `/rest/Member/listed?${list}`, []);
  assert.deepEqual(page.body.__ENTITIES.map((each: { full: unknown }) => each.full), ['Cy Stone', null, 'Ada Joubert']); // oxfmt-ignore
});

test('the catalog', async () => {
  const { body } = await ask(program, 'GET', '/rest/$catalog/Member');
  const of = (name: string) => body.dataClasses[0].attributes.find((each: { name: string }) => each.name === name);
  assert.deepEqual(of('full'), { name: 'full', kind: 'calculated', scope: 'public', type: 'string' });
  assert.deepEqual(of('day'), { name: 'day', kind: 'calculated', scope: 'public', type: 'date', simpleDate: true, readOnly: true }); // oxfmt-ignore
  assert.deepEqual(of('leader'), { name: 'leader', kind: 'calculated', scope: 'public', type: 'Member', readOnly: true }); // oxfmt-ignore
  assert.equal(of('hidden'), undefined);
});

test('entities that code gives, with keys that no number holds', async () => {
  const definition = defineModel({
    dataClasses: {
      Big: {
        attributes: {
          ID: { type: 'long64', primKey: true },
          every: { kind: 'calculated', type: 'selection', dataClass: 'Big', exposed: true },
          lowest: { kind: 'calculated', type: 'entity', dataClass: 'Big', exposed: true },
        },
      },
    },
  });
  const big = await openModel(
    implement(definition, {
      dataClasses: {
        Big: {
          calculated: {
            every: {
              get() {
                return this.getDataClass().all();
              },
            },
            lowest: {
              async get() {
                return this.getDataClass().all().first();
              },
            },
          },
        },
      },
    }),
  );
  try {
    await big.run(() => dataStoreOf(definition).Big.fromCollection([{ ID: 1 }, { ID: 2n ** 53n + 1n }]));
    const { status, body } = await ask(big, 'GET', '/rest/Big(9007199254740993)?$expand=every,lowest');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.every.__ENTITIES.map(({ __KEY }: { readonly __KEY: string }) => __KEY), body.lowest.__KEY],
      [['1', '9007199254740993'], '1'],
    );
  } finally {
    await big.close();
  }
});
