// $attributes, the list in the path and $expand → the attribute tree of the answer (spec 03 § 3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeystampError } from '../../../src/errors.ts';
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef } from '../../../src/model/model.ts';
import { buildColumns, type ColumnsAsked } from '../../../src/plan/columns.ts';
import type { ColumnItem, Columns, Links } from '../../../src/query/columns.ts';
import { exposedSight } from '../../../src/query/sight.ts';

const model = buildModel({
  dataClasses: {
    Company: {
      defaultTopSize: 40,
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
        city: { type: 'string' },
        logo: { type: 'image' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true },
        lastName: { type: 'string' },
        secret: { type: 'string', scope: 'publicOnServer' },
        spec: { type: 'object' },
        photo: { type: 'image' },
        cv: { type: 'blob' },
        employer: { kind: 'relatedEntity', dataClass: 'Company' },
        manager: { kind: 'relatedEntity', dataClass: 'Employee' },
      },
    },
  },
});
const Company = model.dataClasses.get('Company') as DataClassDef;
const Employee = model.dataClasses.get('Employee') as DataClassDef;
const links: Links = { mount: '/rest', brackets: ['(', ')'], imagePrefix: '', imageSuffix: () => '', imageInfo: false };

/**
 * The tree as text: `name`, `photo!` with details, `employer~` deferred, `employer{…}` one entity, `staff[…]` a
 * selection, with `skip+top` before it where that is not the page of the class.
 */
function print({ items }: Columns): string {
  return items.map(printItem).join(' ');
}

function printItem(item: ColumnItem): string {
  const { name } = item.attribute;
  switch (item.kind) {
    case 'value':
      return name;
    case 'media':
      return item.detail ? `${name}!` : name;
    case 'deferred':
      return `${name}~`;
    case 'entity':
      return `${name}{${print(item.columns)}}`;
    case 'selection': {
      const whole = item.skip === 0 && item.top === item.attribute.target.defaultTopSize;
      return `${name}${whole ? '' : `${item.skip}+${item.top}`}[${print(item.columns)}]`;
    }
    case 'calculated':
      return `${name}=`;
    case 'alias':
      return `${name}→${printItem(item.shown)}`;
    default:
      return item satisfies never;
  }
}

const build = (dataClass: DataClassDef, asked: Partial<ColumnsAsked>): Columns =>
  buildColumns(dataClass, { path: [], ...asked }, links, {
    config: { maxExpandDepth: 4, maxExpandedRelations: 6 },
    sight: exposedSight,
  });
const employee = (attributes?: string, expand?: string, path: readonly string[] = []): string =>
  print(
    build(Employee, { path, ...(attributes !== undefined && { attributes }), ...(expand !== undefined && { expand }) }),
  );
const company = (attributes?: string, expand?: string): string =>
  print(build(Company, { ...(attributes !== undefined && { attributes }), ...(expand !== undefined && { expand }) }));

const allEmployee = 'ID lastName spec photo cv employer~ manager~';
const allCompany = 'ID name city logo staff~';

test('nothing, an empty list and * are all attributes in model order, relations deferred', () => {
  assert.equal(employee(), allEmployee);
  assert.equal(employee(''), allEmployee);
  assert.equal(employee('*'), allEmployee);
  assert.equal(employee(' , '), allEmployee);
  assert.equal(company(), allCompany);
});

test('a list stands in the order asked', () => {
  assert.equal(employee('lastName,ID'), 'lastName ID');
  assert.equal(employee(' lastName , ID , lastName '), 'lastName ID');
  assert.equal(employee(undefined, undefined, ['photo', 'ID']), 'photo ID');
});

test('the list of the path wins over $attributes', () => {
  assert.equal(employee('spec', undefined, ['lastName']), 'lastName');
});

test('a relation by name alone stays deferred', () => {
  assert.equal(employee('employer'), 'employer~');
  assert.equal(company('staff'), 'staff~');
});

test('attributes of a relation open it', () => {
  assert.equal(employee('employer.*'), `employer{${allCompany}}`);
  assert.equal(employee('employer.name,lastName,employer.city'), 'employer{name city} lastName');
  assert.equal(company('staff.lastName'), 'staff[lastName]');
  assert.equal(company('staff.*'), `staff[${allEmployee}]`);
  assert.equal(employee('employer.staff.lastName'), 'employer{staff[lastName]}');
  assert.equal(employee('employer.name,employer'), 'employer{name}');
  assert.equal(employee('*,employer.name'), 'ID lastName spec photo cv employer{name} manager~');
  assert.equal(employee('employer.*,employer.staff.lastName'), 'employer{ID name city logo staff[lastName]}');
});

test('$expand keeps all other attributes and joins a list', () => {
  assert.equal(employee(undefined, 'employer'), `ID lastName spec photo cv employer{${allCompany}} manager~`);
  assert.equal(employee('lastName', 'employer'), `lastName employer{${allCompany}}`);
  assert.equal(employee('employer,lastName', 'employer'), `employer{${allCompany}} lastName`);
  assert.equal(employee('lastName,employer.name', 'employer'), 'lastName employer{name}');
});

test('a path of $expand expands every level', () => {
  assert.equal(employee('ID', 'employer.staff'), `ID employer{ID name city logo staff[${allEmployee}]}`);
  assert.equal(
    employee('ID', 'manager.manager'),
    `ID manager{ID lastName spec photo cv employer~ manager{${allEmployee}}}`,
  );
});

test('$expand=$all is every relation of the class', () => {
  assert.equal(employee('ID', '$all'), `ID employer{${allCompany}} manager{${allEmployee}}`);
  assert.equal(company(undefined, '$ALL'), `ID name city logo staff[${allEmployee}]`);
});

test('a page of a to-many relation', () => {
  assert.equal(company('ID', 'staff:20'), `ID staff0+20[${allEmployee}]`);
  assert.equal(company('ID', 'staff:20-40'), `ID staff40+20[${allEmployee}]`);
  assert.equal(employee('ID', 'employer.staff:5'), `ID employer{ID name city logo staff0+5[${allEmployee}]}`);
});

test('without a page the class of the relation says how many', () => {
  const [staff] = build(Company, { attributes: 'staff.ID' }).items;
  assert.equal(staff?.kind === 'selection' && staff.top, 100);
});

test('pictures and BLOBs in $expand show their details, scalars change nothing', () => {
  assert.equal(employee(undefined, 'photo'), 'ID lastName spec photo! cv employer~ manager~');
  assert.equal(employee('cv', 'cv'), 'cv!');
  assert.equal(employee('ID', 'lastName'), 'ID');
  assert.equal(
    company(undefined, 'staff.photo'),
    'ID name city logo staff[ID lastName spec photo! cv employer~ manager~]',
  );
});

/** `code(args)` of every entry, and the status. */
function refused(asked: Partial<ColumnsAsked>, dataClass = Employee): readonly (number | string)[] {
  try {
    build(dataClass, asked);
  } catch (error) {
    assert.ok(error instanceof KeystampError);
    return [error.status, ...error.entries.map((e) => ('code' in e ? `${e.code}(${e.args.join('|')})` : e.http))];
  }
  throw new Error(`${JSON.stringify(asked)} was not refused`);
}

test('unknown and hidden names: one 1500 each in order, then 1804 or 1805', () => {
  assert.deepEqual(refused({ attributes: 'nam,ID,secret' }), [
    404,
    '1500(nam|Employee)',
    '1500(secret|Employee)',
    '1804(nam,ID,secret|Employee)',
  ]);
  assert.deepEqual(refused({ path: ['employer.nam'] }), [404, '1500(nam|Company)', '1804(employer.nam|Employee)']);
  assert.deepEqual(refused({ attributes: 'spec.size' }), [404, '1500(size|Employee)', '1804(spec.size|Employee)']);
  assert.deepEqual(refused({ attributes: 'LastName' }), [404, '1500(LastName|Employee)', '1804(LastName|Employee)']);
  assert.deepEqual(refused({ attributes: 'employer__key' }), [
    404,
    '1500(employer__key|Employee)',
    '1804(employer__key|Employee)',
  ]);
  assert.deepEqual(refused({ attributes: '__proto__' }), [404, '1500(__proto__|Employee)', '1804(__proto__|Employee)']);
  assert.deepEqual(refused({ expand: 'Employer' }), [404, '1500(Employer|Employee)', '1805(Employer|Employee)']);
  assert.deepEqual(refused({ expand: 'employer,employer.boss,x' }), [
    404,
    '1500(boss|Company)',
    '1500(x|Employee)',
    '1805(employer,employer.boss,x|Employee)',
  ]);
  assert.deepEqual(refused({ expand: 'lastName.x' }), [404, '1500(x|Employee)', '1805(lastName.x|Employee)']);
});

test('paths end at the limit of levels', () => {
  assert.equal(employee('manager.manager.manager.ID'), 'manager{manager{manager{ID}}}');
  const deep = 'manager.manager.manager.manager.ID';
  assert.deepEqual(refused({ attributes: deep }), [404, `1500(${deep}|Employee)`, `1804(${deep}|Employee)`]);
  const wide = 'manager.manager.manager.manager.manager';
  assert.deepEqual(refused({ expand: wide }), [404, `1500(${wide}|Employee)`, `1805(${wide}|Employee)`]);
});

test('relations are sent in full at so many places', () => {
  assert.equal(employee(undefined, 'manager.manager.manager,manager.employer,employer.staff').split('{').length - 1, 5);
  assert.deepEqual(
    refused({ expand: 'manager.manager.manager,manager.employer,employer.staff,employer.staff.manager' }),
    [400, '1806(more than 6 relations are to be sent in full)'],
  );
});

test('$expand of a bare array lists attributes too', () => {
  const array = (expand: string, attributes?: string): string =>
    print(build(Employee, { expand, expandLists: true, ...(attributes !== undefined && { attributes }) }));
  assert.equal(array('lastName,employer.name'), 'lastName employer{name}');
  assert.equal(array('employer'), 'employer{ID name city logo staff~}');
  assert.equal(array('lastName', 'ID'), 'ID lastName');
  assert.equal(array('employer.name', '*'), 'ID lastName spec photo cv employer{name} manager~');
  assert.equal(array('employer.*'), 'employer{ID name city logo staff~}');
  assert.equal(array('photo'), 'photo!');
  assert.equal(array(''), 'ID lastName spec photo cv employer~ manager~');
});
