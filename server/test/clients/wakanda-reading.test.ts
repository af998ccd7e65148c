// What a program written for Wakanda reads: the catalog, queries, pages of sets, entities and what they relate to.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dialects, idsOf, openProgram, refusal, type DataClass, type Entity, type Program } from './wakanda.ts';

for (const dialect of dialects)
  describe(`reading with the client of Wakanda, dialect ${dialect}`, () => {
    let program: Program;
    let Company: DataClass;
    let Employee: DataClass;

    before(async () => {
      program = await openProgram(dialect);
      ({ Company, Employee } = program);
    });
    after(() => program.close());

    describe('catalog', () => {
      test('all dataclasses', () => {
        assert.deepEqual([Company.name, Employee.name], ['Company', 'Employee']);
        const suffix = dialect === 'wakanda' ? 'Collection' : 'Selection';
        assert.equal(Employee.collectionName, `Employee${suffix}`);
      });

      test('attributes of every kind', () => {
        const find = (name: string): object => ({
          ...Employee.attributes.find((attribute) => attribute.name === name),
        });
        assert.deepEqual(find('hiringDate'), {
          name: 'hiringDate',
          type: 'date',
          kind: 'storage',
          readOnly: false,
          simpleDate: true,
        });
        assert.deepEqual(find('lastLogin'), {
          name: 'lastLogin',
          type: 'date',
          kind: 'storage',
          readOnly: false,
          simpleDate: false,
        });
        const related = { readOnly: false, simpleDate: undefined };
        assert.deepEqual(find('employer'), { ...related, name: 'employer', type: 'Company', kind: 'relatedEntity' });
        assert.deepEqual(find('reports'), {
          ...related,
          name: 'reports',
          type: Employee.collectionName,
          kind: 'relatedEntities',
          entityType: 'Employee',
        });
      });

      test('several dataclasses by name', async () => {
        const catalog = await program.client.getCatalog(['Employee', 'Company']);
        assert.deepEqual(Object.keys(catalog), ['Employee', 'Company']);
      });

      test('one whose relations lead elsewhere is not enough for the client', async () => {
        await assert.rejects(program.client.getCatalog(['Employee']), /Needed Company dataClass/);
      });

      test('an unknown dataclass', async () => {
        await assert.rejects(program.client.getCatalog(['Employee', 'Nothing']), refusal(1800));
      });
    });

    describe('queries', () => {
      test('the first page', async () => {
        const all = await Employee.query();
        assert.deepEqual([all._count, all._first, all._sent, all._deferred], [12, 0, 12, false]);
        assert.deepEqual(idsOf(all.entities), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      });

      test('filter with parameters, its && as it is, and order', async () => {
        const found = await Employee.query({
          filter: 'lastName > :1 && salary > :2',
          params: ['K', 40000] as unknown as string[],
          orderBy: 'salary desc',
          pageSize: 3,
        });
        assert.equal(found._count, 6);
        assert.deepEqual(idsOf(found.entities), [10, 12, 2]);
      });

      test('a parameter with an apostrophe, a quote in the filter, a wildcard', async () => {
        const none = await Employee.query({ filter: 'lastName = :1', params: ["O'Reilly"] });
        assert.equal(none._count, 0);
        const found = await Employee.query({ filter: "firstName == 'a*'" });
        assert.deepEqual(idsOf(found.entities), [1]);
      });

      test('a date as parameter', async () => {
        const found = await Employee.query({
          filter: 'lastLogin >= :1',
          params: [new Date('2025-05-30T07:15:00.000Z')] as unknown as string[],
        });
        assert.deepEqual(idsOf(found.entities), [1]);
      });

      test('over a relation', async () => {
        const found = await Employee.query({ filter: 'employer.name = :1', params: ['Borealis'], orderBy: 'lastName' });
        assert.deepEqual(idsOf(found.entities), [5, 6, 4]);
      });

      test('a filter that cannot be read is refused', async () => {
        await assert.rejects(Employee.query({ filter: 'lastName >' }), refusal(1162));
        await assert.rejects(Employee.query({ filter: 'nothing = 1' }), refusal(1500));
      });
    });

    describe('pages of a set', () => {
      test('next, next, previous', async () => {
        const page = await Employee.query({ pageSize: 5, orderBy: 'ID' });
        assert.deepEqual(idsOf(page.entities), [1, 2, 3, 4, 5]);
        await page.nextPage();
        assert.deepEqual([idsOf(page.entities), page._first], [[6, 7, 8, 9, 10], 5]);
        await page.nextPage();
        assert.deepEqual([idsOf(page.entities), page._first, page._sent, page._count], [[11, 12], 10, 2, 12]);
        await page.prevPage();
        assert.deepEqual([idsOf(page.entities), page._first], [[6, 7, 8, 9, 10], 5]);
        await page.prevPage();
        assert.deepEqual([idsOf(page.entities), page._first], [[1, 2, 3, 4, 5], 0]);
      });

      test('more, until there is no more', async () => {
        const page = await Employee.query({ filter: 'salary > 40000', pageSize: 5, orderBy: 'salary' });
        assert.deepEqual(idsOf(page.entities), [5, 6, 1, 8, 2]);
        await page.more();
        assert.deepEqual(idsOf(page.entities), [5, 6, 1, 8, 2, 12, 10]);
        await page.more();
        assert.deepEqual([page.entities.length, page._sent], [7, 7]);
      });

      test('expanded relations stay expanded on the next page', async () => {
        const page = await Employee.query({ pageSize: 2, select: 'employer' });
        await page.nextPage();
        assert.deepEqual(
          page.entities.map((entity): unknown => entity['employer']['name']),
          ['Acme', 'Borealis'],
        );
      });

      test('a page of a set is what the set was made of', async () => {
        const page = await Employee.query({ filter: 'firstName = "Ivo"', pageSize: 1 });
        const ivo = page.entities[0] as Entity;
        ivo['firstName'] = 'Ivan';
        await ivo.save();
        await page.fetch();
        assert.deepEqual([page._count, page.entities[0]?.['firstName']], [1, 'Ivan']);
      });
    });

    describe('one entity', () => {
      test('by key, as number and as text', async () => {
        for (const key of [1, '1']) {
          const ada = await Employee.find(key);
          assert.deepEqual([ada._key, ada._stamp, ada['lastName']], ['1', 1, 'Joubert']);
        }
      });

      test('dates of both kinds', async () => {
        const ada = await Employee.find(1);
        assert.deepEqual(ada['hiringDate'], new Date('2010-09-01T00:00:00.000Z'));
        assert.deepEqual(ada['lastLogin'], new Date('2025-05-30T07:15:00.000Z'));
      });

      test('an object', async () => {
        const ada = await Employee.find(1);
        assert.deepEqual(ada['spec'], { size: 38, tags: ['mentor', 'travel'] });
      });

      test('a key that does not exist', async () => {
        await assert.rejects(Employee.find(404), refusal(1543));
      });

      test('deferred relations, fetched', async () => {
        const bo = await Employee.find(2);
        const [employer, manager, reports] = [bo['employer'], bo['manager'], bo['reports']];
        assert.deepEqual([employer._key, employer._deferred, employer.name], ['7', true, undefined]);
        // The client fills media in where they stand, and an entity that was never read has none.
        await Object.assign(employer, { logo: {}, brochure: {} }).fetch();
        assert.deepEqual([employer.name, employer.staff._deferred], ['Acme', true]);
        assert.match(employer.brochure.uri, /^\/rest\/Company\(7\)\/brochure\?\$binary=true&\$expand=brochure$/);
        await Object.assign(manager, { photo: {} }).fetch({ select: 'employer' });
        assert.deepEqual([manager.lastName, manager.employer.name], ['Joubert', 'Acme']);
        assert.equal(reports._deferred, true);
        await reports.fetch({ pageSize: 1 });
        assert.deepEqual([reports._count, reports._deferred, idsOf(reports.entities)], [2, false, [10]]);
        await reports.nextPage();
        assert.deepEqual(idsOf(reports.entities), [12]);
      });

      test('expanded relations', async () => {
        const bo = await Employee.find(2, { select: 'employer,employer.staff' });
        const staff = bo['employer']['staff'];
        assert.deepEqual(
          [bo['employer']._deferred, staff._count, idsOf(staff.entities)],
          [false, 5, [1, 2, 3, 10, 12]],
        );
        assert.equal(staff.entities[0]['employer']._deferred, true);
      });

      test('no relation', async () => {
        const kai = await Employee.find(11, { select: 'employer' });
        assert.equal(kai['employer'], null);
      });
    });
  });
