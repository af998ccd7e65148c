// A small office with something to hide: attributes, pictures, rows, a class that may not be read and one that must look as
// if it did not exist. Two offices may differ in all of that and in nothing else.
import { dataStoreOf, defineModel, implement } from 'keystamp';
import sharp from 'sharp';
import { buildModel } from '../../src/model/load.ts';
import type { Json } from '../../src/model/model.ts';
import type { SeedEntity } from '../../src/model/seed.ts';
import { readRolesFile } from '../../src/session/roles-file.ts';
import { Roles } from '../../src/session/roles.ts';

const definition = defineModel({
  name: 'office',
  dataClasses: {
    Company: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string', indexed: true },
        city: { type: 'string' },
        budget: { type: 'number' },
        logo: { type: 'image' },
        seal: { type: 'image' },
        paper: { type: 'blob' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
        ledger: { kind: 'relatedEntities', dataClass: 'Payslip', inverse: 'payer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true },
        lastName: { type: 'string', indexed: true },
        notes: { type: 'text', keywords: true },
        salary: { type: 'number', indexed: true },
        active: { type: 'bool', defaultValue: true },
        spec: { type: 'object' },
        photo: { type: 'image' },
        cv: { type: 'blob' },
        team: { type: 'string', scope: 'publicOnServer', defaultValue: 'open' },
        companyID: { type: 'long', indexed: true },
        employer: { kind: 'relatedEntity', dataClass: 'Company', foreignKey: 'companyID' },
        managerID: { type: 'long', indexed: true },
        manager: { kind: 'relatedEntity', dataClass: 'Employee', foreignKey: 'managerID' },
        reports: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'manager' },
        payslips: { kind: 'relatedEntities', dataClass: 'Payslip', inverse: 'employee' },
        locker: { kind: 'relatedEntity', dataClass: 'Vault' },
      },
    },
    Payslip: {
      attributes: {
        ID: { type: 'long', primKey: true },
        amount: { type: 'number' },
        scan: { type: 'image' },
        employee: { kind: 'relatedEntity', dataClass: 'Employee' },
        payer: { kind: 'relatedEntity', dataClass: 'Company' },
      },
    },
    Vault: {
      attributes: {
        ID: { type: 'long', primKey: true },
        code: { type: 'string' },
      },
    },
  },
});

const ds = dataStoreOf(definition);

export const model = buildModel(
  implement(definition, {
    directory: {
      /** Everybody is who they say they are, and belongs to the role of that name. */
      login: (name: string) => ({ name, belongsTo: [name] }),
    },
    functions: {
      headcount: {
        exposed: true,
        onHttpGet: true,
        parameters: ['any?', 'Employee?', 'EmployeeSelection?', 'number?'],
        run: () => ds.Employee.all().length(),
      },
      payroll: { exposed: true, run: () => ds.Employee.all().sum('salary') },
      slips: { exposed: true, run: () => ds.Payslip.all() },
      lentPayroll: { exposed: true, run: async () => (await ds.Employee.all().sum('salary')) > 0 },
    },
    dataClasses: {
      Employee: {
        functions: {
          find: { exposed: true, run: (name: unknown) => ds.Employee.query('lastName = :1', String(name)) },
        },
        selectionFunctions: {
          same: {
            exposed: true,
            onHttpGet: true,
            run() {
              return this;
            },
          },
        },
        entityFunctions: {
          head: {
            exposed: true,
            onHttpGet: true,
            run() {
              return this.manager;
            },
          },
          rename: {
            exposed: true,
            async run(lastName: string) {
              this.lastName = lastName;
              return (await this.save()).success;
            },
          },
        },
        restrict: (session) =>
          session.hasPrivilege('seeAll') ? 'ID != null' : { query: 'team = :1', parameters: ['open'] },
      },
    },
  }),
);

const writers = { create: ['edit'], update: ['edit'], drop: ['edit'] };

export const rolesJson = {
  privileges: [
    { privilege: 'edit', includes: ['look'] },
    { privilege: 'pay', includes: ['edit', 'seeAll'] },
  ],
  roles: [
    { role: 'clerk', privileges: ['edit'] },
    { role: 'boss', privileges: ['pay'] },
  ],
  permissions: {
    allowed: [
      { type: 'datastore', applyTo: 'ds', execute: ['look'] },
      { type: 'method', applyTo: 'ds.payroll', execute: ['pay'] },
      { type: 'method', applyTo: 'ds.lentPayroll', execute: ['guest'], promote: ['pay'] },
      { type: 'dataclass', applyTo: 'Company', read: ['guest'], ...writers },
      { type: 'attribute', applyTo: 'Company.budget', read: ['pay'], create: ['pay'], update: ['pay'] },
      { type: 'attribute', applyTo: 'Company.seal', read: ['pay'], update: ['pay'] },
      { type: 'attribute', applyTo: 'Company.city', read: ['guest'], update: ['pay'], drop: ['pay'] },
      { type: 'dataclass', applyTo: 'Employee', read: ['look'], ...writers },
      { type: 'attribute', applyTo: 'Employee.salary', read: ['pay'], update: ['pay'] },
      { type: 'dataclass', applyTo: 'Payslip', read: ['pay'], ...writers },
      { type: 'dataclass', applyTo: 'Vault', read: ['pay'], describe: ['pay'] },
    ],
  },
  restrictedByDefault: true,
  forceLogin: false,
};

export function officeRoles(): Roles {
  const { file, faults } = readRolesFile(JSON.stringify(rolesJson), model);
  if (!file) throw new Error(faults.join('\n'));
  return new Roles(file);
}

/** What two offices may differ in. */
export interface Hidden {
  /** Goes into every hidden value. */
  readonly salt: number;
  /** Employees of the hidden team. */
  readonly spies: readonly number[];
  readonly payslips: number;
  readonly vaults: number;
}

const picture = (shade: number): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 6, channels: 3, background: { r: shade, g: 80, b: 255 - shade } } })
    .png()
    .toBuffer();

/** Visible employees have the keys 1 to 20, hidden ones 50 to 69. */
export const visibleEmployees = 20;

export async function* officeEntities({ salt, spies, payslips, vaults }: Hidden): AsyncGenerator<SeedEntity> {
  /** Other values, in another order. */
  const hiddenNumber = (number: number): number => (salt % 2 === 1 ? number + salt : 4000 - number);
  const one = (
    dataClass: string,
    values: Record<string, Json>,
    media: Record<string, Uint8Array> = {},
  ): SeedEntity => ({
    dataClass,
    values,
    media,
  });
  for (let ID = 1; ID <= 5; ID++)
    yield one(
      'Company',
      { ID, name: `Company ${ID}`, city: ID === 4 ? null : ['Lyon', 'Oslo'][ID % 2]!, budget: hiddenNumber(ID * 1000) },
      {
        ...(ID !== 3 && { logo: await picture(ID * 20) }),
        ...(ID + salt !== 6 && { seal: await picture(100 + ID + salt * 30) }),
        ...(ID < 3 && { paper: Buffer.from(`paper of ${ID}`) }),
      },
    );
  const employee = (ID: number, more: Record<string, Json>): Record<string, Json> => ({
    ID,
    lastName: ['Joubert', 'Smith', 'Sand', 'Okoro', 'Kim'][ID % 5]!,
    notes: `note ${ID} of the week`,
    salary: hiddenNumber(ID * 100),
    spec: { size: ID, tags: ['a', `t${ID % 3}`] },
    active: ID % 4 !== 0,
    companyID: 1 + (ID % 5),
    ...more,
  });
  // Some report to somebody who is hidden, or not there.
  for (let ID = 1; ID <= visibleEmployees; ID++)
    yield one(
      'Employee',
      employee(ID, { managerID: ID < 3 ? null : ID % 7 === 0 ? 50 : 1 + (ID % 2), locker: ID % 3 }),
      ID % 3 === 0 ? {} : { photo: await picture(ID), cv: Buffer.from(`cv of ${ID}`) },
    );
  for (const ID of spies)
    yield one(
      'Employee',
      employee(ID, { team: 'secret', managerID: 1 + (ID % 3), lastName: `Spy ${salt}`, notes: `secret ${salt} week` }),
      { photo: await picture(200 + salt) },
    );
  for (let ID = 1; ID <= payslips; ID++)
    yield one(
      'Payslip',
      { ID, amount: ID * salt, employee: 1 + (ID % 20), payer: 1 + (ID % 5) },
      { scan: await picture(salt) },
    );
  for (let ID = 1; ID <= vaults; ID++) yield one('Vault', { ID, code: `code ${salt}` });
}
