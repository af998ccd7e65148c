// How many entities an answer holds when the request does not say, and at most (spec 03 § 4, 05 § 2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/config.ts';
import { buildModel } from '../../../src/model/load.ts';
import { buildPlan } from '../../../src/plan/build.ts';
import { PlanContext } from '../../../src/plan/context.ts';
import { actionOf } from '../../../src/request/action.ts';
import { parseRequest } from '../../../src/request/parse.ts';
import { Roles } from '../../../src/session/roles.ts';

const model = buildModel({
  dataClasses: { Book: { defaultTopSize: 40, attributes: { ID: { type: 'long', primKey: true } } } },
});
const config = readConfig({ maxEntitiesPerPage: 1000 });
const context = new PlanContext(model, config, () => {}, new Roles().guest);

async function page(query: string): Promise<readonly [skip: number, top: number]> {
  const request = parseRequest('GET', `/rest/Book?${query}`, '/rest', config);
  const plan = await buildPlan(request, actionOf(request), { json: () => Promise.resolve(undefined) }, context);
  assert.ok(plan.kind === 'readSelection');
  return [plan.skip, plan.top];
}

const cases: Readonly<Record<string, readonly [skip: number, top: number]>> = {
  '': [0, 40],
  '$top=7': [0, 7],
  '$top=7&$limit=9': [0, 9],
  '$top=0': [0, 0],
  '$top=-1': [0, 1000],
  '$top=5000': [0, 1000],
  '$top=ten': [0, 40],
  '$skip=-5': [0, 40],
  '$skip=10&$top=2': [10, 2],
  '$asArray=true': [0, 1000],
  '$asArray=true&$top=7': [0, 7],
  '$asArray=true&$top=5000': [0, 1000],
  '$asArray=false': [0, 40],
};

for (const [query, expected] of Object.entries(cases))
  test(`Book?${query} skips ${expected[0]} and sends ${expected[1]}`, async () =>
    assert.deepEqual(await page(query), expected));
