// A model whose aliases show everything an alias can show: values, objects, pictures, BLOBs, relations, N↔N.
import { defineModel } from 'keystamp';
import type { SeedEntity } from '../../src/model/seed.ts';
import { picture } from './pictures.ts';

export const projects = defineModel({
  name: 'projects',
  dataClasses: {
    Country: { attributes: { ID: { type: 'long', primKey: true }, name: { type: 'string' } } },
    Company: {
      attributes: {
        ID: { type: 'long', primKey: true },
        name: { type: 'string' },
        spec: { type: 'object' },
        founded: { type: 'date', simpleDate: true },
        logo: { type: 'image', cacheDuration: 600 },
        brochure: { type: 'blob' },
        country: { kind: 'relatedEntity', dataClass: 'Country' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        lastName: { type: 'string', maxLength: 10 },
        photo: { type: 'image' },
        employer: { kind: 'relatedEntity', dataClass: 'Company' },
        tasks: { kind: 'relatedEntities', dataClass: 'Assignment', inverse: 'member' },
        surname: { kind: 'alias', path: 'lastName', exposed: true },
        portrait: { kind: 'alias', path: 'photo', exposed: true },
        employerName: { kind: 'alias', path: 'employer.name', exposed: true },
        employerSpec: { kind: 'alias', path: 'employer.spec', exposed: true },
        since: { kind: 'alias', path: 'employer.founded', exposed: true },
        employerLogo: { kind: 'alias', path: 'employer.logo', exposed: true },
        employerBrochure: { kind: 'alias', path: 'employer.brochure', exposed: true },
        country: { kind: 'alias', path: 'employer.country', exposed: true },
        homeland: { kind: 'alias', path: 'country.name', exposed: true },
        projects: { kind: 'alias', path: 'tasks.project', exposed: true },
        colleagues: { kind: 'alias', path: 'employer.staff', exposed: true },
        hidden: { kind: 'alias', path: 'employer.name' },
      },
    },
    Project: {
      attributes: {
        ID: { type: 'long', primKey: true },
        title: { type: 'string' },
        tasks: { kind: 'relatedEntities', dataClass: 'Assignment', inverse: 'project' },
        members: { kind: 'alias', path: 'tasks.member', exposed: true },
        employers: { kind: 'alias', path: 'members.employer', exposed: true },
      },
    },
    Assignment: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        member: { kind: 'relatedEntity', dataClass: 'Employee' },
        project: { kind: 'relatedEntity', dataClass: 'Project' },
      },
    },
  },
});

/** Member and project; Ada has two tasks in one project. */
const tasks = [[1, 1], [1, 1], [1, 2], [2, 2]] as const; // oxfmt-ignore

/** Dag's company has no country, Eva has no company. */
const employees = [['Ada', 1], ['Bo', 1], ['Cat', 2], ['Dag', 3], ['Eva', null]] as const; // oxfmt-ignore

export async function* projectEntities(): AsyncGenerator<SeedEntity> {
  const logo = await picture('png-clear');
  const brochure = Buffer.from('Acme, since 1949');
  yield { dataClass: 'Country', values: { ID: 1, name: 'France' } };
  yield { dataClass: 'Country', values: { ID: 2, name: 'Norway' } };
  yield {
    dataClass: 'Company',
    values: { ID: 1, name: 'Acme', spec: { size: 3 }, founded: '3!4!1949', country: 1 },
    media: { logo, brochure },
  };
  yield { dataClass: 'Company', values: { ID: 2, name: 'Borealis', spec: { size: 1 }, country: 2 } };
  yield { dataClass: 'Company', values: { ID: 3, name: 'Canopus' } };
  for (const [lastName, employer] of employees) {
    const media = lastName === 'Ada' && { media: { photo: await picture('jpeg') } };
    yield { dataClass: 'Employee', values: { lastName, employer }, ...media };
  }
  for (const [i, title] of ['Anvil', 'Bridge', 'Canal'].entries())
    yield { dataClass: 'Project', values: { ID: i + 1, title } };
  for (const [member, project] of tasks) yield { dataClass: 'Assignment', values: { member, project } };
}

export const projectCount = 2 + 3 + employees.length + 3 + tasks.length;
