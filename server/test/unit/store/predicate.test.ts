// Predicates in SQL: indexes serve, parameters stay few, the largest filters still run, keys are found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeystampError } from '../../../src/errors.ts';
import { all, allOf, keysOf, none } from '../../../src/query/predicate.ts';
import { compilePredicate } from '../../../src/store/sql/predicate.ts';
import { bindable } from '../../../src/store/sqlite/bind.ts';
import { sqliteFilter } from '../../../src/store/sqlite/filter.ts';
import { ask, bind, run, statement } from '../query/ask.ts';
import { Company, Employee, Score, openSample } from '../query/sample-model.ts';

const database = openSample({
  Company: Array.from({ length: 9 }, (_, i) => ({ ID: i + 1, name: `c${i}` })),
  Employee: Array.from({ length: 30 }, (_, i) => ({
    ID: i + 1,
    firstName: `é${i}`,
    salary: i,
    companyID: (i % 9) + 1,
    managerID: i,
    spec: { a: [{ b: i }] },
  })),
  Score: [
    { game: 'a', player: 1 },
    { game: 'A', player: 2 },
    { game: "b'", player: 3 },
  ],
});

const planOf = (filter: string): string => {
  const { text, params } = compilePredicate(bind(Employee, filter), 't', sqliteFilter);
  return database
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT 1 FROM "Employee table" AS t WHERE ${text}`)
    .all(...bindable(params))
    .map((row) => row.detail)
    .join('; ');
};

test('an index on fold() serves equality, prefixes, orders and lists', () => {
  for (const filter of [
    'firstName = Émile',
    'firstName = "Ém@"',
    'firstName BEGIN ém',
    'firstName >= b',
    'firstName IN [a,b]',
    'firstName IN [a,b,c,d,e,f]',
  ]) {
    assert.match(planOf(filter), /SEARCH t USING (?:COVERING )?INDEX firstName index/, filter);
  }
  assert.match(planOf('firstName = "@x"'), /SCAN/);
  assert.match(planOf('ID = 3'), /SEARCH t USING INTEGER PRIMARY KEY/);
});

test('keys', () => {
  assert.deepEqual(run(database, statement(Company, keysOf(Company, [[3]]))), [3]);
  assert.deepEqual(run(database, statement(Company, keysOf(Company, [[3], [1], [77]]))), [1, 3]);
  assert.deepEqual(run(database, statement(Company, keysOf(Company, []))), []);
  assert.deepEqual(run(database, statement(Score, keysOf(Score, [['a', 1]]))), [1]);
  assert.deepEqual(
    run(
      database,
      statement(
        Score,
        keysOf(Score, [
          ['a', 1],
          ["b'", 3],
          ['A', 1],
        ]),
      ),
    ),
    [1, 3],
  );
  const many = statement(
    Company,
    keysOf(
      Company,
      Array.from({ length: 10_000 }, (_, i) => [i]),
    ),
  );
  assert.equal(many.params.length, 1);
  assert.equal(run(database, many).length, 9);
});

test('both of two predicates', () => {
  const a = bind(Company, 'ID < 4');
  const b = bind(Company, 'ID > 2');
  assert.deepEqual(run(database, statement(Company, allOf(a, b))), [3]);
  assert.equal(allOf(all, a), a);
  assert.equal(allOf(a, all), a);
  assert.equal(allOf(a, none), none);
  assert.equal(allOf(none, all), none);
  // Each keeps its own related rows.
  const staff = allOf(bind(Company, 'staff.ID = 1'), bind(Company, 'staff.ID = 10'));
  assert.deepEqual(run(database, statement(Company, staff)), [1]);
  assert.deepEqual(ask(database, Company, 'staff.ID = 1 and staff.ID = 10'), []);
});

test('long lists travel as one parameter', () => {
  const list = Array.from({ length: 500 }, (_, i) => i);
  for (const [filter, params] of [
    ['salary IN :1', [list]],
    ['firstName IN :1', [list.map((i) => `É${i}`)]],
    ['firstName IN :1', [list.map((i) => `*${i}`)]],
    ['employer IN :1', [list]],
  ] as const) {
    const { params: bound, text } = compilePredicate(bind(Employee, filter, params), 't', sqliteFilter);
    assert.equal(bound.length, 1, filter);
    assert.ok(text.length < 300, text);
    assert.equal(ask(database, Employee, filter, params).length, 30, filter);
  }
});

test('large filters run', () => {
  const terms = (count: number, one: string, by: string): string => Array(count).fill(one).join(by);
  const filters = [
    terms(500, 'salary=1', ' or '),
    terms(500, 'salary<9', '&'),
    terms(250, 'salary=1 or ID>0', ' and '),
    terms(200, 'ID=1', ' ^ '),
    terms(500, 'reports.ID=1', '|'),
    terms(500, 'reports.ID=1', '&'),
    `${'('.repeat(31)}salary > 1${')'.repeat(31)}`,
    `${'!'.repeat(30)}(salary > 1)`,
    `${'manager.'.repeat(12)}ID=1`,
    `${'reports.'.repeat(12)}ID=1`,
    terms(200, 'spec.a[].b=1', '&'),
    Array.from({ length: 180 }, (_, i) => `reports{${i + 1}}.ID>1`).join('&'),
  ];
  for (const filter of filters) assert.doesNotThrow(() => ask(database, Employee, filter), filter.slice(0, 80));
});

test('what an engine could not take is refused before', () => {
  const term = fc
    .tuple(
      fc.constantFrom('reports.', 'manager.', 'employer.staff.'),
      fc.nat(16),
      fc.constantFrom(
        'ID=1',
        'salary>2',
        'spec.a[].b=1',
        'spec.a[b].b[c].d[].e.length<3',
        'firstName = "a@"',
        'firstName IN ["a@","b","c@"]',
      ),
    )
    .map(([step, levels, end]) => `${step.repeat(levels)}${end}`);
  const filter = fc
    .tuple(
      fc.array(term, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 490 }),
      fc.constantFrom('&|', '|^', '^&', '&', '|', '^'),
    )
    .map(([terms, count, by]) =>
      Array.from({ length: count }, (_, i) => `${i === 0 ? '' : by[i % by.length]}${terms[i % terms.length]}`).join(''),
    );
  let ran = 0;
  let refused = 0;
  fc.assert(
    fc.property(filter, (text) => {
      let asked;
      try {
        asked = statement(Employee, bind(Employee, text));
      } catch (error) {
        assert.ok(error instanceof KeystampError && error.status === 400, String(error));
        if (error.message.includes('too deep')) refused++;
        return;
      }
      database.prepare(asked.text);
      ran++;
    }),
    { numRuns: 150, seed: 5 },
  );
  assert.ok(ran > 20 && refused > 10, `${ran} ran, ${refused} refused`);
});

test('no text of a client reaches the statement', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
  const shapes: readonly ((text: string) => readonly [string, unknown])[] = [
    (text) => ['firstName = :1', [text]],
    (text) => ['firstName === :1', [text]],
    (text) => ['firstName BEGIN :1 or lastName % :1', [text]],
    (text) => ['firstName IN :1', [[text, `${text}@`, 'x', 'y', 'z']]],
    (text) => [':2 = :1', [text, ['spec', text]]],
    (text) => [':2 != :1', [text, ['spec', text, 'b']]],
  ];
  for (const shape of shapes) {
    const text = (value: string): string => statement(Employee, bind(Employee, ...shape(value))).text;
    // `length` of a collection is a number, which makes a statement of its own.
    const known = new Set(['x', 'x@', '@x@', '@', 'length'].map(text));
    fc.assert(
      fc.property(word, (value) => {
        const asked = statement(Employee, bind(Employee, ...shape(value)));
        assert.ok(known.has(asked.text), asked.text);
        assert.doesNotThrow(() => run(database, asked));
      }),
    );
  }
});

test('object properties of any name are found', () => {
  const names = ['a"b', 'c\\d', 'e.f', "g'h", 'l[0]', 'é', 'tab\t', '$', 'length', 'x y', '#'];
  const odd = openSample({ Employee: [{ ID: 1, spec: Object.fromEntries(names.map((name) => [name, name])) }] });
  for (const name of names) assert.deepEqual(ask(odd, Employee, ':1 = :2', [['spec', name], name]), [1], name);
});
