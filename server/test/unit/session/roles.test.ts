// The roles file and the one decision function (spec 14 §§ 1 to 4, 6, 9).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineModel, implement } from 'keystamp';
import { buildModel } from '../../../src/model/load.ts';
import type { AccessAction, Resource } from '../../../src/session/access.ts';
import { readRolesFile } from '../../../src/session/roles-file.ts';
import { Roles } from '../../../src/session/roles.ts';

const itself = <T>(resource: T): T => resource;

const model = buildModel(
  implement(
    defineModel({
      dataClasses: {
        Company: { attributes: { ID: { type: 'long', primKey: true }, name: { type: 'string' } } },
        Employee: {
          attributes: {
            ID: { type: 'long', primKey: true },
            lastName: { type: 'string' },
            salary: { type: 'number' },
            employer: { kind: 'relatedEntity', dataClass: 'Company' },
            employerName: { kind: 'alias', path: 'employer.name', exposed: true },
          },
        },
      },
    }),
    {
      functions: { hire: { run: () => 1 } },
      dataClasses: { Employee: { entityFunctions: { raise: { run: () => 1 } } } },
      singletons: { Payroll: { scope: 'shared', functions: { run: { run: () => 1 } } } },
    },
  ),
);

/** The file of spec 14 § 2. */
const documented = {
  privileges: [
    { privilege: 'viewStaff' },
    { privilege: 'editStaff', includes: ['viewStaff'] },
    { privilege: 'payroll', includes: ['editStaff'] },
  ],
  roles: [
    { role: 'Clerk', privileges: ['editStaff'] },
    { role: 'Chief', privileges: ['editStaff', 'payroll'] },
  ],
  permissions: {
    allowed: [
      { applyTo: 'Company', type: 'dataclass', read: ['guest'] },
      {
        applyTo: 'Employee',
        type: 'dataclass',
        read: ['viewStaff'],
        create: ['editStaff'],
        update: ['editStaff'],
        drop: ['payroll'],
      },
      { applyTo: 'Employee.salary', type: 'attribute', read: ['payroll'], update: ['payroll'] },
      { applyTo: 'Employee.raise', type: 'method', execute: ['editStaff'], promote: ['payroll'] },
    ],
  },
  restrictedByDefault: true,
  forceLogin: true,
};

function rolesOf(file: unknown): Roles {
  const read = readRolesFile(JSON.stringify(file), model);
  assert.deepEqual(read.faults, []);
  return new Roles(read.file);
}

const allowed = (entries: readonly object[], more: object = {}): Roles =>
  rolesOf({ permissions: { allowed: entries }, ...more });

const faultsOf = (file: unknown): readonly string[] => readRolesFile(JSON.stringify(file), model).faults;

const employee: Resource = { kind: 'dataclass', name: 'Employee' };
const company: Resource = { kind: 'dataclass', name: 'Company' };
const salary: Resource = { kind: 'attribute', dataClass: 'Employee', name: 'salary' };
const lastName: Resource = { kind: 'attribute', dataClass: 'Employee', name: 'lastName' };
const raise: Resource = { kind: 'method', owner: 'Employee', name: 'raise' };
const hire: Resource = { kind: 'method', owner: 'ds', name: 'hire' };
const payrollRun: Resource = { kind: 'singletonMethod', owner: 'Payroll', name: 'run' };

describe('the documented example', () => {
  const roles = rolesOf(documented);
  const rows: readonly [string, AccessAction, Resource, boolean][] = [
    ['', 'read', company, true],
    ['', 'read', employee, false],
    ['', 'update', company, false],
    ['viewStaff', 'read', employee, true],
    ['viewStaff', 'read', lastName, true],
    ['viewStaff', 'read', salary, false],
    ['viewStaff', 'update', employee, false],
    ['viewStaff', 'execute', raise, false],
    ['editStaff', 'read', employee, true],
    ['editStaff', 'create', employee, true],
    ['editStaff', 'update', lastName, true],
    ['editStaff', 'update', salary, false],
    ['editStaff', 'create', salary, true],
    ['editStaff', 'drop', employee, false],
    ['editStaff', 'execute', raise, true],
    ['editStaff', 'execute', hire, false],
    ['payroll', 'read', salary, true],
    ['payroll', 'update', salary, true],
    ['payroll', 'drop', employee, true],
  ];
  for (const [privilege, action, resource, expected] of rows)
    test(`${privilege || 'guest'}: ${action} ${JSON.stringify(resource)}`, () =>
      assert.equal(roles.accessOf(privilege ? [privilege] : []).may(action, resource), expected));

  test('roles stand for privileges, in any case; unknown names for nothing', () => {
    assert.deepEqual(roles.resolve({ roles: ['CHIEF', 'nobody'], privileges: ['VIEWSTAFF', 'what'] }), [
      'viewStaff',
      'editStaff',
      'payroll',
    ]);
    assert.ok(roles.of({ roles: ['chief'] }).may('read', salary));
  });

  test('an administration key is bound by nothing', () => {
    const access = roles.of({ unbound: true });
    assert.ok(access.may('drop', employee) && access.may('execute', hire));
  });

  test('a function lends privileges; who has lent them has them beside its own', () => {
    const clerk = roles.accessOf(['editStaff']);
    const lent = roles.promote(clerk, roles.promotionsOf(raise, itself));
    assert.ok(lent.may('update', salary));
    assert.ok(!clerk.may('update', salary));
    assert.deepEqual(roles.promotionsOf(hire, itself), []);
  });

  test('equal sets of privileges share one access', () => {
    assert.equal(roles.accessOf(['editStaff', 'viewStaff']), roles.accessOf(['EDITSTAFF']));
    assert.notEqual(roles.accessOf(['editStaff']), roles.guest);
  });

  test('the names of what is held', () =>
    assert.deepEqual(roles.namesHeld(roles.accessOf(['payroll'])).toSorted(), ['editStaff', 'payroll', 'viewStaff']));
});

describe('levels: defined, undefined or all empty, open or restricted by default', () => {
  const lists = { undefined: undefined, 'all empty': [], defined: ['a'] } as const;
  type Word = keyof typeof lists;
  const words = Object.keys(lists) as readonly Word[];
  const entry = (type: string, applyTo: string, action: string, word: Word): readonly object[] =>
    word === 'undefined' ? [] : [{ type, applyTo, [action]: lists[word] }];

  for (const restrictedByDefault of [true, false])
    for (const onStore of words)
      for (const onClass of words)
        for (const below of words)
          test(`${restrictedByDefault ? 'restricted' : 'open'}; ds ${onStore}, class ${onClass}, below ${below}`, () => {
            const roles = allowed(
              [
                ...entry('datastore', 'ds', 'read', onStore),
                ...entry('datastore', 'ds', 'execute', onStore),
                ...entry('dataclass', 'Employee', 'read', onClass),
                ...entry('dataclass', 'Employee', 'execute', onClass),
                ...entry('attribute', 'Employee.salary', 'read', below),
                ...entry('method', 'Employee.raise', 'execute', below),
              ],
              { restrictedByDefault },
            );
            const [holder, other] = [roles.accessOf(['a']), roles.accessOf(['b'])];
            // A list of which all are empty counts as none.
            const listed = onStore === 'defined' || onClass === 'defined';
            assert.equal(holder.may('read', employee), listed || !restrictedByDefault);
            assert.equal(other.may('read', employee), !listed && !restrictedByDefault);
            // Attributes only add a condition …
            assert.equal(holder.may('read', salary), listed || !restrictedByDefault);
            assert.equal(other.may('read', salary), !listed && below !== 'defined' && !restrictedByDefault);
            // … functions replace what stands above.
            assert.equal(holder.may('execute', raise), listed || below === 'defined' || !restrictedByDefault);
            assert.equal(other.may('execute', raise), !listed && below !== 'defined' && !restrictedByDefault);
          });
});

describe('rules', () => {
  test('a dataclass replaces the datastore, in both directions', () => {
    const ds = { type: 'datastore', applyTo: 'ds', read: ['a'] };
    const wider = allowed([ds, { type: 'dataclass', applyTo: 'Employee', read: ['guest'] }]);
    assert.ok(wider.guest.may('read', employee) && !wider.guest.may('read', company));
    const narrower = allowed([ds, { type: 'dataclass', applyTo: 'Employee', read: ['b'] }]).accessOf(['a']);
    assert.ok(!narrower.may('read', employee) && narrower.may('read', company));
  });

  test('an attribute never widens its dataclass', () => {
    const roles = allowed([
      { type: 'dataclass', applyTo: 'Employee', read: ['a'] },
      { type: 'attribute', applyTo: 'Employee.salary', read: ['guest'] },
    ]);
    assert.ok(!roles.guest.may('read', salary));
  });

  test('an empty list beside one that is not is for nobody', () => {
    const roles = allowed([{ type: 'dataclass', applyTo: 'Employee', read: ['guest'], update: [] }]);
    assert.ok(roles.guest.may('read', employee) && !roles.accessOf(['a']).may('update', employee));
  });

  test('an action that an entry does not name is looked up one level above', () => {
    const roles = allowed([
      { type: 'datastore', applyTo: 'ds', update: ['a'] },
      { type: 'dataclass', applyTo: 'Employee', read: ['guest'] },
    ]);
    assert.ok(roles.accessOf(['a']).may('update', employee) && !roles.guest.may('update', employee));
  });

  test('update and drop need read', () => {
    const roles = allowed([
      { type: 'dataclass', applyTo: 'Employee', read: ['reader'], update: ['writer'], drop: ['writer'] },
      { type: 'attribute', applyTo: 'Employee.salary', read: ['payroll'] },
    ]);
    const writer = roles.accessOf(['writer']);
    assert.ok(!writer.may('update', employee) && !writer.may('drop', employee));
    const both = roles.accessOf(['writer', 'reader']);
    assert.ok(both.may('update', employee) && both.may('update', lastName) && !both.may('update', salary));
  });

  test('several entries of one resource are united; one name alone needs no array', () => {
    const roles = allowed([
      { type: 'dataclass', applyTo: 'Employee', read: 'a' },
      { type: 'dataclass', applyTo: 'Employee', read: ['b'] },
    ]);
    assert.ok(['a', 'b'].every((name) => roles.accessOf([name]).may('read', employee)));
  });

  test('includes go all the way, and round in circles', () => {
    const roles = rolesOf({
      privileges: [
        { privilege: 'a', includes: ['b'] },
        { privilege: 'b', includes: ['c'] },
        { privilege: 'c', includes: ['a'] },
      ],
      permissions: { allowed: [{ type: 'dataclass', applyTo: 'Employee', read: ['C'] }] },
    });
    assert.ok(roles.accessOf(['A']).may('read', employee));
  });

  test('singletons: the function before the singleton before the datastore', () => {
    const roles = allowed([
      { type: 'datastore', applyTo: 'ds', execute: ['a'] },
      { type: 'singleton', applyTo: 'Payroll', execute: ['b'] },
    ]);
    assert.ok(roles.accessOf(['b']).may('execute', payrollRun) && !roles.accessOf(['a']).may('execute', payrollRun));
    assert.ok(roles.accessOf(['a']).may('execute', hire));
    const finer = allowed([
      { type: 'singleton', applyTo: 'Payroll', execute: ['b'] },
      { type: 'singletonMethod', applyTo: 'Payroll.run', execute: ['c'] },
    ]);
    assert.ok(!finer.accessOf(['b']).may('execute', payrollRun));
  });

  test('promotions of all levels that cover the function', () => {
    const roles = allowed([
      { type: 'datastore', applyTo: 'ds', promote: ['a'] },
      { type: 'dataclass', applyTo: 'Employee', promote: ['b'] },
      { type: 'method', applyTo: 'Employee.raise', promote: ['c'] },
    ]);
    assert.deepEqual(roles.promotionsOf(raise, itself).toSorted(), ['a', 'b', 'c']);
    assert.deepEqual(roles.promotionsOf(hire, itself), ['a']);
  });

  test('describe: as read where nothing says otherwise; a list makes a secret of what it refuses', () => {
    const plain = allowed([{ type: 'dataclass', applyTo: 'Employee', read: ['a'] }]).guest;
    assert.ok(!plain.may('describe', employee) && !plain.isSecret(employee));
    const listed = allowed([{ type: 'dataclass', applyTo: 'Employee', read: ['a'], describe: ['guest'] }]);
    assert.ok(listed.guest.may('describe', employee) && !listed.guest.may('read', employee));
    const secret = allowed([{ type: 'dataclass', applyTo: 'Employee', describe: ['a'] }]);
    assert.ok(secret.guest.isSecret(employee) && secret.guest.isSecret(salary));
    assert.ok(!secret.accessOf(['a']).isSecret(employee));
    const field = allowed([{ type: 'attribute', applyTo: 'Employee.salary', read: ['a'] }]).guest;
    assert.ok(!field.may('describe', salary) && !field.isSecret(salary) && field.may('describe', lastName));
  });

  test('without a file everything is open', () => {
    const roles = new Roles();
    assert.ok(roles.isOpen && roles.guest.may('drop', employee) && roles.guest.isOpen);
    assert.equal(roles.forceLogin, undefined);
    assert.equal(roles.accessOf(['a']).planKey, '');
    assert.ok(roles.accessOf(['A']).held.has('a'));
  });
});

describe('faults, each with its path', () => {
  const rows: readonly [title: string, file: unknown, fault: RegExp][] = [
    ['no object', [], /^\$: an object/],
    ['privileges', { privileges: {} }, /^\$\.privileges: an array/],
    ['a privilege without a name', { privileges: [{}] }, /^\$\.privileges\[0\]\.privilege: a name/],
    ['includes', { privileges: [{ privilege: 'a', includes: [1] }] }, /^\$\.privileges\[0\]\.includes\[0\]: a name/],
    ['a role without a name', { roles: [{ role: '' }] }, /^\$\.roles\[0\]\.role: a name/],
    ['a flag', { forceLogin: 'yes' }, /^\$\.forceLogin: true or false/],
    ['permissions', { permissions: [] }, /^\$\.permissions: an object/],
    [
      'an unknown type',
      { permissions: { allowed: [{ type: 'table', applyTo: 'Employee' }] } },
      /allowed\[0\]\.type: one/,
    ],
    ['no resource', { permissions: { allowed: [{ type: 'dataclass' }] } }, /allowed\[0\]\.applyTo: a name/],
    [
      'names of resources keep their case',
      { permissions: { allowed: [{ type: 'dataclass', applyTo: 'employee' }] } },
      /allowed\[0\]\.applyTo: there is no dataclass employee/,
    ],
    [
      'an unknown attribute',
      { permissions: { allowed: [{ type: 'attribute', applyTo: 'Employee.pay' }] } },
      /there is no attribute Employee\.pay/,
    ],
    [
      'an unknown function',
      { permissions: { allowed: [{ type: 'method', applyTo: 'Employee.fire' }] } },
      /there is no function Employee\.fire/,
    ],
    [
      'an unknown singleton',
      { permissions: { allowed: [{ type: 'singleton', applyTo: 'Bank' }] } },
      /there is no singleton Bank/,
    ],
    [
      'an unknown function of a singleton',
      { permissions: { allowed: [{ type: 'singletonMethod', applyTo: 'Payroll.stop' }] } },
      /there is no function Payroll\.stop/,
    ],
    [
      'an unknown action',
      { permissions: { allowed: [{ type: 'dataclass', applyTo: 'Employee', reed: ['a'] }] } },
      /allowed\[0\]\.reed: no action/,
    ],
    [
      'an action of another type',
      { permissions: { allowed: [{ type: 'attribute', applyTo: 'Employee.salary', execute: ['a'] }] } },
      /allowed\[0\]\.execute: this attribute has the actions read/,
    ],
    [
      'privileges lent to a stored attribute',
      { permissions: { allowed: [{ type: 'attribute', applyTo: 'Employee.salary', promote: ['a'] }] } },
      /allowed\[0\]\.promote: this attribute has the actions read/,
    ],
    [
      'dropping what an alias shows',
      { permissions: { allowed: [{ type: 'attribute', applyTo: 'Employee.employerName', drop: ['a'] }] } },
      /allowed\[0\]\.drop: this attribute has the actions read/,
    ],
    [
      'a list of something else',
      { permissions: { allowed: [{ type: 'dataclass', applyTo: 'Employee', read: [['a']] }] } },
      /allowed\[0\]\.read\[0\]: a name/,
    ],
  ];
  for (const [title, file, fault] of rows)
    test(title, () => {
      const faults = faultsOf(file);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] as string, fault);
    });

  test('a file of Windows: a byte order mark, and its ends of lines', () =>
    assert.deepEqual(readRolesFile('\uFEFF{\r\n "forceLogin": true\r\n}\r\n', model).faults, []));
  test('what is no JSON says where', () =>
    assert.match(readRolesFile('{"a":', model).faults[0] as string, /^\$: no JSON/));

  test('all faults are told at once', () =>
    assert.equal(faultsOf({ forceLogin: 1, roles: [{}], permissions: { allowed: [{}] } }).length, 4));
});

describe('warnings', () => {
  const warningsOf = (file: unknown): readonly string[] => readRolesFile(JSON.stringify(file), model).warnings;
  const entries = (...allowed: readonly object[]): unknown => ({ permissions: { allowed } });

  test('unknown keys', () => assert.match(warningsOf({ colour: 1 })[0] as string, /^\$\.colour: is not known/));

  test('a privilege that allows nothing', () =>
    assert.match(
      warningsOf({ privileges: [{ privilege: 'Spare' }] })[0] as string,
      /\[0\]: the privilege Spare allows/,
    ));

  test('update without read', () => {
    const [warning, ...more] = warningsOf(
      entries({ type: 'dataclass', applyTo: 'Employee', read: ['a'], update: ['a', 'b'] }),
    );
    assert.match(warning as string, /^\$\.permissions\.allowed\[0\]\.update: b may not read Employee/);
    assert.deepEqual(more, []);
  });

  test('an attribute that is wider than its dataclass', () => {
    const [warning] = warningsOf(
      entries(
        { type: 'attribute', applyTo: 'Employee.salary', read: ['guest', 'a'] },
        { type: 'dataclass', applyTo: 'Employee', read: ['a'] },
      ),
    );
    assert.match(warning as string, /allowed\[0\]\.read: guest may not read Employee/);
  });

  test('a relation whose foreign key says the same to everybody', () => {
    const [warning] = warningsOf(entries({ type: 'attribute', applyTo: 'Employee.employer', read: ['a'] }));
    assert.equal(warning, undefined, 'the foreign key is not exposed here');
  });

  test('the documented example has none', () => assert.deepEqual(warningsOf(documented), []));
});
