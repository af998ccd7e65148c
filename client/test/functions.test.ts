// Functions of the sample, called through the client: on every level, with every kind of argument and result.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NotFoundError, ServerError } from '@keystamp/client';
import { openClient, type Opened } from './open-client.ts';

describe('functions', () => {
  let opened: Opened;
  let ds: Opened['ds'];

  before(async () => {
    opened = await openClient();
    ({ ds } = opened);
  });
  after(async () => {
    await opened.close();
  });

  test('of a dataclass: the result is a page of entities, which can be saved', async () => {
    const best = await ds.Employee.call.topPaid(2);
    const names = best.entities.map((entity) => entity.firstName);
    assert.deepEqual(names, ['Jo', 'Lea']);
    const [jo] = best.entities;
    assert.equal(jo?.photo?.uri.includes('$version='), true);
    await jo?.save({ notes: 'best' });
    assert.equal((await ds.Employee.get(10)).notes, 'best');
  });

  test('by GET, for functions that allow it', async () => {
    const posted = await ds.Employee.call.topPaid(1);
    const got = (await ds.Employee.invoke('topPaid', [1], { get: true })) as typeof posted;
    assert.deepEqual([got.entities[0]?.__KEY, got.count], ['10', 1]);
    assert.equal(posted.count, 1);
  });

  test('of an entity, of a selection, of a set', async () => {
    const lea = await ds.Employee.get(12);
    assert.deepEqual(await lea.call.chainOfCommand(), ['Smith', 'Joubert']);
    const acme = await ds.Company.get(7);
    assert.equal(typeof (await acme.call.payroll()), 'number');
    const raised = await ds.Employee.query('employer.name = :1', 'Cordoba & Sons').call.raise(10);
    assert.deepEqual(raised, { people: 3, payroll: 100100 });
    const set = await ds.Employee.query('ID = 9').entitySet();
    assert.deepEqual(await set.call.raise(0), { people: 1, payroll: 36300 });
  });

  test('of the datastore, with an entity that is not saved yet as argument', async () => {
    const person = ds.Employee.create({ lastName: 'Okafor', salary: 100 });
    const hired = await ds.call.hire(person, 11);
    assert.deepEqual([hired.lastName, hired.companyID, hired.isNew()], ['Okafor', 11, false]);
    await hired.delete();
  });

  test('of a singleton, in the session of the client', async () => {
    await ds.singleton('RecentlySeen').see(3);
    assert.deepEqual(await ds.singleton('RecentlySeen').see(5), [5, 3]);
    assert.deepEqual(await opened.another().singleton('RecentlySeen').see(7), [7]);
  });

  test('what a function throws, and one that does not exist', async () => {
    await assert.rejects(
      ds.call.hire(ds.Employee.create({ lastName: 'x' }), 99),
      (error) => error instanceof ServerError && error.code === 4404 && error.message === 'There is no company 99',
    );
    await assert.rejects(ds.Employee.invoke('nothing'), NotFoundError);
  });
});
