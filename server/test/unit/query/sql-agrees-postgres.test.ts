// Filters and orders made at random find the same entities on PostgreSQL as in the slow evaluator and in SQLite.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { DataClassDef, Value } from '../../../src/model/model.ts';
import { printFilter, type FilterExpr } from '../../../src/query/filter-expr.ts';
import { parseOrder } from '../../../src/query/order.ts';
import { exposedSight } from '../../../src/query/sight.ts';
import { definitionType } from '../../../src/store/postgres/column-types.ts';
import { postgresFilter } from '../../../src/store/postgres/filter.ts';
import { functionStatements } from '../../../src/store/postgres/functions.ts';
import { Statements } from '../../../src/store/postgres/statement.ts';
import { types } from '../../../src/store/postgres/values.ts';
import type { Sql } from '../../../src/store/sql/sql.ts';
import { dropDatabase, newDatabase, openClient } from '../../postgres.ts';
import { ask, bind, statement } from './ask.ts';
import { companyLeaf, data, employeeLeaf, tree } from './random-filters.ts';
import { bindable, Company, Employee, limits, openSample } from './sample-model.ts';
import { SlowEvaluator } from './slow-evaluator.ts';

const numRuns = Number(process.env['KEYSTAMP_FUZZ_RUNS'] ?? 10_000) / 10;

const sqlite = openSample(data);
const slow = new SlowEvaluator(data);
const statements = new Statements(() => {});
let database: string;
let client: Awaited<ReturnType<typeof openClient>>;

before(async () => {
  database = await newDatabase();
  client = await openClient(database);
  for (const { text } of functionStatements(true)) await client.query(text);
  for (const dataClass of [Company, Employee]) await makeTable(dataClass);
});
after(async () => {
  await client.end();
  await dropDatabase(database);
});

async function makeTable({ name, table, storage }: DataClassDef): Promise<void> {
  const columns = storage.map(
    ({ column, type, simpleDate, primKey }) =>
      `"${column}" ${definitionType(type, simpleDate).text}${primKey ? ' PRIMARY KEY' : ''}`,
  );
  await client.query(`CREATE TABLE "${table}" (${columns.join(', ')})`);
  const places = storage.map((_, i) => `$${i + 1}`).join(', ');
  for (const row of data[name as 'Company'])
    await client.query(
      `INSERT INTO "${table}" VALUES (${places})`,
      storage.map((attribute) => {
        const value = row[attribute.name] ?? null;
        return attribute.type === 'object' && value !== null ? JSON.stringify(value) : bindable(value as Value);
      }),
    );
}

async function run(asked: Sql): Promise<readonly unknown[]> {
  const bound = statements.bind(asked);
  const { rows } = await client.query<{ k: unknown }>({ text: bound.statement.text, values: [...bound.values], types });
  return rows.map(({ k }) => k);
}

async function check(dataClass: DataClassDef, expr: FilterExpr): Promise<void> {
  const filter = printFilter(expr);
  const asked = statement(dataClass, bind(dataClass, filter), '', postgresFilter);
  assert.deepEqual(await run(asked), slow.keys(expr, dataClass.name as 'Company'), filter);
}

test('employees found by generated filters', () =>
  fc.assert(
    fc.asyncProperty(tree(employeeLeaf), (expr) => check(Employee, expr)),
    { numRuns },
  ));

test('companies found by generated filters over their staff', () =>
  fc.assert(
    fc.asyncProperty(tree(companyLeaf), (expr) => check(Company, expr)),
    { numRuns },
  ));

test('orders are the same, ties included', async () => {
  const names = ['firstName', 'lastName', 'salary', 'rank', 'active', 'birthDate', 'hired', 'token', 'ID', 'employer.name', 'spec.color', 'spec.size', 'manager.lastName']; // oxfmt-ignore
  const item = fc.tuple(fc.constantFrom(...names), fc.constantFrom('', ' desc')).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(item, { minLength: 1, maxLength: 3 }), async (items) => {
      const order = items.join(',');
      assert.ok(parseOrder(order, Employee, limits, exposedSight).length > 0);
      const asked = statement(Employee, bind(Employee, 'ID > 0'), order, postgresFilter);
      assert.deepEqual(await run(asked), ask(sqlite, Employee, 'ID > 0', undefined, order), order);
    }),
    { numRuns: Math.min(numRuns, 300) },
  );
});
