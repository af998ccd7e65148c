// Entities in code: every member for new, saved, dropped and conflicting ones; what a save does and what it tells.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KeystampError } from 'keystamp';
import type { DataClassDef } from '../../src/model/model.ts';
import { lockEntity, unlockEntity } from '../../src/session/locks.ts';
import { lockTable } from '../../src/store/sql/columns.ts';
import { sql } from '../../src/store/sql/sql.ts';
import { ds, openProgram, type Program } from './program.ts';

let program: Program;
before(async () => {
  program = await openProgram();
});
after(() => program.close());

/** A test whose body is one call. */
const inCall = (name: string, work: () => Promise<void>): void => void test(name, () => program.run(work));

const codesOf = (error: unknown): readonly number[] => {
  assert.ok(error instanceof KeystampError, String(error));
  return error.entries.map((entry) => ('code' in entry ? entry.code : entry.http));
};

async function fresh(): Promise<NonNullable<Awaited<ReturnType<typeof ds.Employee.get>>>> {
  const made = ds.Employee.new({ name: 'Gil', salary: 10 });
  await made.save();
  return made;
}

inCall('a new entity: no key, no stamp, defaults in sight', async () => {
  const made = ds.Employee.new({ name: 'New' });
  assert.deepEqual(
    [made.isNew(), made.getKey(), made.getKey({ asString: true }), made.getStamp(), made.getTimestamp()],
    [true, null, null, 0, null],
  );
  assert.deepEqual([made.active, made.salary, made.touched(), made.touchedAttributes()], [true, null, true, ['name']]);
  assert.equal(await made.next(), null);
  assert.equal(await made.indexOf(), -1);
  assert.equal(made.getSelection(), null);
  assert.deepEqual(await made.drop(), { success: false, status: 5, statusText: 'Entity does not exist anymore' });
  assert.equal((await made.reload()).status, 5);
  assert.equal((await made.lock()).status, 5);
  assert.equal((await made.unlock()).success, true);
  assert.deepEqual(await made.toObject('name, ID'), { ID: null, name: 'New' });
});

inCall('a save fills key, stamp, time and generated values, and forgets what was touched', async () => {
  const made = ds.Employee.new({ name: 'Saved', employer: 1 });
  assert.deepEqual(await made.save(), { success: true });
  assert.equal(made.isNew(), false);
  assert.equal(made.getKey(), made.ID);
  assert.equal(made.getKey({ asString: true }), String(made.ID));
  assert.equal(made.getStamp(), 1);
  assert.ok(made.getTimestamp() instanceof Date);
  assert.match(made.badge as string, /^[0-9A-F]{32}$/);
  assert.equal(made.touched(), false);
  assert.equal((await made.employer)?.name, 'Acme');
});

inCall('a save with nothing touched writes nothing; the same value is touched and changes no stamp', async () => {
  const made = await fresh();
  assert.deepEqual(await made.save(), { success: true });
  assert.equal(made.getStamp(), 1);
  made.name = 'Gil';
  assert.deepEqual(made.touchedAttributes(), ['name']);
  assert.deepEqual(await made.save(), { success: true });
  assert.equal(made.getStamp(), 1);
  assert.equal(made.touched(), false);
});

inCall('a relation to a new entity is touched, also when that entity has been saved since', async () => {
  const made = await fresh();
  const employer = ds.Company.new({ name: 'Delta' });
  made.set({ employer });
  assert.deepEqual(made.touchedAttributes(), ['employer']);
  await employer.save();
  assert.deepEqual(made.touchedAttributes(), ['employer']);
  await made.save();
  assert.deepEqual(made.touchedAttributes(), []);
  assert.equal((await (await ds.Employee.get(made.ID))?.employer)?.name, 'Delta');
  await employer.drop();
});

inCall('values of every type come back as they were', async () => {
  const seen = new Date(Date.UTC(2024, 4, 2, 8, 11, 45, 123));
  const made = ds.Employee.new({ name: 'Typ', salary: 1.5, active: false, born: '1990-03-02', seen, serial: 9007199254740993n, spec: { a: [1, null, { b: 'c' }] }, secret: 'hidden' }); // oxfmt-ignore
  await made.save();
  const read = (await ds.Employee.get(made.ID))!;
  assert.deepEqual(
    [read.name, read.salary, read.active, read.born, read.seen, read.serial, read.spec, read.secret],
    ['Typ', 1.5, false, '1990-03-02', seen, 9007199254740993n, { a: [1, null, { b: 'c' }] }, 'hidden'],
  );
  read.serial = 7;
  read.born = null;
  await read.save();
  assert.deepEqual([read.serial, read.born], [7, null]);
});

inCall('an object that is changed in place is touched', async () => {
  const made = await fresh();
  made.spec = { size: 1 };
  await made.save();
  assert.equal(made.touched(), false);
  (made.spec as { size: number }).size = 2;
  assert.deepEqual(made.touchedAttributes(), ['spec']);
  await made.save();
  assert.deepEqual((await ds.Employee.get(made.ID))?.spec, { size: 2 });
});

inCall('an object that code was given stays that of the entity when it is saved', async () => {
  const made = await fresh();
  made.spec = { tags: ['a'] };
  const held = made.spec as { tags: string[] };
  await made.save();
  held.tags.push('b');
  await made.save();
  assert.deepEqual((await ds.Employee.get(made.ID))?.spec, { tags: ['a', 'b'] });
  await made.reload();
  held.tags.push('c');
  await made.save();
  assert.deepEqual((await ds.Employee.get(made.ID))?.spec, { tags: ['a', 'b', 'c'] });
});

inCall('what is assigned while a save is under way stays to be saved', async () => {
  const made = await fresh();
  made.spec = { tags: ['a'] };
  const saving = made.set({ name: 'First', salary: 1 }).save();
  const added = { tags: ['b'] };
  made.set({ name: 'Second', active: false, employer: 1, spec: added });
  const held = made.spec as { tags: string[] };
  assert.deepEqual(await saving, { success: true });
  assert.deepEqual(made.touchedAttributes(), ['name', 'active', 'spec', 'employer']);
  assert.deepEqual([made.name, made.salary, made.getStamp()], ['Second', 1, 2]);
  assert.equal((await made.employer)?.name, 'Acme');
  const between = (await ds.Employee.get(made.ID))!;
  assert.deepEqual([between.name, between.salary, between.spec], ['First', 1, { tags: ['a'] }]);
  held.tags.push('c');
  assert.deepEqual(await made.save(), { success: true });
  assert.equal(made.touched(), false);
  const after = (await ds.Employee.get(made.ID))!;
  assert.deepEqual([after.name, after.active, after.spec], ['Second', false, { tags: ['b', 'c'] }]);
  assert.equal((await after.employer)?.name, 'Acme');
});

inCall('so does what two saves at once could not both save', async () => {
  const made = await fresh();
  const first = made.set({ name: 'First' }).save();
  const second = made.set({ name: 'Second' }).save();
  assert.deepEqual([(await first).success, (await second).status], [true, 2]);
  assert.deepEqual(made.touchedAttributes(), ['name']);
  assert.deepEqual(await made.save(), { success: true });
  assert.equal((await ds.Employee.get(made.ID))?.name, 'Second');
});

inCall('an object that is no longer that of the entity cannot be changed', async () => {
  const made = await fresh();
  made.spec = { tags: ['a'] };
  await made.save();
  const held = made.spec as { tags: string[] };
  await (await ds.Employee.get(made.ID))!.set({ spec: { tags: ['other'] } }).save();
  made.salary = 11;
  assert.deepEqual(await made.save({ autoMerge: true }), { success: true, autoMerged: true });
  assert.throws(() => held.tags.push('lost'), TypeError);
  const now = made.spec as { tags: string[] };
  assert.deepEqual(now, { tags: ['other'] });
  now.tags.push('undone');
  await made.reload();
  assert.throws(() => now.tags.push('lost'), TypeError);
  assert.deepEqual(made.spec, { tags: ['other'] });
});

inCall('a value of the wrong type is refused when it is assigned', async () => {
  const made = await fresh();
  assert.throws(
    () => (made.salary = 'much' as never),
    (error) => codesOf(error).includes(1508),
  );
  assert.throws(
    () => made.set({ ID: 99 }),
    (error) => codesOf(error).includes(1516),
  );
  made.set({ ID: made.ID });
  assert.equal(made.touched(), false);
});

inCall('constraints: serious errors are thrown, or told where that is asked', async () => {
  const made = await fresh();
  made.salary = -1;
  await assert.rejects(made.save(), (error) => codesOf(error).includes(1568));
  const result = await made.save({ throws: false });
  assert.deepEqual([result.success, result.status, result.statusText], [false, 4, 'Other error']);
  assert.ok(result.errors?.some(({ errCode }) => errCode === 1568));
  assert.deepEqual(made.touchedAttributes(), ['salary'], 'nothing is forgotten by a failure');
  assert.equal((await made.validate()).status, 4);
  made.salary = 5;
  assert.deepEqual(await made.validate(), { success: true });
  assert.equal((await ds.Employee.get(made.ID))?.salary, 10, 'validating stores nothing');
});

inCall('a unique value that exists', async () => {
  await assert.rejects(ds.Company.new({ name: 'Acme' }).save(), (error) => codesOf(error).includes(1534));
  await assert.rejects(ds.Company.new({ ID: 1, name: 'Other' }).save(), (error) => codesOf(error).includes(1545));
});

inCall('a conflict: status 2, and merging where both changed different attributes', async () => {
  const made = await fresh();
  const other = (await ds.Employee.get(made.ID))!;
  other.name = 'Other';
  await other.save();
  made.salary = 20;
  const refused = await made.save();
  assert.deepEqual([refused.status, refused.statusText], [2, 'Stamp has changed']);
  assert.deepEqual(await made.save({ autoMerge: true }), { success: true, autoMerged: true });
  assert.deepEqual([made.name, made.salary, made.getStamp()], ['Other', 20, 3]);
});

inCall('a conflict over the same attribute cannot be merged', async () => {
  const made = await fresh();
  const other = (await ds.Employee.get(made.ID))!;
  other.name = 'Theirs';
  await other.save();
  made.name = 'Mine';
  const result = await made.save({ autoMerge: true });
  assert.deepEqual([result.status, result.statusText], [6, 'Auto merge failed']);
  assert.deepEqual(await made.reload(), { success: true });
  assert.deepEqual([made.name, made.touched(), made.getStamp()], ['Theirs', false, 2]);
});

inCall('a dropped entity: gone for saves and reloads, and still there in memory', async () => {
  const made = await fresh();
  assert.deepEqual(await made.drop(), { success: true });
  assert.equal(await ds.Employee.get(made.ID), null);
  assert.deepEqual([made.name, made.isNew()], ['Gil', false]);
  made.name = 'Ghost';
  assert.equal((await made.save()).status, 5);
  assert.equal((await made.reload()).status, 5);
  assert.equal((await made.drop()).status, 5);
});

inCall('a drop checks the stamp unless it is forced', async () => {
  const made = await fresh();
  const other = (await ds.Employee.get(made.ID))!;
  other.name = 'Changed';
  await other.save();
  assert.equal((await made.drop()).status, 2);
  assert.deepEqual(await made.drop({ forceDropIfStampChanged: true }), { success: true });
});

inCall('relations: read, assigned as entity, key, object and null', async () => {
  const made = await fresh();
  const acme = (await ds.Company.get(1))!;
  made.set({ employer: acme });
  assert.deepEqual(made.touchedAttributes(), ['employer']);
  assert.equal((await made.employer)?.name, 'Acme');
  await made.save();
  for (const [value, expected] of [[2, 'Borealis'], [{ __KEY: 3 }, 'Cordoba'], [null, undefined]] as const) {
    await made.set({ employer: value }).save();
    assert.equal((await made.employer)?.name, expected);
    assert.equal((await (await ds.Employee.get(made.ID))!.employer)?.name, expected);
  } // oxfmt-ignore
  await assert.rejects(made.set({ employer: 99 }).save(), (error) => codesOf(error).includes(1542));
  await made.reload();
  assert.throws(
    () => made.set({ employer: made as never }),
    (error) => codesOf(error).includes(1508),
  );
  assert.throws(
    () => made.set({ employer: true as never }),
    (error) => codesOf(error).includes(1508),
  );
  assert.throws(
    () => made.set({ employer: 'one' as never }),
    (error) => codesOf(error).includes(1542),
  );
  const borealis = (await ds.Company.get(2))!;
  assert.throws(
    () => ((borealis as { staff: unknown }).staff = []),
    (error) => codesOf(error).includes(1574),
  );
});

inCall('a new related entity must be saved first, then its key is taken', async () => {
  const company = ds.Company.new({ name: 'Delta' });
  const made = ds.Employee.new({ name: 'Hedy', employer: company });
  await assert.rejects(made.save(), (error) => codesOf(error).includes(1537));
  await company.save();
  assert.deepEqual(await made.save(), { success: true });
  assert.equal(await company.staff.length(), 1);
});

inCall('to-many relations are selections at once', async () => {
  const acme = (await ds.Company.get(1))!;
  assert.deepEqual(await acme.staff.query('salary > 1000').extract('name'), ['Ada', 'Bo']);
  assert.equal(await ds.Company.new({ name: 'x' }).staff.length(), 0);
});

inCall('clones have their own touched state', async () => {
  const made = await fresh();
  made.name = 'One';
  const copy = made.clone();
  assert.deepEqual([copy.name, copy.touchedAttributes()], ['One', ['name']]);
  copy.name = 'Two';
  assert.equal(made.name, 'One');
  await copy.save();
  assert.equal((await made.save()).status, 2);
});

inCall('differences between two entities', async () => {
  const made = await fresh();
  const other = made.clone();
  other.set({ name: 'Diff', spec: { a: 1 }, employer: 2 });
  assert.deepEqual(made.diff(other), [
    { attributeName: 'name', value: 'Gil', otherValue: 'Diff' },
    { attributeName: 'spec', value: null, otherValue: { a: 1 } },
    { attributeName: 'employer', value: null, otherValue: 2 },
  ]);
  assert.deepEqual(made.diff(other, ['salary']), []);
  assert.throws(() => made.diff(ds.Company.new() as never), TypeError);
});

inCall('navigation through the selection an entity came from', async () => {
  const all = ds.Employee.query('ID <= 3 order by ID desc');
  const first = (await all.first())!;
  const second = (await first.next())!;
  assert.deepEqual([first.ID, second.ID, await second.indexOf()], [3, 2, 1]);
  assert.equal((await second.previous())?.ID, 3);
  assert.equal((await second.last())?.ID, 1);
  assert.equal((await second.first())?.ID, 3);
  assert.equal(await first.previous(), null);
  assert.equal(await (await second.last())!.next(), null);
  assert.equal(await first.indexOf(ds.Employee.query('order by ID')), 2);
  assert.equal(second.getSelection(), all);
  assert.equal(second.getDataClass().name, 'Employee');
});

inCall('plain objects: without filter, with paths, with keys and stamps', async () => {
  const ada = (await ds.Employee.get(1))!;
  assert.deepEqual(await ada.toObject('name, employer.name'), { name: 'Ada', employer: { name: 'Acme' } });
  assert.deepEqual(await ada.toObject(['name', 'employer.*', 'nothing']), {
    name: 'Ada',
    employer: { ID: 1, name: 'Acme', city: 'Lyon', founded: '1949-04-03' },
  });
  assert.deepEqual(await ada.toObject('name', { withPrimaryKey: true, withStamp: true }), { __KEY: '1', __STAMP: 1, name: 'Ada' }); // oxfmt-ignore
  const whole = await ada.toObject('');
  assert.deepEqual(whole['employer'], { __KEY: 1 });
  assert.equal(whole['secret'], null);
  assert.ok(!('boss__key' in whole));
  const borealis = (await ds.Company.get(2))!;
  assert.deepEqual(await borealis.toObject('name, staff.name'), {
    name: 'Borealis',
    staff: [{ name: 'Dag' }, { name: 'Eva' }],
  });
  assert.ok(!('staff' in (await borealis.toObject())));
});

inCall('values from a plain object', async () => {
  const made = ds.Employee.new();
  made.fromObject({
    name: 'Ivy',
    salary: '12.5',
    seen: '2024-05-02T00:00:00.000Z',
    employer: { __KEY: 2 },
    unknown: 1,
  });
  assert.deepEqual([made.salary, made.seen], [12.5, new Date(Date.UTC(2024, 4, 2))]);
  assert.equal((await made.employer)?.name, 'Borealis');
  assert.equal(made.isNew(), true);
});

inCall('composite keys', async () => {
  await ds.Page.fromCollection([
    { book: 'Atlas', number: 2, text: 'two' },
    { book: 'Atlas', number: 1, text: 'one' },
  ]);
  const page = (await ds.Page.get(['Atlas', 2]))!;
  assert.deepEqual([page.text, page.getKey(), page.getKey({ asString: true })], ['two', ['Atlas', 2], 'Atlas&2']);
  assert.equal(await ds.Page.get('Atlas'), null);
  const pages = ds.Page.query('book = :1', 'Atlas');
  assert.deepEqual(await pages.extract('text'), ['one', 'two']);
  assert.deepEqual(await pages.minus(page).extract('text'), ['one']);
  assert.equal(await pages.contains(page), true);
  page.text = 'changed';
  await page.save();
  assert.equal((await ds.Page.get(['Atlas', 2]))?.text, 'changed');
  assert.deepEqual(await page.drop(), { success: true });
  assert.equal(await ds.Page.getCount(), 1);
});

test('a lock that the session had before stays when one cannot be taken', async () => {
  const session = await program.newSession();
  const { engine } = program.keystamp.services;
  const holder = async (): Promise<unknown> => (await engine.row(sql`SELECT session FROM ${lockTable}`))?.['session'];
  const Employee = program.keystamp.services.model.dataClasses.get('Employee') as DataClassDef;
  const asker = { sessionId: session.id, now: Date.now(), most: 10 };
  await engine.write((tx) => lockEntity(tx, Employee, [1], asker));
  await program.run(async () => {
    const [seen, other] = [(await ds.Employee.get(1))!, (await ds.Employee.get(1))!];
    await other.set({ salary: 52001 }).save();
    assert.equal((await seen.lock()).status, 2);
  }, session);
  assert.equal(await holder(), session.id);
  await engine.write((tx) => unlockEntity(tx, Employee, [1], asker));
});
