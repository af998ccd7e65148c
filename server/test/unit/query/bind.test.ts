// From filter to rows, case by case: spec 04 §§ 2 to 7 and 10.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import type { DataClassDef } from '../../../src/model/model.ts';
import { bindFilter } from '../../../src/query/bind.ts';
import { parseParams } from '../../../src/query/params.ts';
import { parseFilter } from '../../../src/query/parse.ts';
import { exposedSight } from '../../../src/query/sight.ts';
import { ask, bind } from './ask.ts';
import { Company, Employee, limits, openSample } from './sample-model.ts';

const database = openSample({
  Company: [
    { ID: 1, name: 'Blue Sky', city: 'New York' },
    { ID: 2, name: 'blues', city: 'Łódź' },
    { ID: 3, name: null, city: 'Bern@' },
  ],
  Employee: [
    {
      ID: 1,
      firstName: 'Élodie',
      lastName: "O'Connor",
      salary: 20,
      rank: 9007199254740993n,
      active: true,
      companyID: 1,
      birthDate: '2000-01-01',
      hired: Date.UTC(2024, 4, 2),
      token: 'AB'.repeat(16),
      spec: {
        size: 3,
        'my.key': 1,
        tags: ['a', 'b'],
        items: [
          { kind: 'box', price: 1 },
          { kind: 'jar', price: 9 },
        ],
        day: '2024-05-02T02:00:00+02:00',
      },
    },
    {
      ID: 2,
      firstName: 'elodie',
      lastName: 'Smith',
      salary: 5,
      active: false,
      companyID: 1,
      managerID: 1,
      spec: { size: '3', tags: [], items: [{ kind: 'box', price: 9 }] },
    },
    {
      ID: 3,
      firstName: 'Bern*ard',
      lastName: 'Smithson',
      salary: null,
      active: null,
      companyID: 2,
      managerID: 1,
      hired: Date.UTC(2024, 4, 2, 8),
    },
    {
      ID: 4,
      firstName: null,
      lastName: null,
      salary: -3.5,
      active: true,
      companyID: null,
      managerID: 2,
      spec: { size: null, tags: ['b'] },
    },
    { ID: 5, firstName: 'Bernd', lastName: 'True', salary: 1000, active: false, companyID: 99, spec: { it: 'x' } },
  ],
});

const employees = (filter: string, params?: unknown): unknown => ask(database, Employee, filter, params);
const companies = (filter: string, params?: unknown): unknown => ask(database, Company, filter, params);

/** Filter of Employee, keys it finds, $params. */
type Case = readonly [filter: string, keys: readonly number[], params?: unknown];

const cases: Readonly<Record<string, readonly Case[]>> = {
  'comparators of strings (§ 2)': [
    ['firstName = ELODIE', [1, 2]],
    ['firstName === élodie', [1, 2]],
    ['firstName LIKE el@', [1, 2]],
    ['firstName != elodie', [3, 5]],
    ['firstName # "elodie"', [3, 5]],
    ['firstName NOT LIKE "el@"', [3, 5]],
    ['firstName !== "el@"', [1, 2, 3, 5]],
    ['firstName IS NOT "bernd"', [1, 2, 3]],
    ['firstName < c', [3, 5]],
    ['firstName >= ÉLODIE', [1, 2]],
    ['firstName IN ["bernd", "é@"]', [1, 2, 5]],
    ['firstName BEGIN bern', [3, 5]],
    ['lastName % smith', [2]],
    ['lastName %% "SMITH@"', [2, 3]],
    [`lastName % "o'connor"`, [1]],
    [`lastName % "connor"`, []],
    ['lastName % "-"', []],
  ],
  'wildcards (§ 3)': [
    ['firstName = "*ern*"', [3, 5]],
    ['firstName = "b@d"', [3, 5]],
    ['firstName = @', [1, 2, 3, 5]],
    ['NOT (firstName = @)', []],
    ['firstName != @', []],
    ['firstName === "bern*ard"', [3]],
    ['firstName IS "bern@"', []],
    ['firstName = :1', [3, 5], ['bern@']],
    ['salary = 5@', [2]],
    ['salary = @', [1, 2, 4, 5]],
    ['firstName = "e_odie"', []],
    ['firstName = "%"', []],
  ],
  'null and NOT (§ 4)': [
    ['firstName = null', [4]],
    ['firstName == NULL', [4]],
    ['firstName IS null', [4]],
    ['firstName != null', [1, 2, 3, 5]],
    ['firstName IS NOT null', [1, 2, 3, 5]],
    ['firstName = "null"', []],
    ['active # true', [2, 5]],
    ['active # true OR active = null', [2, 3, 5]],
    ['NOT (active = true)', [2, 5]],
    ['NOT active', [2, 5]],
    ['ID > 0 EXCEPT active', [2, 3, 5]],
    ['EXCEPT active', [2, 5]],
    ['salary < 10', [2, 4]],
    ['salary IN [null, 5]', [2]],
    ['salary IN []', []],
    ['spec = null', [3]],
    ['photo = null', [1, 2, 3, 4, 5]],
    ['file != null', []],
  ],
  'values and conversion (§ 5)': [
    ['salary = v20', [1]],
    ['salary = "20"', [1]],
    ['salary = -3.5', [4]],
    ['salary = 1e3', [5]],
    ['salary = :1', [1], [20]],
    ['salary IN :1', [1, 2], [[5, '20', null]]],
    ['rank = 9007199254740993', [1]],
    ['rank = 9007199254740992', []],
    ['active = True', [1, 4]],
    ['active = 0', [2, 5]],
    ['lastName = True', [5]],
    ['lastName = true', [5]],
    ['birthDate = 2000-01-01', [1]],
    ['birthDate = 1!1!2000', [1]],
    ['birthDate = !2000-01-01!', [1]],
    ['birthDate >= !!1999-12-31!!', [1]],
    ['hired = 2024-05-02', [1]],
    ['hired = 2024-05-02T10:00:00+02:00', [3]],
    ['hired > "2024-05-02T00:00:00.000Z"', [3]],
    [`token = ${'abab-'.repeat(8)}`, [1]],
    ['token BEGIN ab-ab', [1]],
    ['salary > :min', [1, 5], [{ min: 10 }]],
    ['salary > :min', [1, 5], { min: 10 }],
    ['salary > :a.b', [1, 5], { a: { b: 10 } }],
    [':1 = :2', [1, 2], ['employer.name', 'Blue@sky']],
    [':1 = 1', [1], [['spec', 'my.key']]],
    [':1', [1, 4], ['active']],
  ],
  'objects and collections (§ 6)': [
    ['spec.size = 3', [1]],
    ['spec.size = "3"', [2]],
    ['spec.size != 3', [2]],
    ['spec.size = null', [3, 4, 5]],
    ['spec.size > 2', [1]],
    ['spec.day = 2024-05-02', [1]],
    ['spec.day < 2024-05-03', [1]],
    ['spec.day != 2024-05-02', []],
    ['spec.it = 2024-05-02', []],
    ['spec.it != 2024-05-02', [5]],
    ['spec.day IN [2024-05-02, 7]', [1]],
    ["spec.tags[] = 'a'", [1]],
    ["spec.tags[] != 'a'", [2, 4]],
    ["spec.tags[a] != 'a'", [1, 4]],
    ['spec.tags.length = 2', [1]],
    ['spec.items[].price > 5', [1, 2]],
    ["spec.items[].kind = 'box' and spec.items[].price > 5", [1, 2]],
    ["spec.items[a].kind = 'box' and spec.items[a].price > 5", [2]],
    ["spec.items[a].kind = 'box' and spec.items[B].price > 5", [1, 2]],
    ['spec.it % X', [5]],
    ['spec.items[] = null', []],
  ],
  'relations (§ 7)': [
    ["employer.name = 'Blue@'", [1, 2, 3]],
    ['employer.name != "blues"', [1, 2]],
    ['NOT (employer.name = "blues")', [1, 2, 4, 5]],
    ['employer = null', [4]],
    ['employer != null', [1, 2, 3, 5]],
    ['employer = 1', [1, 2]],
    ['employer IN [1, 2]', [1, 2, 3]],
    ['reports = null', [3, 4, 5]],
    ['reports != null', [1, 2]],
    ['manager.manager.firstName = elodie', [4]],
    ['reports.employer.name = "blues"', [1]],
    ['reports.active = false and reports.salary = null', []],
    ['reports.active = false and reports{2}.salary = null', [1]],
    ['reports.active = false and reports{2}.employer = 2', [1]],
    ['reports.active = false and reports.employer = 2', []],
  ],
};

for (const [name, rows] of Object.entries(cases)) {
  test(name, () => {
    for (const [filter, keys, params] of rows) {
      assert.deepEqual(employees(filter, params), keys, filter);
    }
  });
}

test('criteria over one to-many path ask for one related row in an AND group', () => {
  assert.deepEqual(companies("staff.firstName = 'elodie' and staff.lastName = 'Smith'"), [1]);
  assert.deepEqual(companies("staff.lastName = 'Smith' and staff.salary = 20"), []);
  assert.deepEqual(companies("staff.lastName = 'Smith' and staff{2}.salary = 20"), [1]);
  assert.deepEqual(companies("staff.lastName = 'Smith' and (ID = 1 and staff.salary = 20)"), []);
  assert.deepEqual(companies("(staff.lastName = 'x' or staff.lastName = 'Smith') and staff.salary = 20"), []);
  assert.deepEqual(companies("staff.lastName = 'Smithson' or staff.salary = 20"), [1, 2]);
  // The index on the last relation fetches the whole chain anew.
  assert.deepEqual(companies('staff.reports.ID = 2 and staff.reports{2}.ID = 3'), [1]);
  assert.deepEqual(companies('staff.reports.ID = 2 and staff.reports.ID = 3'), []);
  assert.deepEqual(companies('staff.ID = 2 and staff.reports.ID = 3'), []);
  assert.deepEqual(companies('staff.ID = 2 and staff.reports{2}.ID = 3'), [1]);
});

const codeOf = (dataClass: DataClassDef, filter: string, json?: string): string => {
  try {
    bindFilter(parseFilter(filter, limits), dataClass, parseParams(json), limits, exposedSight);
    return 'nothing thrown';
  } catch (error) {
    if (!(error instanceof KeystampError)) throw error;
    const [entry] = error.entries;
    return `${error.status} ${entry && 'code' in entry ? entry.code : 'http'}`;
  }
};

test('faults and their codes (§§ 2, 5, 10)', () => {
  const faults: readonly (readonly [string, string, string?])[] = [
    ['lastname = x', '400 1500'],
    ['secret = x', '400 1500'],
    ['employer.nam = x', '400 1500'],
    ['salary.x = 1', '400 1500'],
    ['salary', '400 1112'],
    ['employer', '400 1112'],
    ['firstName =% "a"', '400 1112'],
    ['firstName MATCHES "a"', '400 1112'],
    ['employer MATCHES "a"', '400 1112'],
    ['salary % 3', '400 1162'],
    ['salary BEGIN 3', '400 1162'],
    ['active < true', '400 1162'],
    ['hired % x', '400 1162'],
    ['spec = 3', '400 1162'],
    ['spec < 3', '400 1162'],
    ['photo = x', '400 1162'],
    ['photo % x', '400 1162'],
    ['file > 1', '400 1162'],
    ['employer > 1', '400 1162'],
    ['employer % x', '400 1162'],
    ['reports = 1', '400 1162'],
    ['salary < null', '400 1162'],
    ['salary IN null', '400 1162'],
    ['spec.flag < true', '400 1162'],
    ['firstName{2} = x', '400 1162'],
    ['firstName[] = x', '400 1162'],
    ['employer[].name = x', '400 1162'],
    ['spec.a{2} = 1', '400 1162'],
    ['salary = abc', '400 1280'],
    ['salary = 1e999', '400 1280', '[]'],
    ['salary = :1', '400 1280', '[1e999]'],
    ['active = maybe', '400 1280'],
    ['birthDate = 2024-13-01', '400 1280'],
    ['hired = 5', '400 1280'],
    ['hired = "!2024-05-02"', '400 1280'],
    ['birthDate = tomorrow', '400 1280'],
    ['employer = abc', '400 1280'],
    ['salary = [1]', '400 1280'],
    ['salary IN 1', '400 1280'],
    ['salary = :1', '400 1279'],
    ['salary = :1', '400 1279', '[]'],
    ['salary = :1', '400 1279', '[null]'],
    ['salary = :0', '400 1279', '[1]'],
    ['salary = :toString', '400 1279', '{}'],
    ['salary = :a.b', '400 1279', '{"a":1}'],
    ['salary = :$currentUser', '400 1279', '{"currentUser":1}'],
    [':1 = 1', '400 1280', '[3]'],
    [':1 = 1', '400 1280', '[[]]'],
    [':1 = 1', '400 1162', '["a..b"]'],
    ['salary = :1', '400 1280', '[{"a":1}]'],
    ['salary IN :1', '400 1280', '[[[1]]]'],
    ['firstName = :1', '400 1280', '["a\\u0000"]'],
    ['salary = 1', '400 1280', '[1'],
    ['salary = 1', '400 1280', '"x"'],
    ['salary = 1', '400 1280', `${'['.repeat(100_000)}1234567890123456`],
    ['salary IN :1', '400 1162', JSON.stringify([Array(501).fill(1)])],
    ['firstName = :1', '400 1162', JSON.stringify([`@${'x'.repeat(20_000)}@`])],
    ['salary = :129', '400 1279', JSON.stringify(Array(200).fill(1))],
    ['salary = :128', 'nothing thrown', JSON.stringify(Array(200).fill(1))],
  ];
  for (const [filter, code, json] of faults) assert.equal(codeOf(Employee, filter, json), code, filter);
});

test('the server supplies variables of its own', () => {
  const params = { positional: [], named: {}, variables: { currentdate: '2024-05-02' } };
  const predicate = bindFilter(parseFilter('hired = :$currentdate', limits), Employee, params, limits, exposedSight);
  assert.deepEqual(predicate, bind(Employee, 'hired = 2024-05-02'));
});
