// What becomes of entities whose relation leads to one that is dropped (spec 15 § 6.6), and nulls in constraints (§ 5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf, defineModel } from 'keystamp';
import type { Config } from '../../src/config.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask, save } from './rest.ts';

const ID = { type: 'long', primKey: true, autosequence: true } as const;

const model = defineModel({
  dataClasses: {
    Team: { attributes: { ID, name: { type: 'string', notNull: true } } },
    Loose: { attributes: { ID, team: { kind: 'relatedEntity', dataClass: 'Team' } } },
    Cleared: { attributes: { ID, team: { kind: 'relatedEntity', dataClass: 'Team', onDrop: 'null' } } },
    Guard: { attributes: { ID, team: { kind: 'relatedEntity', dataClass: 'Team', onDrop: 'refuse' } } },
    Node: { attributes: { ID, parent: { kind: 'relatedEntity', dataClass: 'Node', onDrop: 'cascade' } } },
  },
});

const ds = dataStoreOf(model);
let program: OpenModel;

before(async () => {
  program = await openModel(model);
  await program.run(async () => {
    await ds.Team.fromCollection([{ name: 'Red' }, { name: 'Blue' }]);
    await ds.Loose.new({ team: 1 }).save();
    await ds.Cleared.new({ team: 1 }).save();
    await ds.Guard.new({ team: 2 }).save();
    await ds.Node.fromCollection([{}, { parent: 1 }, { parent: 2 }, { parent: 2 }, {}]);
    const first = (await ds.Node.get(1))!;
    await first.set({ parent: 3 }).save();
  });
});
after(() => program.close());

test('refuse keeps the entity and says who leads to it', async () => {
  const { status, body } = await ask(program, 'DELETE', '/rest/Team(2)');
  assert.equal(status, 400);
  assert.equal(body.__ERROR[0].errCode, 1518);
  assert.match(body.__ERROR[0].message, /Guard\.team leads to it/);
  assert.equal(await program.run(() => ds.Team.getCount()), 2);
});

test('null clears the relation with a save of its own; leave leaves it, and it reads as null', async () => {
  assert.equal((await ask(program, 'DELETE', '/rest/Team(1)')).status, 200);
  const cleared = await ask(program, 'GET', '/rest/Cleared(1)');
  assert.deepEqual([cleared.body.__STAMP, cleared.body.team], [2, null]);
  const loose = await ask(program, 'GET', '/rest/Loose(1)?$attributes=team&$expand=team');
  assert.deepEqual([loose.body.__STAMP, loose.body.team], [1, null]);
});

test('cascade goes all the way, and comes to an end in a circle', async () => {
  assert.equal((await ask(program, 'DELETE', '/rest/Node(2)')).status, 200);
  assert.deepEqual(await program.run(() => ds.Node.all().extract('ID')), [5]);
});

test('a null that is not accepted', async () => {
  const { status, body } = await save(program, 'Team', { __KEY: '2', name: null });
  assert.equal(status, 400);
  assert.deepEqual(body.__ERROR.map((line: { errCode: number }) => line.errCode), [1136, 1570, 1517]); // oxfmt-ignore
});

test('nullViolatesConstraints: null fails all constraints but a maximal length, and every save checks all attributes', async () => {
  const strict = defineModel({
    dataClasses: {
      Thing: {
        attributes: {
          ID,
          low: { type: 'number', minValue: 1 },
          high: { type: 'number', maxValue: 9 },
          short: { type: 'string', maxLength: 3 },
          long: { type: 'string', minLength: 2 },
          fixed: { type: 'string', fixedLength: 2 },
          shape: { type: 'string', pattern: 'a+' },
        },
      },
    },
  });
  const codes = async (settings: Partial<Config>): Promise<unknown> => {
    const opened = await openModel(strict, { settings });
    try {
      const { status, body } = await save(opened, 'Thing', { short: null });
      return [status, (body.__ERROR ?? []).map(({ errCode }: { errCode: number }) => errCode)];
    } finally {
      await opened.close();
    }
  };
  assert.deepEqual(await codes({}), [200, []]);
  assert.deepEqual(await codes({ nullViolatesConstraints: true }), [400, [1568, 1569, 1591, 1593, 1571, 1570, 1534]]);
});
