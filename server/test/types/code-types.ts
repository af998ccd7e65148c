// The types that `implement` gives to code, checked by the compiler: `this` in every place, functions calling functions,
// relations, keys. A line that is wrongly accepted or wrongly refused fails `npm run check`. Nothing here runs.
import { defineModel, implement, type Entity, type EntitySelection, type ImageValue, type Json } from 'keystamp';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_equal: Same<A, B>): void => undefined;

const model = defineModel({
  dataClasses: {
    Company: {
      attributes: {
        code: { type: 'string', primKey: true },
        name: { type: 'text', mandatory: true },
        founded: { type: 'date', simpleDate: true },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        lastName: { type: 'string' },
        salary: { type: 'number' },
        lastLogin: { type: 'date' },
        spec: { type: 'object' },
        photo: { type: 'image' },
        employer: { kind: 'relatedEntity', dataClass: 'Company' },
        surname: { kind: 'alias', path: 'lastName' },
        firm: { kind: 'alias', path: 'employer' },
        firmName: { kind: 'alias', path: 'firm.name' },
        colleagues: { kind: 'alias', path: 'firm.staff' },
      },
    },
  },
});

const app = implement(model, {
  functions: {
    hire: {
      exposed: true,
      async run(lastName: string, employer: string) {
        const company = await this.Company.get(employer);
        const made = this.Employee.new({ lastName, employer: company });
        await made.save();
        // @ts-expect-error: there is no dataclass Nobody
        void this.Nobody;
        return made;
      },
    },
  },
  dataClasses: {
    Company: {
      entityFunctions: {
        payroll: {
          run() {
            same<typeof this.founded, string | null>(true);
            return this.staff.raise(1);
          },
        },
      },
    },
    Employee: {
      functions: {
        topPaid: {
          exposed: true,
          onHttpGet: true,
          parameters: ['number'],
          run(howMany: number) {
            return this.query('salary > 0 order by salary desc').slice(0, howMany);
          },
        },
      },
      selectionFunctions: {
        raise: {
          async run(percent: number) {
            let sum = 0;
            for await (const employee of this) {
              employee.salary = (employee.salary ?? 0) * (1 + percent / 100);
              await employee.save();
              sum += await employee.yearly();
            }
            return sum;
          },
        },
      },
      entityFunctions: {
        yearly: {
          run() {
            // @ts-expect-error: there is no such attribute
            void this.wage;
            // @ts-expect-error: a name is a text
            this.lastName = 5;
            return (this.salary ?? 0) * 12;
          },
        },
        boss: {
          async run() {
            const company = await this.employer;
            const best = await this.getDataClass().topPaid(1);
            return company ? { company: company.name, best: await best.first() } : null;
          },
        },
      },
      calculated: {
        label: {
          get() {
            return `${this.lastName}`;
          },
        },
      },
      events: {
        saving() {
          if (this.salary === null) this.salary = 0;
        },
      },
    },
  },
  singletons: {
    Counter: {
      scope: 'shared',
      state: () => ({ count: 0 }),
      functions: {
        next: {
          exposed: true,
          run(step: number) {
            this.count += step;
            return this.count;
          },
        },
      },
    },
  },
});

type Employee = Entity<(typeof app)['model'], (typeof app)['code'], 'Employee'>;

export async function use(employee: Employee): Promise<void> {
  same<typeof employee.ID, number>(true);
  same<typeof employee.salary, number | null>(true);
  same<typeof employee.lastLogin, Date | null>(true);
  same<typeof employee.photo, ImageValue | null>(true);
  same<typeof employee.spec, Json | null>(true);
  same<ReturnType<typeof employee.yearly>, Promise<number>>(true);
  same<typeof employee.surname, string | null>(true);
  same<typeof employee.firmName, Promise<string | null>>(true);
  same<NonNullable<Awaited<typeof employee.firm>>['name'], string>(true);
  same<Awaited<ReturnType<typeof employee.colleagues.toArray>>, Employee[]>(true);
  employee.set({ surname: 'Okafor' });
  // @ts-expect-error: the name of another entity is not written here
  employee.set({ firmName: 'Acme' });
  const company = await employee.employer;
  if (company) {
    same<typeof company.name, string>(true);
    same<Awaited<ReturnType<typeof company.payroll>>, number>(true);
    const staff = company.staff.query('salary > :1', 5).orderBy('lastName');
    const first = await staff.first();
    same<typeof first, Employee | null>(true);
    const employers = staff.related('employer');
    same<NonNullable<Awaited<ReturnType<typeof employers.first>>>['code'], string>(true);
    // @ts-expect-error: salary is no relation
    staff.related('salary');
  }
  employee.set({ employer: 'acme', lastLogin: '2024-05-02T00:00:00Z', salary: 5 }).set({ employer: company });
  // @ts-expect-error: a company's key is a text
  employee.set({ salary: 'much' });
  // @ts-expect-error: yearly takes nothing
  await employee.yearly(3);
}

implement(model, {
  dataClasses: {
    // @ts-expect-error: the model has no such class
    Nobody: {},
  },
});

implement(model, {
  functions: {
    // @ts-expect-error: a function has `run`
    empty: { exposed: true },
    // @ts-expect-error: a flag is a flag
    wrong: { exposed: 'yes', run: () => 1 },
  },
});

// @ts-expect-error: there is one, or one in each session
implement(model, { singletons: { Counter: { scope: 'global', functions: {} } } });

type Hired = Entity<typeof model, unknown, 'Employee'>;

implement(model, {
  functions: {
    hire: { parameters: ['Employee', 'string', 'number?'], run(_person: Hired, _by: string, _days?: number | null) {} },
  },
  dataClasses: {
    Employee: {
      entityFunctions: {
        raise: {
          parameters: ['number', 'EmployeeSelection'],
          async run(percent: number, others: EntitySelection<typeof model, unknown, 'Employee'>) {
            return (this.salary ?? 0) * percent + (await others.length());
          },
        },
        twice: {
          async run() {
            return 2 * (await this.raise(1, this.getDataClass().all()));
          },
        },
      },
    },
  },
});
implement(model, {
  // @ts-expect-error: run wants a number
  functions: { wrong: { parameters: ['string'], run(_days: number) {} } },
});
implement(model, {
  // @ts-expect-error: it may be null
  functions: { wrong: { parameters: ['number?'], run(_days?: number) {} } },
});
implement(model, {
  // @ts-expect-error: there is no dataclass Nobody
  dataClasses: { Employee: { functions: { meet: { parameters: ['Nobody'], run(_other: Hired) {} } } } },
});
