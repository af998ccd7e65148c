// Filters made at random find the same entities in SQLite as in the slow evaluator, and leave no text in the statement.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FilterExpr } from '../../../src/query/filter-expr.ts';
import { printFilter } from '../../../src/query/filter-expr.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { bind, run, statement } from './ask.ts';
import { companyLeaf, data, employeeLeaf, employees, tree } from './random-filters.ts';
import { Company, Employee, limits, openSample } from './sample-model.ts';
import { SlowEvaluator } from './slow-evaluator.ts';

const numRuns = Number(process.env['KEYSTAMP_FUZZ_RUNS'] ?? 10_000);

const database = openSample(data);
const slow = new SlowEvaluator(data);

function check(dataClass: typeof Company, expr: FilterExpr): void {
  const filter = printFilter(expr);
  assert.deepEqual(parseFilter(filter, limits).expr, expr, filter);
  const asked = statement(dataClass, bind(dataClass, filter));
  // The statement is made of the program's own words and of the model's names: no text of the filter.
  assert.doesNotMatch(asked.text.replace(/"[^"]*"/g, ''), /zo|stra|dz|fin|new|york|red|box|@|\d{3}|beef/i);
  assert.deepEqual(run(database, asked), slow.keys(expr, dataClass.name as 'Company'), filter);
}

test('employees found by generated filters', () => {
  fc.assert(
    fc.property(tree(employeeLeaf), (expr) => check(Employee, expr)),
    { numRuns },
  );
});

test('companies found by generated filters over their staff', () => {
  fc.assert(
    fc.property(tree(companyLeaf), (expr) => check(Company, expr)),
    { numRuns },
  );
});

test('every leaf finds something and leaves something out, now and then', () => {
  const counts = fc.sample(employeeLeaf, { numRuns: 400, seed: 1 }).map((expr) => slow.keys(expr, 'Employee').length);
  assert.ok(counts.filter((count) => count > 0 && count < employees.length).length > 200, String(counts));
});
