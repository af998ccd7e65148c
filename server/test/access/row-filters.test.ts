// Row filters as authors write them (spec 15 § 9): what `restrict` may answer, how often it is asked, what its code sees,
// and what functions see of what it hides.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { dataStoreOf, defineModel, implement } from 'keystamp';
import { buildModel } from '../../src/model/load.ts';
import type { SeedEntity } from '../../src/model/seed.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';
import { picture } from '../wire/pictures.ts';
import { openServer, type Office } from './open-office.ts';

const definition = defineModel({
  name: 'filters',
  dataClasses: {
    Team: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
        members: { kind: 'relatedEntities', dataClass: 'Person', inverse: 'team' },
      },
    },
    Person: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
        pay: { type: 'number' },
        photo: { type: 'image' },
        team: { kind: 'relatedEntity', dataClass: 'Team' },
      },
    },
    Desk: {
      attributes: {
        ID: { type: 'long', primKey: true },
        plan: { type: 'image' },
        owner: { kind: 'relatedEntity', dataClass: 'Person' },
        face: { kind: 'alias', path: 'owner.photo', exposed: true },
      },
    },
  },
});

/** What `restrict` of Person and Team answer in the test that runs. */
let personFilter: (session: { hasPrivilege(name: string): boolean }) => unknown;
let teamFilter: () => unknown;
let asked = 0;
let thisIsClass = false;

const ds = dataStoreOf(definition);
const everybody = (): unknown => 'ID > 0';

const model = buildModel(
  implement(definition, {
    directory: { login: (name: string) => ({ name, belongsTo: [name] }) },
    functions: {
      count: { exposed: true, run: async () => ds.Person.all().length() },
      countLent: { exposed: true, run: async () => ds.Person.all().length() },
      find: { exposed: true, run: async (key: number) => (await ds.Person.get(key))?.name ?? null },
      leave: {
        exposed: true,
        async run(key: number) {
          const person = await ds.Person.get(key);
          if (!person) return 'hidden';
          person.name = 'Zoe';
          const { success } = await person.save();
          return success;
        },
      },
    },
    dataClasses: {
      Person: {
        restrict(session) {
          asked++;
          return thisIsClass ? this.all() : personFilter(session);
        },
      },
      Team: { restrict: () => teamFilter() },
    },
  }),
);

const roles = readRolesFile(
  JSON.stringify({
    privileges: [{ privilege: 'more' }],
    permissions: {
      allowed: [
        { type: 'datastore', applyTo: 'ds', read: ['guest'], create: ['guest'], update: ['guest'], drop: ['guest'], execute: ['guest'] },
        { type: 'attribute', applyTo: 'Person.pay', read: ['boss'] },
        { type: 'method', applyTo: 'ds.countLent', promote: ['more'] },
      ],
    },
    restrictedByDefault: true,
  }),
  model,
); // oxfmt-ignore
assert.deepEqual(roles.faults, []);

async function* entities(): AsyncGenerator<SeedEntity> {
  for (const [ID, name] of ['Red', 'Blue'].entries()) yield { dataClass: 'Team', values: { ID: ID + 1, name } };
  for (const [i, name] of ['Ada', 'Bo', 'Cy', 'Dee'].entries())
    yield {
      dataClass: 'Person',
      values: { ID: i + 1, name, pay: i * 10, team: 1 + (i % 2) },
      ...(i === 0 && { media: { photo: await picture('png') } }),
    };
  yield { dataClass: 'Desk', values: { ID: 1, owner: 1 }, media: { plan: await picture('png') } };
}

let server: Office;
before(async () => {
  server = await openServer({ model, roles: new Roles(roles.file), entities }, () => Date.UTC(2025, 5, 1, 9));
});
after(() => server.close());
beforeEach(() => {
  personFilter = everybody;
  teamFilter = everybody;
  asked = 0;
});

async function json(method: string, url: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await server.ask({ method, url: `/rest/${url}`, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: reply.status, body: JSON.parse(Buffer.from(reply.body ?? '{}').toString()) as Record<string, unknown> };
} // oxfmt-ignore

const get = (url: string): ReturnType<typeof json> => json('GET', url);
const call = async (name: string, ...parameters: readonly unknown[]): Promise<unknown> =>
  (await json('POST', `$catalog/${name}`, parameters)).body['result'];

describe('what restrict may answer', () => {
  const answers: Readonly<Record<string, () => unknown>> = {
    'a text': () => "name < 'C'",
    'a text with values in order': () => ({ query: 'name < :1', parameters: ['C'] }),
    'a text with named values': () => ({ query: 'name < :limit', parameters: { limit: 'C' } }),
    'a selection': () => ds.Person.query('name < :1', 'C'),
    'a selection of what was found': async () => {
      const found = ds.Person.query('name < :1', 'C');
      assert.equal(await found.length(), 2);
      return found;
    },
    'a filter by an attribute that the session may not read': () => 'pay < 20',
    'a selection by one': () => ds.Person.query('pay < 20'),
    'a promise': async () => "name < 'C'",
  };
  for (const [title, answer] of Object.entries(answers))
    test(title, async () => {
      personFilter = answer;
      assert.equal((await get('Person')).body['__COUNT'], 2);
      assert.equal((await get('Person(3)')).status, 404);
      assert.equal((await get('Person(1)')).status, 200);
    });

  test('with the dataclass as this', async () => {
    thisIsClass = true;
    assert.equal((await get('Person')).body['__COUNT'], 4);
    thisIsClass = false;
  });

  test('all entities, if it says so', async () => {
    personFilter = () => ds.Person.all();
    assert.equal((await get('Person')).body['__COUNT'], 4);
  });

  const faults: Readonly<Record<string, () => unknown>> = {
    nothing: () => undefined,
    null: () => null,
    'an empty text': () => '',
    'a number': () => 1,
    true: () => true,
    'a selection of another class': () => ds.Team.all(),
    'a filter that cannot be read': () => 'name <',
    'a filter with an attribute that is none': () => 'nope = 1',
  };
  for (const [title, answer] of Object.entries(faults))
    test(`closed by ${title}`, async () => {
      personFilter = answer;
      const { status, body } = await get('Person');
      assert.equal(status, 500);
      assert.deepEqual(body, {
        __ERROR: [
          {
            message: 'The restricting selection of the "Person" datastore class is invalid',
            componentSignature: 'dbmg',
            errCode: 1602,
          },
        ],
      });
      assert.ok(server.faults.splice(0).length > 0, 'the operator hears of it');
      for (const url of [
        'Person(1)',
        'Person?$compute=count',
        'Team?$expand=members',
        'Team?$filter="members.name = Ada"',
      ])
        assert.equal((await get(encodeURI(url))).status, 500, url);
      assert.equal((await json('POST', 'Person?$method=update', { __KEY: '1', name: 'x' })).status, 500);
      assert.equal((await json('POST', 'Person(1)?$method=delete')).status, 500);
      assert.equal((await get('Team')).status, 200);
      server.faults.splice(0);
    });

  test('closed by code that throws', async () => {
    personFilter = () => {
      throw new Error('no');
    };
    assert.equal((await get('Person')).status, 500);
    server.faults.splice(0);
  });
});

test('it is asked once for a request, whatever the request does, and not for other classes', async () => {
  personFilter = () => "name < 'C'";
  await get('Team');
  assert.equal(asked, 0);
  await get('Team?$expand=members&$method=entityset');
  assert.equal(asked, 1);
  await json('POST', 'Person?$method=update', [{ __KEY: '1', name: 'Ada' }, { __KEY: '2', name: 'Bo' }]); // oxfmt-ignore
  assert.equal(asked, 2);
});

test('its code sees all entities, of its own class and of others', async () => {
  teamFilter = () => 'ID = 99';
  personFilter = async () => {
    assert.equal(await ds.Person.all().length(), 4);
    const red = await ds.Team.query('name = :1', 'Red').first();
    return ds.Person.query('team = :1 AND team.name = :2', red, 'Red');
  };
  assert.equal((await get('Person')).body['__COUNT'], 2);
  assert.equal((await get('Team')).body['__COUNT'], 0);
});

test('a filter along a relation is not filtered itself', async () => {
  teamFilter = () => 'ID = 99';
  personFilter = () => "team.name = 'Red'";
  assert.equal((await get('Person')).body['__COUNT'], 2);
  assert.deepEqual((await get('Person(1)?$attributes=team')).body['team'], null);
});

test('functions see what their caller may see', async () => {
  personFilter = () => "name < 'C'";
  assert.equal(await call('count'), 2);
  assert.equal(await call('find', 1), 'Ada');
  assert.equal(await call('find', 3), null);
  assert.equal(await call('leave', 4), 'hidden');
});

test('privileges that are lent to a function count for its filters', async () => {
  personFilter = (session) => (session.hasPrivilege('more') ? 'ID > 0' : "name < 'C'");
  assert.equal(await call('countLent'), 4);
  assert.equal(await call('count'), 2);
});

test('who saves an entity out of sight is shown it once', async () => {
  personFilter = () => "name < 'C'";
  const created = await json('POST', 'Person?$method=update&$attributes=name', { ID: 10, name: 'Zed' });
  assert.equal(created.status, 200);
  assert.equal(created.body['name'], 'Zed');
  assert.equal((await get('Person(10)')).status, 404);
  const moved = await json('POST', 'Person?$method=update&$attributes=name', { __KEY: '2', name: 'Xen' });
  assert.deepEqual([moved.status, moved.body['name']], [200, 'Xen']);
  assert.equal((await get('Person(2)')).status, 404);
  assert.equal((await json('POST', 'Person?$method=update', { __KEY: '2', name: 'Bo' })).status, 404);
  assert.equal(await call('leave', 1), true);
  assert.equal((await get('Person(1)')).status, 404);
  assert.deepEqual(server.faults, []);
});

test('pictures that a filter may hide are in no shared cache, by whatever name', async () => {
  const ask = (path: string): ReturnType<Office['ask']> =>
    server.ask({ method: 'GET', url: `/rest/${path}?$imageformat=best&$version=1` });
  const kept = async (path: string): Promise<unknown> => {
    const { status, headers } = await ask(path);
    return [status, headers['Cache-Control']];
  };
  const forEver = 'max-age=31536000, immutable';
  assert.deepEqual(await kept('Desk(1)/plan'), [200, `public, ${forEver}`]);
  assert.deepEqual(await kept('Person(1)/photo'), [200, `private, ${forEver}`]);
  assert.deepEqual(await kept('Desk(1)/face'), [200, 'private, no-cache']);
  personFilter = () => 'ID > 1';
  assert.equal((await ask('Person(1)/photo')).status, 404, 'asked for again, it is hidden');
  assert.equal(String((await ask('Desk(1)/face')).body), '{}');
});
