// The sample's model: companies and the people who work there, with pictures of both, and what can be done with them.
import { defineModel, implement, throwError, type Entity, type EntityOf } from 'keystamp';
import { orderFullName, queryFullName } from './full-name.ts';
import { findUser } from './users.ts';

export const model = defineModel({
  name: 'company',
  dataClasses: {
    Company: {
      // Changes are numbered, so that other windows and copies hear of them.
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string', indexed: true, mandatory: true, maxLength: 80 },
        city: { type: 'string' },
        founded: { type: 'date', simpleDate: true },
        revenue: { type: 'number', minValue: 0 },
        website: { type: 'string' },
        logo: { type: 'image' },
        brochure: { type: 'blob' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        firstName: { type: 'string' },
        lastName: { type: 'string', indexed: true, mandatory: true },
        fullName: { kind: 'calculated', type: 'string', exposed: true },
        email: { type: 'string', unique: true, maxLength: 120 },
        salary: { type: 'number', indexed: true, maxValue: 250_000 },
        birthDate: { type: 'date', simpleDate: true },
        hiringDate: { type: 'date', simpleDate: true },
        lastLogin: { type: 'date' },
        active: { type: 'bool', defaultValue: true },
        remote: { type: 'bool' },
        badge: { type: 'uuid', autogenerate: true },
        notes: { type: 'text', keywords: true },
        spec: { type: 'object' },
        photo: { type: 'image' },
        companyID: { type: 'long', indexed: true },
        managerID: { type: 'long', indexed: true },
        employer: { kind: 'relatedEntity', dataClass: 'Company', foreignKey: 'companyID' },
        employerName: { kind: 'alias', path: 'employer.name', exposed: true },
        manager: { kind: 'relatedEntity', dataClass: 'Employee', foreignKey: 'managerID' },
        reports: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'manager' },
      },
    },
  },
});

/** A person to hire, as a client sends it: an entity that is not saved. */
type NewEmployee = Entity<typeof model, unknown, 'Employee'>;

export default implement(model, {
  directory: { login: findUser },
  functions: {
    /** Companies, people and salaries as they stand. */
    figures: {
      exposed: true,
      onHttpGet: true,
      async run() {
        const people = this.Employee.all();
        return {
          companies: await this.Company.getCount(),
          people: await people.length(),
          payroll: await people.sum('salary'),
        };
      },
    },
    /** Saves a new employee of a company; the first one there becomes the head. */
    hire: {
      exposed: true,
      parameters: ['Employee', 'number'],
      async run(person: NewEmployee, companyID: number) {
        return this.transaction(async () => {
          const company = await this.Company.get(companyID);
          if (!company) throwError({ errCode: 4404, message: 'There is no company {id}', id: companyID });
          const head = await company.staff.query('manager = null').first();
          await person.set({ employer: company, manager: head }).save();
          return person;
        });
      },
    },
  },
  dataClasses: {
    Company: {
      entityFunctions: {
        /** What the staff earns in a month. */
        payroll: {
          exposed: true,
          onHttpGet: true,
          async run() {
            return Math.round((await this.staff.sum('salary')) / 12);
          },
        },
      },
    },
    Employee: {
      calculated: {
        fullName: {
          get() {
            return this.firstName === null ? this.lastName : `${this.firstName} ${this.lastName}`;
          },
          query: queryFullName,
          orderBy: orderFullName,
        },
      },
      events: {
        validateSave() {
          const { birthDate, hiringDate } = this;
          if (birthDate === null || hiringDate === null || hiringDate >= birthDate) return undefined;
          return { errCode: 4409, message: 'Nobody is hired before being born', seriousError: true };
        },
        attributes: {
          email: {
            saving() {
              this.email = this.email?.toLowerCase() ?? null;
            },
          },
        },
      },
      functions: {
        topPaid: {
          exposed: true,
          parameters: ['number'],
          onHttpGet: true,
          run(howMany: number) {
            return this.query('salary != null order by salary desc').slice(0, howMany);
          },
        },
      },
      selectionFunctions: {
        /** Raises all salaries, or none when one of them would be too high. */
        raise: {
          exposed: true,
          parameters: ['number'],
          async run(percent: number) {
            return this.getDataClass()
              .getDataStore()
              .transaction(async () => {
                for await (const person of this)
                  if (person.salary !== null) {
                    person.salary = Math.round(person.salary * (100 + percent)) / 100;
                    await person.save();
                  }
                return { people: await this.length(), payroll: await this.sum('salary') };
              });
          },
        },
      },
      entityFunctions: {
        /** The names of the managers, from the nearest to the head of the company. */
        chainOfCommand: {
          exposed: true,
          onHttpGet: true,
          async run() {
            const names: string[] = [];
            for (let boss = await this.manager; boss; boss = await boss.manager) names.push(boss.lastName);
            return names;
          },
        },
      },
    },
  },
  singletons: {
    /** The last people that a session looked at. */
    RecentlySeen: {
      scope: 'session',
      state: () => ({ keys: [] as number[] }),
      functions: {
        see: {
          exposed: true,
          parameters: ['number'],
          run(key: number) {
            this.keys = [key, ...this.keys.filter((each) => each !== key)].slice(0, 10);
            return this.keys;
          },
        },
      },
    },
  },
});

export type Company = EntityOf<typeof model, 'Company'>;
export type Employee = EntityOf<typeof model, 'Employee'>;
