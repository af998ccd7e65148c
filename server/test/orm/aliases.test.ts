// Alias attributes in code: what REST shows of them, functions see (spec 15 § 8).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dataStoreOf } from 'keystamp';
import { projectCount, projectEntities, projects } from '../wire/projects.ts';
import { openModel, type OpenModel } from './open-model.ts';
import { ask } from './rest.ts';

const ds = dataStoreOf(projects);
let program: OpenModel;

before(async () => {
  program = await openModel(projects, { seed: { total: projectCount, entities: projectEntities } });
});
after(() => program.close());

test('values, pictures and relations through the path', () =>
  program.run(async () => {
    const ada = (await ds.Employee.get(1))!;
    assert.equal(ada.surname, 'Ada');
    assert.equal(await ada.employerName, 'Acme');
    assert.equal(await ada.homeland, 'France');
    assert.deepEqual(await ada.employerSpec, { size: 3 });
    assert.equal((await ada.employerLogo)?.mediatype, 'image/png');
    assert.equal((await ada.country)?.name, 'France');
    assert.equal(ada.portrait?.mediatype, 'image/jpeg');
    const eva = (await ds.Employee.get(5))!;
    assert.equal(await eva.employerName, null);
    assert.equal(await eva.country, null);
  }));

test('several entities, each once', () =>
  program.run(async () => {
    const titles = async (id: number): Promise<unknown> => (await ds.Employee.get(id))!.projects.extract('title');
    assert.deepEqual(await titles(1), ['Anvil', 'Bridge']);
    assert.deepEqual(await titles(5), []);
    const colleagues = (await ds.Employee.get(2))!.colleagues.orderBy('lastName desc');
    assert.deepEqual(await colleagues.extract('lastName'), ['Bo', 'Ada']);
  }));

test('in queries, orders and computations', () =>
  program.run(async () => {
    const names = await ds.Employee.query('homeland = :1 or hidden = Borealis', 'France')
      .orderBy('employerName desc, surname')
      .extract('lastName');
    assert.deepEqual(names, ['Cat', 'Ada', 'Bo']);
    assert.equal(await ds.Employee.all().sum('employerSpec.size'), 7);
    assert.deepEqual(await ds.Employee.all().distinct('homeland'), ['France', 'Norway']);
    assert.equal(await ds.Employee.all().count('homeland'), 3);
    assert.deepEqual(await ds.Employee.all().extract('homeland', { keepNull: true }), ['France', 'France', 'Norway', null, null]); // oxfmt-ignore
    assert.deepEqual(await ds.Employee.query('ID = 1').extract('projects.title'), [['Anvil', 'Bridge']]);
  }));

test('as plain objects', () =>
  program.run(async () => {
    const rows = await ds.Employee.query('ID in [1, 5]').toCollection('surname, homeland, country, projects.title');
    assert.deepEqual(rows, [
      {
        surname: 'Ada',
        homeland: 'France',
        country: { __KEY: 1 },
        projects: [{ title: 'Anvil' }, { title: 'Bridge' }],
      },
      { surname: 'Eva', homeland: null, country: null, projects: [] },
    ]);
    const all = await (await ds.Employee.get(1))!.toObject();
    assert.equal(all['employerName'], 'Acme');
    assert.equal('projects' in all, false);
  }));

test('written where the entity itself holds the value, and nowhere else', () =>
  program.run(async () => {
    const eva = (await ds.Employee.get(5))!;
    eva.surname = 'Evans';
    assert.deepEqual(eva.touchedAttributes(), ['lastName']);
    assert.equal((await eva.save()).success, true);
    assert.equal((await ds.Employee.get(5))?.lastName, 'Evans');
    assert.throws(() => eva.fromObject({ employerName: 'Mine' }), /1516|read-only/);
  }));

test('what code can know of them', () =>
  program.run(async () => {
    const { surname, employerName, country, projects: list } = ds.Employee.attr;
    assert.deepEqual(
      [surname.kind, surname.type, surname.path, surname.readOnly],
      ['alias', 'string', 'lastName', false],
    );
    assert.deepEqual([employerName.type, employerName.readOnly], ['string', true]);
    assert.deepEqual([country.type, country.relatedDataClass], ['Country', 'Country']);
    assert.deepEqual([list.type, list.relatedDataClass, list.path], ['ProjectSelection', 'Project', 'tasks.project']);
  }));

test('the path of a query tells no number of a class that may not be read', async () => {
  const roles = {
    restrictedByDefault: true,
    permissions: { allowed: [{ type: 'dataclass', applyTo: 'Employee', read: ['guest'] }] },
  };
  const closed = await openModel(projects, { seed: { total: projectCount, entities: projectEntities }, roles });
  try {
    const { status, body } = await ask(
      closed,
      'GET',
      '/rest/Employee?$filter="employerName = A@"&$querypath=true&$attributes=ID',
    );
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.__COUNT, 2);
    const told: number[] = [];
    JSON.stringify(body.__queryPath, (name, value: unknown) => {
      if (name === 'recordsfounds') told.push(value as number);
      return value;
    });
    assert.deepEqual(told, [2]);
    await closed.run(async () => {
      const path = await ds.Employee.query('employerName = :1', 'A@', { queryPath: true }).queryPath;
      assert.equal(path?.match(/recordsfounds/g)?.length, 1, path);
    });
  } finally {
    await closed.close();
  }
});
