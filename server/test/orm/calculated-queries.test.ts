// Filters and orders on calculated attributes: code answers them, or every value is worked out (spec 15 § 7).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ds, openFilled } from './calculated-model.ts';
import type { OpenModel } from './open-model.ts';
import { ask } from './rest.ts';

let program: OpenModel;
before(async () => {
  program = await openFilled();
});
after(() => program.close());

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

test('what code answers wrongly is told as its fault', async () => {
  const { status, body } = await ask(program, 'GET', '/rest/Member?$filter="initial = throw"');
  assert.equal(status, 500);
  assert.deepEqual(body.__ERROR.map((line: { errCode: number }) => line.errCode), [-1, 1562]); // oxfmt-ignore
});
