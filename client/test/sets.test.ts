// Entity sets through the client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NotFoundError } from '@keystamp/client';
import { openClient, type Opened } from './open-client.ts';

describe('entity sets', () => {
  let opened: Opened;
  let ds: Opened['ds'];

  before(async () => {
    opened = await openClient();
    ({ ds } = opened);
  });
  after(async () => {
    await opened.close();
  });

  test('members stay while values change', async () => {
    await using set = await ds.Employee.query('salary > :1', 60_000, { orderBy: 'salary desc' }).entitySet();
    assert.equal(set.count, 3);
    const jo = await ds.Employee.get(10);
    await jo.save({ salary: 1 });
    const page = await set.page({ attributes: ['firstName', 'salary'] });
    assert.deepEqual(page.entities.map(({ firstName }) => firstName), ['Jo', 'Lea', 'Bo']); // oxfmt-ignore
    assert.equal(page.entities[0]?.salary, 1);
    assert.equal((await set.query('salary > :1', 100)).count, 2);
    assert.equal((await set.query({ skip: 1, top: 1 })).entities[0]?.firstName, 'Lea');
    await jo.save({ salary: 71_000 });
  });

  test('logic between sets', async () => {
    const acme = await ds.Employee.query('employer.name = Acme').entitySet();
    const rich = await ds.Employee.query('salary > 60000').entitySet();
    assert.deepEqual(
      [(await acme.and(rich)).count, (await acme.or(rich)).count, (await acme.except(rich)).count],
      [3, 5, 2],
    );
    assert.equal(await acme.intersects(rich), true);
    assert.equal(await acme.intersects(await ds.Employee.query('ID = 11').entitySet()), false);
  });

  test('a set that the server has dropped is made again; one that cannot be is not found', async () => {
    const set = await ds.Employee.query('salary > :1', 60_000, { orderBy: 'salary desc' }).entitySet();
    const derived = await set.and(set);
    await set.release();
    await derived.release();
    assert.deepEqual((await set.page()).entities.map(({ firstName }) => firstName), ['Jo', 'Lea', 'Bo']); // oxfmt-ignore
    assert.equal((await set.query('ID = 2')).count, 1);
    await assert.rejects(derived.page(), NotFoundError);
    await set.release();
    await set.release();
  });

  test('a deleted member keeps its place', async () => {
    const gone = await ds.Employee.create({ lastName: 'Gone' }).save();
    const set = await ds.Employee.query('lastName = Gone').entitySet();
    await gone.delete();
    const [member] = (await set.page()).entities;
    assert.deepEqual([member?.isDeleted(), set.count], [true, 1]);
    assert.equal((await set.clean()).count, 0);
  });

  test('deleting all of a selection', async () => {
    await Promise.all(['a', 'b'].map((firstName) => ds.Employee.create({ firstName, lastName: 'Temp' }).save()));
    await ds.Employee.query('lastName = Temp').delete();
    assert.equal(await ds.Employee.query('lastName = Temp').count(), 0);
  });
});
