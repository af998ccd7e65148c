// The models and the data of the conversations: small, fixed, and with a picture of every kind.
import { defineModel } from 'keystamp';
import sample, { model as company } from '../../../examples/company/model.ts';
import { pdfBrochure } from '../../../examples/company/brochure.ts';
import { buildModel } from '../../src/model/load.ts';
import type { Json, Model } from '../../src/model/model.ts';
import type { Seed, SeedEntity } from '../../src/model/seed.ts';
import type { Roles } from '../../src/session/roles.ts';
import { model as office, officeEntities, officeRoles } from '../access/office.ts';
import { memberEntities, members } from './members.ts';
import { noteEntities, users } from './users.ts';
import functions from './functions-model.ts';
import { picture, type PictureName } from './pictures.ts';
import { projectCount, projectEntities, projects } from './projects.ts';
import { bare, untracked } from './bare.ts';
import workedOut from './worked-out-model.ts';

/** When the data was made; all pictures were last changed then. */
export const seedTime = Date.UTC(2025, 5, 1, 8);

/** When a conversation begins. The clock stands still but for `@clock`. */
export const startTime = Date.UTC(2025, 5, 1, 9);

interface CompanyRow {
  readonly values: Readonly<Record<string, Json>>;
  readonly logo?: PictureName;
  readonly brochure?: PictureName | 'brochure';
}

const companies: readonly CompanyRow[] = [
  {
    values: {
      ID: 7,
      name: 'Acme',
      city: 'Lyon',
      founded: '3!4!1949',
      revenue: 1250000.5,
      website: 'https://acme.example/',
    },
    logo: 'png-clear',
    brochure: 'brochure',
  },
  {
    values: { ID: 11, name: 'Borealis', city: 'Tromsø', founded: '17!12!1988', revenue: 480000, website: null },
    logo: 'svg',
    brochure: 'text',
  },
  {
    values: { ID: 12, name: 'Cordoba & Sons', city: 'Córdoba', founded: null, revenue: null, website: null },
    brochure: 'html',
  },
  { values: { ID: 13, name: 'Delta', city: null, founded: '1!1!2020', revenue: 0, website: null }, brochure: 'empty' },
];

interface EmployeeRow {
  readonly name: readonly [firstName: string, lastName: string];
  readonly salary: number | null;
  readonly employer: number | null;
  readonly manager: number | null;
  readonly photo?: PictureName;
  readonly more?: Readonly<Record<string, Json>>;
}

/** In the order of their keys, from 1. */
const employees: readonly EmployeeRow[] = [
  { name: ['Ada', 'Joubert'], salary: 52000, employer: 7, manager: null, photo: 'jpeg', more: { birthDate: '10!12!1985', hiringDate: '1!9!2010', lastLogin: '2025-05-30T07:15:00.000Z', notes: "Ada's desk is by the window.", spec: { size: 38, tags: ['mentor', 'travel'] } } },
  { name: ['Bo', 'Smith'], salary: 61000, employer: 7, manager: 1, photo: 'png-clear', more: { birthDate: '2!3!1990', remote: true } },
  { name: ['Carla', 'Stone'], salary: 900, employer: 7, manager: 1, photo: 'gif-animated', more: { birthDate: '29!2!1996', notes: 'Wants to work 80% from spring on.' } },
  { name: ['Dag', 'Sand'], salary: 38000.5, employer: 11, manager: null, photo: 'tiff-clear', more: { hiringDate: '15!6!2019', spec: { size: 44, tags: [] } } },
  { name: ['Eva', 'Lopez'], salary: 45000, employer: 11, manager: 4 },
  { name: ['Femi', 'Okoro'], salary: 47500, employer: 11, manager: 4, photo: 'webp', more: { active: false } },
  { name: ['Gustav', 'Sørensen'], salary: null, employer: 12, manager: null, photo: 'avif' },
  { name: ['Hana', 'Kim'], salary: 58000, employer: 12, manager: 7, photo: 'jpeg-exif-6', more: { notes: 'Prefers "e-mail".' } },
  { name: ['Ivo', 'Katz'], salary: 33000, employer: 12, manager: 7, photo: 'tiff' },
  { name: ['Jo', 'Lee'], salary: 71000, employer: 7, manager: 2, photo: 'jpeg' },
  { name: ['Kai', 'Moreau'], salary: 29000, employer: null, manager: null, photo: 'svg' },
  { name: ['Lea', 'Novák'], salary: 64000, employer: 7, manager: 2, photo: 'pdf' },
]; // oxfmt-ignore

const bytesOf = (name: PictureName | 'brochure'): Promise<Uint8Array> =>
  name === 'brochure' ? Promise.resolve(brochure) : picture(name);

/** Acme's brochure. */
export const brochure = Buffer.from(pdfBrochure(['Acme', 'Lyon, since 1949']));

async function* companyEntities(): AsyncGenerator<SeedEntity> {
  for (const { values, logo, brochure: file } of companies) {
    const media = { ...(logo && { logo: await bytesOf(logo) }), ...(file && { brochure: await bytesOf(file) }) };
    yield { dataClass: 'Company', values, media };
  }
  for (const [index, { name, salary, employer, manager, photo, more }] of employees.entries()) {
    const ID = index + 1;
    const [firstName, lastName] = name;
    const email = `${firstName.toLowerCase()}@acme.example`;
    const badge = `${'0'.repeat(28)}A${String(ID).padStart(3, '0')}`;
    const values = { ID, firstName, lastName, email, salary, badge, employer, manager, ...more };
    yield { dataClass: 'Employee', values, ...(photo && { media: { photo: await bytesOf(photo) } }) };
  }
}

/** Two pictures in one entity, one numbered by the stamp, one by itself; a cached one; several key parts. */
const stamps = defineModel({
  name: 'stamps',
  dataClasses: {
    Product: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        front: { type: 'image', imageVersion: 'stamp' },
        back: { type: 'image', imageVersion: 'stamp' },
        label: { type: 'image', imageVersion: 'image' },
        teaser: { type: 'image', cacheDuration: 600 },
      },
    },
    Page: {
      attributes: {
        book: { type: 'string', primKey: true },
        number: { type: 'long', primKey: true },
        scan: { type: 'image' },
      },
    },
    Reading: {
      attributes: {
        at: { type: 'date', primKey: true },
        good: { type: 'bool', primKey: true },
        value: { type: 'number' },
      },
    },
    Day: { attributes: { day: { type: 'date', simpleDate: true, primKey: true }, text: { type: 'string' } } },
    Star: {
      attributes: {
        number: { type: 'long64', primKey: true },
        name: { type: 'string' },
        mass: { type: 'number' },
        sun: { kind: 'relatedEntity', dataClass: 'Star', onDrop: 'cascade' },
        planets: { kind: 'relatedEntities', dataClass: 'Star', inverse: 'sun' },
      },
    },
  },
});

async function* stampEntities(): AsyncGenerator<SeedEntity> {
  const [front, back, label, teaser] = [await picture('jpeg'), await picture('png'), await picture('webp'), await picture('jpeg-green')]; // oxfmt-ignore
  yield { dataClass: 'Product', values: { ID: 1, name: 'Anvil' }, media: { front, back, label, teaser } };
  yield { dataClass: 'Product', values: { ID: 2, name: 'Rope' } };
  yield { dataClass: 'Page', values: { book: 'Atlas, vol. 1', number: 3 }, media: { scan: await picture('png') } };
}

/** Changes are numbered in all classes but one; keys of several types. */
const tracked = defineModel({
  name: 'tracked',
  dataClasses: {
    Person: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        salary: { type: 'number', minValue: 0 },
        photo: { type: 'image' },
        employer: { kind: 'relatedEntity', dataClass: 'Firm' },
      },
    },
    Firm: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        staff: { kind: 'relatedEntities', dataClass: 'Person', inverse: 'employer' },
      },
    },
    Place: { track: true, attributes: { code: { type: 'string', primKey: true }, name: { type: 'string' } } },
    Token: { track: true, attributes: { id: { type: 'uuid', primKey: true, autogenerate: true } } },
    Seat: {
      track: true,
      attributes: { row: { type: 'string', primKey: true }, number: { type: 'long', primKey: true } },
    },
  },
});

async function* trackedEntities(): AsyncGenerator<SeedEntity> {
  yield { dataClass: 'Firm', values: { ID: 1, name: 'Acme' } };
  yield { dataClass: 'Person', values: { ID: 1, name: 'Ada', salary: 100, employer: 1 }, media: { photo: await picture('jpeg') } }; // oxfmt-ignore
  yield { dataClass: 'Person', values: { ID: 2, name: 'Bo', salary: 200, employer: 1 } };
  yield { dataClass: 'Place', values: { code: 'a&b', name: 'Corner' } };
  yield { dataClass: 'Token', values: { id: '0123456789abcdef0123456789abcdef' } };
  yield { dataClass: 'Seat', values: { row: 'B', number: 7 } };
}

export interface Stock {
  readonly model: Model;
  readonly seed: Seed;
  /** Absent: nothing is protected. */
  readonly roles?: () => Roles;
}

/** What `@model` of a conversation may name. */
export const stocks = {
  company: {
    model: buildModel(bare(company)),
    seed: { total: companies.length + employees.length, entities: companyEntities },
  },
  projects: { model: buildModel(projects), seed: { total: projectCount, entities: projectEntities } },
  /** The same with the sample's code: functions, users. */
  sample: {
    model: buildModel(untracked(sample)),
    seed: { total: companies.length + employees.length, entities: companyEntities },
  },
  /** The sample as it is served. */
  whole: {
    model: buildModel(sample),
    seed: { total: companies.length + employees.length, entities: companyEntities },
  },
  members: { model: buildModel(members), seed: { total: 3, entities: memberEntities } },
  users: { model: buildModel(users), seed: { total: 2, entities: noteEntities } },
  functions: {
    model: buildModel(bare(functions)),
    seed: { total: companies.length + employees.length, entities: companyEntities },
  },
  workedOut: {
    model: buildModel(untracked(workedOut)),
    seed: { total: companies.length + employees.length, entities: companyEntities },
  },
  stamps: { model: buildModel(stamps), seed: { total: 3, entities: stampEntities } },
  office: {
    model: office,
    seed: { total: 0, entities: () => officeEntities({ salt: 1, spies: [50, 51], payslips: 3, vaults: 2 }) },
    roles: officeRoles,
  },
  tracked: { model: buildModel(tracked), seed: { total: 6, entities: trackedEntities } },
} as const satisfies Record<string, Stock>;

export type StockName = keyof typeof stocks;
