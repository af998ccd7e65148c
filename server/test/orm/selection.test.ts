// Selections in code: laziness, order, set operations, aggregates, and what changes of the data do to them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KeystampError } from 'keystamp';
import { ds, openProgram, type Program } from './program.ts';

let program: Program;
before(async () => {
  program = await openProgram();
});
after(() => program.close());

const inCall = (name: string, work: () => Promise<void>): void => void test(name, () => program.run(work));
const hasCode =
  (code: number) =>
  (error: unknown): boolean =>
    error instanceof KeystampError && error.entries.some((entry) => 'code' in entry && entry.code === code);
type Employees = ReturnType<typeof ds.Employee.all>;
const names = (selection: Employees): Promise<unknown[]> => selection.extract('name');

inCall('queries: placeholders, order, nothing found', async () => {
  assert.deepEqual(await names(ds.Employee.query('salary > :1 and active = :2', 40000, true)), ['Ada', 'Bo', 'Femi']);
  assert.deepEqual(
    await names(ds.Employee.query('salary > :least order by name desc', { parameters: { least: 40000 } })),
    ['Femi', 'Bo', 'Ada'],
  );
  assert.deepEqual(
    await names(ds.Employee.query(':what = :1', 'Bo', { attributes: { what: ds.Employee.attr.name } })),
    ['Bo'],
  );
  assert.deepEqual(await names(ds.Employee.query('employer.name = Acme')), ['Ada', 'Bo', 'Carla']);
  assert.deepEqual(await names(ds.Employee.query('employer = :1', await ds.Company.get(2))), ['Dag', 'Eva']);
  assert.deepEqual(await names(ds.Employee.query('seen = :1', new Date(Date.UTC(2025, 4, 30)))), ['Femi']);
  assert.deepEqual(await names(ds.Employee.query('secret = null and ID in :1', [1, 2])), ['Ada', 'Bo']);
  const none = ds.Employee.query('name = nobody');
  assert.deepEqual([await none.length(), await none.first(), await none.at(0)], [0, null, undefined]);
  assert.throws(() => ds.Employee.query('wage > 5'), hasCode(1500));
  assert.throws(() => ds.Employee.query('name =='), KeystampError);
  assert.throws(() => ds.Employee.query('name = :1'), hasCode(1279));
});

inCall('the way a query was answered', async () => {
  const asked = ds.Employee.query('employer.name = Acme and salary > :1', 40000, { queryPlan: true, queryPath: true });
  const steps = { And: [{ item: 'Join on Table : Company  :  Employee.employer = Company.ID', subquery: [{ item: '[index : Company.name ] === Acme' }] }, { item: 'Employee.salary > 40000' }] }; // oxfmt-ignore
  assert.deepEqual(JSON.parse(asked.queryPlan ?? ''), steps);
  const { steps: [all] } = JSON.parse((await asked.queryPath) ?? '') as { steps: { description: string; recordsfounds: number; steps: { recordsfounds: number }[] }[] }; // oxfmt-ignore
  assert.deepEqual([all?.description, all?.recordsfounds, all?.steps[1]?.recordsfounds], ['AND', 2, 3]);
  const plain = ds.Employee.query('salary > 1');
  assert.deepEqual([plain.queryPlan, await plain.queryPath], [undefined, undefined]);
  const within = plain.query('name = Bo', { queryPath: true });
  assert.equal(within.queryPlan, undefined);
  assert.match((await within.queryPath) ?? '', /"recordsfounds":1/);
});

inCall('positions, ends and iteration', async () => {
  const all = ds.Employee.all();
  assert.deepEqual([(await all.first())?.name, (await all.last())?.name, await all.length()], ['Ada', 'Femi', 6]);
  assert.deepEqual(
    [(await all.at(1))?.name, (await all.at(-2))?.name, await all.at(6), await all.at(-7)],
    ['Bo', 'Eva', undefined, undefined],
  );
  const seen: unknown[] = [];
  for await (const employee of all) seen.push(employee.name);
  assert.deepEqual(
    seen,
    (await all.toArray()).map(({ name }) => name),
  );
});

inCall('a selection is what it was when it was first looked at', async () => {
  const all = ds.Company.all();
  assert.equal(await all.length(), 3);
  const made = ds.Company.new({ name: 'Late' });
  await made.save();
  assert.equal(await all.length(), 3);
  const later = ds.Company.all();
  assert.equal(await later.length(), 4);
  await made.drop();
  assert.equal(await later.length(), 4);
  assert.equal(await later.at(3), undefined);
  assert.equal((await later.toArray()).length, 3);
  assert.equal(await later.clean().length(), 3);
  await later.refresh();
  assert.equal(await later.length(), 3);
});

inCall('orders', async () => {
  assert.deepEqual(await names(ds.Employee.all().orderBy('salary desc, name asc')), ['Bo', 'Femi', 'Ada', 'Dag', 'Carla', 'Eva']); // oxfmt-ignore
  const by = [{ propertyPath: 'employer.name', descending: true }, { propertyPath: 'name' }];
  assert.deepEqual((await names(ds.Employee.query('employer != null').orderBy(by))).slice(0, 2), ['Dag', 'Eva']);
  assert.deepEqual(await names(await ds.Employee.all().orderByFormula(({ name }) => name?.at(-1), 'desc')), [
    'Bo',
    'Femi',
    'Dag',
    'Ada',
    'Carla',
    'Eva',
  ]);
  assert.throws(() => ds.Employee.all().orderBy('photo'), hasCode(1810));
});

inCall('order and alterability after each operation', async () => {
  const plain = ds.Employee.query('ID < 4');
  const ordered = ds.Employee.query('ID < 4 order by ID desc');
  const copy = ordered.copy();
  const traits = (selection: Employees): [boolean, boolean] => [selection.isOrdered(), selection.isAlterable()];
  assert.deepEqual(
    [plain, ordered, copy, copy.slice(0, 1), plain.orderBy('name'), ds.Employee.newSelection({ ordered: true })].map(traits),
    [[false, false], [true, false], [true, true], [true, true], [true, false], [true, true]],
  ); // oxfmt-ignore
  const other = ds.Employee.query('ID in :1', [2, 3, 5]);
  assert.deepEqual([await names(ordered.and(other)), ordered.and(other).isOrdered()], [['Carla', 'Bo'], true]);
  assert.deepEqual([await names(plain.and(other)), plain.and(other).isOrdered()], [['Bo', 'Carla'], false]);
  assert.deepEqual([await names(ordered.or(other)), ordered.or(other).isOrdered()], [['Ada', 'Bo', 'Carla', 'Eva'], false]); // oxfmt-ignore
  assert.deepEqual([await names(ordered.minus(other)), ordered.minus(other).isOrdered()], [['Ada'], false]);
  const kept = ds.Employee.query('order by ID desc').minus(other, { keepOrder: true });
  assert.deepEqual([await names(kept), kept.isOrdered()], [['Femi', 'Dag', 'Ada'], true]);
  assert.deepEqual(await names(ordered.query('salary > 1000')), ['Bo', 'Ada'], 'a query keeps the order');
  assert.throws(() => plain.and(ds.Company.all() as never), hasCode(1587));
});

inCall('set operations with one entity', async () => {
  const ada = (await ds.Employee.get(1))!;
  const some = ds.Employee.query('ID < 3');
  assert.deepEqual(await names(some.and(ada)), ['Ada']);
  assert.deepEqual(await names(some.minus(ada)), ['Bo']);
  assert.deepEqual(await names(ds.Employee.query('ID = 2').or(ada)), ['Ada', 'Bo']);
  assert.deepEqual([await some.contains(ada), await some.contains(ds.Employee.new())], [true, false]);
});

inCall('adding: alterable selections alone; an ordered one may hold an entity twice', async () => {
  const ada = (await ds.Employee.get(1))!;
  const bo = (await ds.Employee.get(2))!;
  assert.throws(() => ds.Employee.all().add(ada), hasCode(1637));
  const ordered = ds.Employee.newSelection({ ordered: true }).add(bo).add(ada).add(bo);
  assert.deepEqual(await names(ordered), ['Bo', 'Ada', 'Bo']);
  assert.equal(await ordered.sum('salary'), 174000);
  const plain = ds.Employee.newSelection().add(bo).add(ada).add(bo);
  assert.deepEqual(await names(plain), ['Ada', 'Bo']);
  assert.deepEqual(await names(ds.Employee.query('ID = 3').copy().add(plain)), ['Ada', 'Bo', 'Carla']);
  assert.throws(() => plain.add(ds.Employee.new()), hasCode(1542));
  assert.throws(() => plain.add(ds.Company.all() as never), hasCode(1587));
});

inCall('slices and picks', async () => {
  const all = ds.Employee.all();
  assert.deepEqual(await names(all.slice(1, 3)), ['Bo', 'Carla']);
  assert.deepEqual(await names(all.slice(-2)), ['Eva', 'Femi']);
  assert.deepEqual(await names(all.slice(0.9, 2.9)), ['Ada', 'Bo']);
  assert.deepEqual(await names(all.slice(NaN, Infinity)), await names(all));
  assert.equal(await all.slice(Infinity).length(), 0);
  assert.deepEqual(await names(all.slice(4).slice(1)), ['Femi']);
  assert.deepEqual(await names(all.slice(1, -3)), ['Bo', 'Carla']);
  assert.deepEqual([await all.slice(2, 2).length(), await all.slice(2, 2).first()], [0, null]);
  assert.equal((await all.slice(3, 5).first())?.name, 'Dag');
  assert.deepEqual(await names(all.selected(2, 0, 9)), ['Carla', 'Ada']);
  assert.deepEqual(await names(all.slice(1, 3).query('salary > 1000')), ['Bo']);
});

inCall('aggregates', async () => {
  const all = ds.Employee.all();
  assert.deepEqual(
    [await all.sum('salary'), await all.min('salary'), await all.max('salary'), await all.count('salary'), await all.count()],
    [212900.5, 900, 61000, 5, 6],
  ); // oxfmt-ignore
  assert.equal(await all.average('salary'), 42580.1);
  assert.deepEqual([await all.min('name'), await all.max('name')], ['Ada', 'Femi']);
  assert.deepEqual([await all.max('born'), await all.max('seen')], ['1985-12-10', new Date(Date.UTC(2025, 4, 30))]);
  assert.equal(await all.sum('spec.size'), 78);
  assert.equal(await all.count('spec'), 2);
  assert.equal(await all.max('employer.name'), 'Borealis');
  assert.equal(await all.sum(ds.Employee.attr.salary), 212900.5);
  await assert.rejects(all.sum('name'), hasCode(1574));
  await assert.rejects(all.sum('wage'), hasCode(1500));
  await assert.rejects(all.sum('salary.size'), hasCode(1500));
  // Along a relation they are worked out in memory.
  assert.equal(await all.sum('boss.salary'), 142000.5);
  assert.equal(await ds.Employee.query('ID = 2 or ID = 5').average('boss.salary'), 45000.25);
  assert.equal(await ds.Employee.query('ID = 1').average('boss.salary'), null);
  await assert.rejects(all.sum('boss.name'), hasCode(1574));
});

for (const [what, filter] of [['nothing', 'ID = 0'], ['nulls alone', 'ID = 5']] as const)
  inCall(`aggregates of ${what}`, async () => {
    const selection = ds.Employee.query(filter);
    assert.deepEqual(
      [await selection.sum('salary'), await selection.average('salary'), await selection.min('salary'), await selection.max('salary'), await selection.count('salary')],
      [0, null, null, null, 0],
    );
    assert.deepEqual(await selection.distinct('salary'), []);
  }); // oxfmt-ignore

inCall('distinct values', async () => {
  const all = ds.Employee.all();
  assert.deepEqual(await all.distinct('salary'), [900, 38000.5, 52000, 61000]);
  assert.deepEqual(await all.distinct('employer.name'), ['Acme', 'Borealis']);
  assert.deepEqual(await all.distinct('spec.size'), [38, 40]);
  assert.deepEqual(await all.distinct('active', { count: true }), [{ value: false, count: 1 }, { value: true, count: 5 }]);
  const made = ds.Employee.new({ name: 'ADA' });
  await made.save();
  assert.equal((await ds.Employee.all().distinct('name')).length, 6);
  assert.equal((await ds.Employee.all().distinct('name', { diacritical: true })).length, 7);
  await made.drop();
  assert.deepEqual(await all.distinctPaths('spec'), ['size', 'tags', 'tags.length']);
  await assert.rejects(all.distinct('photo'), hasCode(1574));
  await assert.rejects(all.distinctPaths('name'), hasCode(1574));
}); // oxfmt-ignore

inCall('values in memory stand in the order of the database', async () => {
  const made = [
    ds.Employee.new({ name: '😀', serial: -9007199254740993n, employer: 3 }),
    ds.Employee.new({ name: '\uFFFD', serial: 5, employer: 3 }),
    ds.Employee.new({ serial: null, employer: 3 }),
  ];
  for (const each of made) await each.save();
  const some = ds.Company.get(3).then((company) => company!.staff);
  const names = await (await some).distinct('name');
  assert.deepEqual(names, ['\uFFFD', '😀']);
  assert.deepEqual(await (await some).distinct('name', { count: true }), names.map((value) => ({ value, count: 1 }))); // oxfmt-ignore
  assert.deepEqual(await (await (await some).orderByFormula(({ name }) => name)).extract('name', { keepNull: true }), [null, ...names]); // oxfmt-ignore
  const company = ds.Company.query('ID = 3');
  assert.deepEqual([await company.min('staff.serial'), await company.max('staff.serial')], [-9007199254740993n, 5]);
  for (const each of made) await each.drop();
});

inCall('values at paths', async () => {
  const some = ds.Employee.query('ID in :1', [1, 4, 5, 6]);
  assert.deepEqual(await some.extract('salary'), [52000, 38000.5, 61000]);
  assert.deepEqual(await some.extract('salary', { keepNull: true }), [52000, 38000.5, null, 61000]);
  assert.deepEqual(await some.extract('employer.name', { keepNull: true }), ['Acme', 'Borealis', 'Borealis', null]);
  assert.deepEqual(await some.extract('name', 'who', 'employer.city', 'where'), [
    { who: 'Ada', where: 'Lyon' },
    { who: 'Dag', where: 'Tromsø' },
    { who: 'Eva', where: 'Tromsø' },
    { who: 'Femi', where: null },
  ]);
  assert.deepEqual(await ds.Company.all().extract('staff.name'), [['Ada', 'Bo', 'Carla'], ['Dag', 'Eva'], []]);
  assert.deepEqual(await some.extract('spec.size'), [38]);
  // What every JavaScript object has is no member of a stored one.
  assert.deepEqual(await some.extract('spec.constructor'), []);
  assert.deepEqual(await some.extract('spec.tags.length'), [2]);
});

inCall('collections', async () => {
  const some = ds.Employee.query('ID < 3 order by ID desc');
  assert.deepEqual(await some.toCollection('name, employer.name'), [
    { name: 'Bo', employer: { name: 'Acme' } },
    { name: 'Ada', employer: { name: 'Acme' } },
  ]);
  assert.deepEqual(
    await ds.Employee.all().toCollection('name', { begin: 2, howMany: 2, withPrimaryKey: true, withStamp: true }),
    [{ __KEY: '3', __STAMP: 1, name: 'Carla' }, { __KEY: '4', __STAMP: 1, name: 'Dag' }],
  );
  assert.deepEqual(await ds.Company.all().toCollection('name, staff.name, staff.boss.name'), [
    { name: 'Acme', staff: [{ name: 'Ada', boss: null }, { name: 'Bo', boss: { name: 'Ada' } }, { name: 'Carla', boss: { name: 'Ada' } }] },
    { name: 'Borealis', staff: [{ name: 'Dag', boss: null }, { name: 'Eva', boss: { name: 'Dag' } }] },
    { name: 'Cordoba', staff: [] },
  ]);
}); // oxfmt-ignore

inCall('from a selection to what a relation leads to', async () => {
  assert.deepEqual(await ds.Employee.query('ID < 5').related('employer').extract('name'), ['Acme', 'Borealis']);
  assert.deepEqual(await names(ds.Company.query('ID in :1', [1, 3]).related('staff')), ['Ada', 'Bo', 'Carla']);
  assert.deepEqual(await names(ds.Employee.all().related('boss')), ['Ada', 'Dag']);
  const evaluated = ds.Employee.query('ID < 5').slice(0, 2);
  assert.deepEqual(await evaluated.related('employer').extract('name'), ['Acme']);
});

inCall('dropping a selection: what could not be dropped comes back', async () => {
  await ds.Company.fromCollection([{ name: 'D1' }, { name: 'D2' }, { name: 'D3' }]);
  const doomed = ds.Company.query('name = "D@"');
  await doomed.length();
  const left = await doomed.drop();
  assert.equal(await left.length(), 0);
  assert.equal(await ds.Company.getCount(), 3);
});
