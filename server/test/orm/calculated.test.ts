// Calculated attributes: worked out by code, in every answer (spec 15 § 7).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf, defineModel, implement, session, type QueryAnswer } from 'keystamp';
import { markImplemented } from '../../src/model/code.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask, save } from './rest.ts';

const model = defineModel({
  dataClasses: {
    Team: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        members: { kind: 'relatedEntities', dataClass: 'Member', inverse: 'team' },
        size: { kind: 'calculated', type: 'long', exposed: true },
      },
    },
    Slot: {
      attributes: {
        room: { type: 'string', primKey: true },
        hour: { type: 'long', primKey: true },
      },
    },
    Member: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        given: { type: 'string' },
        family: { type: 'string' },
        team: { kind: 'relatedEntity', dataClass: 'Team' },
        full: { kind: 'calculated', type: 'string', exposed: true },
        initial: { kind: 'calculated', type: 'string', exposed: true },
        day: { kind: 'calculated', type: 'date', simpleDate: true, exposed: true },
        facts: { kind: 'calculated', type: 'object', exposed: true },
        leader: { kind: 'calculated', type: 'entity', dataClass: 'Member', exposed: true },
        peers: { kind: 'calculated', type: 'selection', dataClass: 'Member', exposed: true },
        hidden: { kind: 'calculated', type: 'string' },
        broken: { kind: 'calculated', type: 'long' },
        face: { kind: 'calculated', type: 'image', exposed: true },
        lent: { kind: 'calculated', type: 'bool', exposed: true },
        isRed: { kind: 'calculated', type: 'bool', exposed: true },
        others: { kind: 'calculated', type: 'string', exposed: true },
        card: { kind: 'calculated', type: 'object', exposed: true },
        slots: { kind: 'calculated', type: 'selection', dataClass: 'Slot', exposed: true },
        teamName: { kind: 'alias', path: 'team.name', exposed: true },
        teamSize: { kind: 'alias', path: 'team.size', exposed: true },
      },
    },
  },
});

let reads = 0;

const app = implement(model, {
  dataClasses: {
    Team: {
      calculated: {
        size: {
          async get() {
            return this.members.length();
          },
        },
      },
    },
    Member: {
      functions: {
        listed: {
          exposed: true,
          run() {
            return this.query('ID < 4 order by ID desc');
          },
        },
      },
      entityFunctions: {
        echo: { exposed: true, run: (member: unknown) => member },
        itself: {
          exposed: true,
          run() {
            return this;
          },
        },
        renamed: {
          exposed: true,
          run(given: string) {
            return this.set({ given, team: null });
          },
        },
        called: {
          exposed: true,
          async run(full: string, family?: string) {
            this.full = full;
            if (family !== undefined) this.family = family;
            return this.save();
          },
        },
        among: {
          exposed: true,
          run() {
            return { me: this, others: this.getDataClass().query('ID < 3') };
          },
        },
      },
      calculated: {
        full: {
          get(event: { result: unknown }) {
            reads++;
            if (this.family === null) event.result = null;
            return `${this.given} ${this.family}`;
          },
          set(value: string | null) {
            const [given = null, family = null] = value?.split(' ') ?? [];
            this.set({ given, family });
          },
        },
        initial: {
          get() {
            return this.given?.slice(0, 1) ?? null;
          },
          query({ operator, value }: { operator: string; value: string }) {
            if (value === 'throw') throw new Error('no such letter');
            return { query: `given ${operator} :1 AND given != null`, parameters: [`${value}@`] };
          },
          orderBy: ({ descending }: { descending: boolean }) => `given ${descending ? 'desc' : 'asc'}`,
        },
        day: { get: () => '2025-06-02' },
        facts: {
          get() {
            return { length: this.given?.length ?? 0 };
          },
        },
        leader: {
          async get() {
            return this.getDataClass().get(1);
          },
        },
        peers: {
          get() {
            return this.getDataClass().query('given != :1', this.given).orderBy('given desc');
          },
        },
        hidden: { get: () => 'secret' },
        broken: { get: () => 'no number' },
        face: { get: () => Buffer.from('no picture') },
        lent: { get: () => session.hasPrivilege('chief') },
        isRed: {
          get: () => true,
          async query({ value }: { value: boolean }): Promise<QueryAnswer> {
            const red: object | null = await ds.Team.get(1);
            return value ? { query: 'team = :1', parameters: [red] } : { query: 'team != :red', parameters: { red } };
          },
        },
        others: {
          async get() {
            const [other] = await this.getDataClass().query('ID != :1', this.ID).toArray();
            return other?.family ?? null;
          },
        },
        slots: { get: () => ds.Slot.all().orderBy('hour desc') },
        card: {
          async get() {
            const { family } = await this.toObject('family');
            const others = await this.getDataClass().query('ID = :1', this.ID).toCollection('ID, family');
            return { family, others };
          },
        },
      },
    },
  },
});

const ds = dataStoreOf(app);
let program: OpenModel;

before(async () => {
  program = await openModel(app);
  await program.run(async () => {
    await ds.Team.new({ name: 'Red' }).save();
    await ds.Member.fromCollection([
      { given: 'Ada', family: 'Joubert', team: 1 },
      { given: 'Bo', family: null, team: 1 },
      { given: 'Cy', family: 'Stone' },
    ]);
  });
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
  reads = 0;
  await ask(program, 'GET', '/rest/Member?$attributes=given');
  assert.equal(reads, 0);
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

const keys = (answer: { body: { __ENTITIES: { __KEY: string }[] } }): string =>
  answer.body.__ENTITIES.map((each) => each.__KEY).join();

test('filters: code answers with a query, or every value is worked out', async () => {
  const find = async (filter: string, more = ''): Promise<string> =>
    keys(await ask(program, 'GET', `/rest/Member?$filter="ID < 4 AND ${filter}"&$attributes=ID${more}`));
  assert.equal(await find("full = 'ada j@'"), '1');
  assert.equal(await find("full === 'Cy Stone' OR full = 'Ada Joubert'"), '1,3');
  assert.equal(await find('full = null'), '2');
  assert.equal(await find("NOT (full = 'Ada Joubert')"), '3');
  assert.equal(await find("full IN ['Cy Stone', 'x']"), '3');
  assert.equal(await find("full > 'B'"), '3');
  assert.equal(await find("full % 'stone'"), '3');
  assert.equal(await find('team.size = 2'), '1,2');
  assert.equal(await find('teamSize > 1'), '1,2');
  assert.equal(await find("initial = 'B'"), '2');
  assert.equal(await find("initial != 'B'"), '1,3');
  // Entities and dates are values of placeholders there too.
  assert.equal(await find('isRed = true'), '1,2');
  assert.equal(await find('isRed = false'), '');
  const plan = await ask(program, 'GET', '/rest/Member?$filter="full = x"&$queryplan=true&$attributes=ID');
  assert.deepEqual(plan.body.__queryPlan, { item: 'Member.full == x (sequential)' });
  await program.run(async () => {
    assert.deepEqual(await ds.Member.query('full = :1', 'Cy Stone').extract('given'), ['Cy']);
    assert.equal(await ds.Member.query('initial = A').length(), 1);
  });
});

test('orders: code answers with an order, or every value is worked out', async () => {
  const { body } = await ask(program, 'GET', '/rest/Member?$filter="ID < 4"&$orderby=initial desc&$attributes=ID');
  assert.equal(keys({ body }), '3,2,1');
  const sorted = await ask(program, 'GET', '/rest/Member?$filter="ID < 4"&$orderby=full desc&$attributes=ID');
  assert.equal(keys(sorted), '3,1,2');
  await program.run(async () => {
    const members = ds.Member.query('ID < 4').orderBy('team.size desc, full desc');
    assert.deepEqual(await members.extract('ID'), [1, 2, 3]);
    assert.equal((await members.first())?.ID, 1);
    assert.deepEqual(await members.slice(1, 3).extract('ID'), [2, 3]);
    // One that was evaluated before is narrowed and ordered in the same way.
    await members.length();
    assert.deepEqual(await members.query("full != 'x' order by full").extract('ID'), [1, 3]);
    assert.deepEqual(await members.orderBy('full').extract('ID'), [2, 1, 3]);
  });
});

test('pictures that are none are the fault of the code', async () => {
  const { status, body } = await ask(program, 'GET', '/rest/Member(1)/face?$imageformat=best');
  assert.deepEqual([status, body.__ERROR[0].errCode], [500, 1585]);
});

test('what code gives that is not of the declared type is its fault', async () => {
  const giving = (value: unknown): (() => never) => (() => value) as () => never;
  const odd = defineModel({
    dataClasses: {
      Odd: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          notNumber: { kind: 'calculated', type: 'long', exposed: true },
          notPicture: { kind: 'calculated', type: 'image', exposed: true },
          notEntity: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          ofAnother: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          notSelection: { kind: 'calculated', type: 'selection', dataClass: 'Odd', exposed: true },
        },
      },
      Other: { attributes: { ID: { type: 'long', primKey: true } } },
    },
  });
  const others = dataStoreOf(odd);
  const opened = await openModel(
    implement(odd, {
      dataClasses: {
        Odd: {
          calculated: {
            notNumber: { get: giving('many') },
            notPicture: { get: giving('a picture') },
            notEntity: { get: giving({ ID: 1 }) },
            ofAnother: { get: () => others.Other.new() as never },
            notSelection: { get: giving([]) },
          },
        },
      },
    }),
  );
  try {
    assert.equal((await save(opened, 'Odd', { ID: 1 }, '&$attributes=ID')).status, 200);
    for (const name of ['notNumber', 'notPicture', 'notEntity', 'ofAnother', 'notSelection']) {
      const { status, body } = await ask(opened, 'GET', `/rest/Odd(1)?$attributes=${name}`);
      assert.deepEqual([status, body.__ERROR?.[0].errCode], [500, 1585], name);
    }
  } finally {
    await opened.close();
  }
});

test('what code answers wrongly is told as its fault', async () => {
  const { status, body } = await ask(program, 'GET', '/rest/Member?$filter="initial = throw"');
  assert.equal(status, 500);
  assert.deepEqual(body.__ERROR.map((line: { errCode: number }) => line.errCode), [-1, 1562]); // oxfmt-ignore
});

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
