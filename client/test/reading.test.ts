// What a program reads through the client, from a real server.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient, dayOf, NotFoundError, RequestError, wireDay } from '@keystamp/client';
import { openClient, type Opened } from './open-client.ts';

describe('reading', () => {
  let opened: Opened;
  let ds: Opened['ds'];

  before(async () => {
    opened = await openClient();
    ({ ds } = opened);
  });
  after(async () => {
    await opened.close();
  });

  test('a page of the entities that a filter finds, in order, with the attributes asked', async () => {
    const page = await ds.Employee.query('salary > :1', 1000, {
      orderBy: 'lastName desc',
      attributes: ['lastName', 'employer.name', 'photo'],
      top: 2,
    });
    assert.deepEqual(
      page.entities.map(({ lastName, employer }) => [lastName, employer?.name]),
      [
        ['Smith', 'Acme'],
        ['Sand', 'Borealis'],
      ],
    );
    assert.deepEqual([page.count, page.first, page.hasMore], [10, 0, true]);
    const next = await page.next();
    assert.deepEqual(next?.entities.map(({ lastName }) => lastName), ['Okoro', 'Novák']); // oxfmt-ignore
  });

  test('one entity with its relations, and what hangs on them', async () => {
    const ada = await ds.Employee.get(1, { expand: ['employer.staff'] });
    assert.equal(ada.employer?.name, 'Acme');
    assert.equal(ada.employer.staff.count, 5);
    assert.deepEqual(
      [...ada.employer.staff].map(({ lastName }) => lastName),
      ['Joubert', 'Smith', 'Stone', 'Lee', 'Novák'],
    );
    assert.equal(ada.manager, null);
    assert.deepEqual(ada.changes(), {});
  });

  test('a relation that is not read is a reference, and leads to its entity', async () => {
    const bo = await ds.Employee.get(2);
    assert.deepEqual([bo.employer?.__KEY, bo.employer?.dataClass], ['7', 'Company']);
    const staff = await (await ds.Company.get(7)).related('staff', { orderBy: 'lastName desc' });
    assert.deepEqual(
      (await staff.query({ attributes: ['lastName'], top: 2 })).entities.map(({ lastName }) => lastName),
      ['Stone', 'Smith'],
    );
    assert.equal(staff.dataClass, 'Employee');
  });

  test('an expanded entity is read again and saved, though its JSON does not name its class', async () => {
    const carla = await ds.Employee.get(3, { expand: ['manager.employer'] });
    const acme = carla.manager?.employer;
    assert.ok(acme);
    await acme.save({ website: 'https://acme.example/about' });
    await acme.reload();
    assert.deepEqual([acme.website, acme.__STAMP], ['https://acme.example/about', 2]);
  });

  test('all entities, page by page', async () => {
    const names: (string | null)[] = [];
    for await (const { firstName } of ds.Employee.all({ top: 5, orderBy: 'ID' })) names.push(firstName);
    assert.deepEqual(names, ['Ada', 'Bo', 'Carla', 'Dag', 'Eva', 'Femi', 'Gustav', 'Hana', 'Ivo', 'Jo', 'Kai', 'Lea']);
    assert.equal((await ds.Employee.query('salary > 40000').all()).length, 7);
    const { entitySetCount } = await opened.ds.Employee.all().entitySet().then(async (set) => {
      await set.release();
      return { entitySetCount: set.count };
    }); // oxfmt-ignore
    assert.equal(entitySetCount, 12);
  });

  test('all entities come also in pages that are larger than the server sends', async () => {
    const { ds: narrow, close } = await openClient({ maxEntitiesPerPage: '5' });
    const ids = (await narrow.Employee.all({ top: 8, orderBy: 'ID' }).all()).map(({ __KEY }) => __KEY);
    assert.equal(new Set(ids).size, 12);
    assert.deepEqual(await narrow.Employee.all({ top: 0 }).all(), []);

    await close();
  });

  test('counts, aggregates, distinct values, positions', async () => {
    const paid = ds.Employee.query('salary > 0', { orderBy: 'salary' });
    assert.equal(await paid.count(), 11);
    assert.equal(await paid.compute('salary', 'max'), 71000);
    const { count, sum } = await paid.compute('salary');
    assert.deepEqual([count, sum], [11, 499400.5]);
    assert.deepEqual(await ds.Company.all().distinct('city'), ['Córdoba', 'Lyon', 'Tromsø']);
    assert.equal((await ds.Employee.all().distinct('photo')).length, 10);
    assert.deepEqual([await paid.findKey(3), await paid.findKey(99)], [0, -1]);
    assert.equal((await paid.first())?.lastName, 'Stone');
  });

  test('values of filters may hold anything', async () => {
    const odd = `%22"'&$top=1&?#+ é\u2028"a\\" `;
    const made = await ds.Employee.create({ lastName: odd }).save();
    assert.equal(made.lastName, odd);
    for (const selection of [
      ds.Employee.query('lastName === :1', odd),
      ds.Employee.query('lastName === :name', { params: { name: odd } }),
    ])
      assert.equal((await selection.first())?.__KEY, made.__KEY);
    assert.equal((await ds.Employee.query('ID in :1', [1, 2, 99])).count, 2);
    assert.equal((await ds.Employee.query('lastLogin > :1', new Date('2025-01-01'))).count, 1);
    assert.equal((await ds.Employee.query(`lastName = "Joubert" && salary > 1`)).count, 1);
    assert.equal((await ds.Employee.getBy('lastName', odd)).__KEY, made.__KEY);
    await made.delete();
    assert.equal(await ds.Employee.find(made.__KEY as string), undefined);
  });

  test('a faulty filter, an unknown key, an unknown class', async () => {
    await assert.rejects(ds.Employee.query('salary >').page(), RequestError);
    await assert.rejects(
      ds.Employee.get(99),
      (error) => error instanceof NotFoundError && error.status === 404 && error.code === 1543,
    );
    const untyped = createClient({ url: opened.url });
    await assert.rejects(
      untyped.dataClass('Nobody').all().page(),
      (error) => error instanceof NotFoundError && error.code === 1800,
    );
  });

  test('an untyped client reads the catalog and any class', async () => {
    const untyped = createClient({ url: opened.url });
    const { dataClasses } = await untyped.catalog();
    assert.deepEqual(dataClasses.map(({ name }) => name), ['Company', 'Employee']); // oxfmt-ignore
    const [ada] = (await untyped.dataClass('Employee').query('lastName = :1', 'Joubert')).entities;
    assert.equal(ada?.['salary'], 52000);
  });

  test('an aborted request rejects with the reason', async () => {
    const reason = new Error('enough');
    await assert.rejects(ds.Employee.all({ signal: AbortSignal.abort(reason) }).page(), reason);
  });

  test('days', () => {
    assert.deepEqual([dayOf('4!1!2002'), wireDay('2002-01-04'), dayOf(null)], ['2002-01-04', '4!1!2002', null]);
    assert.throws(() => dayOf('2002'), RangeError);
    assert.equal(wireDay(new Date(2002, 0, 4, 23)), '4!1!2002');
    for (const text of ['4!1!2002', '2002-1-4', '']) assert.throws(() => wireDay(text), RangeError);
  });
});
