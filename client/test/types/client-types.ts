// The types that a client has of a model, checked by the compiler: a line that is wrongly accepted or wrongly refused fails
// `npm run check`. Nothing here runs.
import {
  createClient,
  type Entity,
  type Json,
  type Page,
  type Picture,
  type Reference,
  type RelatedSet,
  type StoredFile,
  type WireAggregates,
} from '@keystamp/client';
import { defineModel, implement } from 'keystamp';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_equal: Same<A, B>): void => undefined;

const model = defineModel({
  dataClasses: {
    Company: {
      attributes: {
        code: { type: 'string', primKey: true },
        name: { type: 'text', mandatory: true },
        serial: { type: 'long64' },
        brochure: { type: 'blob' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        lastName: { type: 'string' },
        salary: { type: 'number' },
        hiringDate: { type: 'date', simpleDate: true },
        spec: { type: 'object' },
        photo: { type: 'image' },
        employer: { kind: 'relatedEntity', dataClass: 'Company' },
      },
    },
  },
});

const app = implement(model, {
  functions: {
    hire: {
      exposed: true,
      async run(lastName: string, since: Date) {
        const made = this.Employee.new({ lastName, hiringDate: since });
        await made.save();
        return made;
      },
    },
    secret: { run: () => 1 },
  },
  dataClasses: {
    Employee: {
      functions: {
        topPaid: {
          exposed: true,
          run(howMany: number) {
            return this.query('salary > 0').slice(0, howMany);
          },
        },
      },
      entityFunctions: {
        badge: {
          exposed: true,
          async run() {
            return { name: this.lastName, since: new Date(), boss: await this.first() };
          },
        },
      },
      selectionFunctions: { cost: { exposed: true, run: async () => 12 } },
    },
  },
  singletons: {
    Payroll: { scope: 'shared', functions: { run: { exposed: true, run: (month: number) => month > 0 } } },
  },
});

const ds = createClient<typeof model>();
const full = createClient<typeof app>();
const untyped = createClient();

type Employee = Entity<typeof model, 'Employee'>;

export async function all(): Promise<void> {
  const page = await ds.Employee.query('salary > :1', 1000);
  same<typeof page, Page<Employee>>(true);
  const [first] = page.entities;
  if (!first) return;
  same<typeof first.ID, number>(true);
  same<typeof first.lastName, string | null>(true);
  same<typeof first.spec, Json | null>(true);
  same<typeof first.photo, Picture | null>(true);
  same<typeof first.employer, Reference | null>(true);
  same<typeof first.__STAMP, number>(true);
  // @ts-expect-error: there is no such attribute
  void first.wage;
  // @ts-expect-error: a name is a text
  first.lastName = 5;
}

export async function some(): Promise<void> {
  const { entities } = await ds.Employee.query('salary > :1', 1000, {
    attributes: ['lastName', 'employer.name', 'employer.staff.ID'],
    orderBy: 'lastName',
  });
  const [first] = entities;
  if (!first) return;
  same<typeof first.lastName, string | null>(true);
  // @ts-expect-error: it was not asked for
  void first.salary;
  const { employer } = first;
  if (!employer) return;
  same<typeof employer.name, string>(true);
  // @ts-expect-error: it was not asked for
  void employer.serial;
  same<(typeof employer.staff.entities)[0] extends infer E ? NonNullable<E>['ID' & keyof NonNullable<E>] : 0, number>(
    true,
  );
  // @ts-expect-error: there is no attribute wage
  void ds.Employee.all({ attributes: ['wage'] });
  // @ts-expect-error: a company has no salary
  void ds.Employee.all({ attributes: ['employer.salary'] });
  // @ts-expect-error: a picture is no relation
  void ds.Employee.all({ expand: ['photo'] });
}

export async function expanded(): Promise<void> {
  const one = await ds.Employee.get(1, { expand: ['employer.staff'] });
  same<typeof one.salary, number | null>(true);
  const { employer } = one;
  if (!employer) return;
  same<typeof employer.serial, number | string | null>(true);
  same<typeof employer.brochure, StoredFile | null>(true);
  same<typeof employer.staff.entities, readonly Entity<typeof model, 'Employee', '*'>[]>(true);
  const company = await ds.Company.get('x');
  same<typeof company.staff, RelatedSet>(true);
  const staff = await company.related('staff');
  same<Awaited<ReturnType<typeof staff.page>>['entities'], readonly Employee[]>(true);
  // @ts-expect-error: a name leads nowhere
  void company.related('name');
  // @ts-expect-error: there is no dataclass Nobody
  void ds.Nobody;
}

export async function written(): Promise<void> {
  const made = ds.Employee.create({ lastName: 'x', photo: new Blob([]), hiringDate: new Date(), employer: 'code' });
  await made.save({ employer: await ds.Company.get('code'), photo: null, salary: 5 });
  // @ts-expect-error: a salary is a number
  void made.save({ salary: 'much' });
  // @ts-expect-error: relations to many are not written
  void made.save({ staff: [] });
  await made.write('photo', new Uint8Array());
  // @ts-expect-error: there are no bytes in a name
  void made.write('lastName', new Uint8Array());
  same<ReturnType<typeof ds.image>, string | undefined>(true);
  ds.image(made, 'photo', { width: 80 });
  // @ts-expect-error: no picture
  ds.image(made, 'lastName');
}

export async function computed(): Promise<void> {
  const selection = ds.Employee.all();
  same<Awaited<ReturnType<typeof selection.count>>, number>(true);
  const greatest = await selection.compute('salary', 'max');
  same<typeof greatest, number | null>(true);
  const every = await selection.compute('salary');
  same<typeof every, WireAggregates>(true);
  const names = await selection.distinct('lastName');
  same<typeof names, readonly string[]>(true);
  const photos = await selection.distinct('photo');
  same<typeof photos, readonly Picture[]>(true);
  // @ts-expect-error: pictures are not added up
  void selection.compute('photo', 'sum');
}

export async function called(): Promise<void> {
  const hired = await full.call.hire('x', new Date());
  same<typeof hired.lastName, string | null>(true);
  await hired.save();
  const best = await full.Employee.call.topPaid(3);
  same<(typeof best)['count'], number>(true);
  same<NonNullable<(typeof best.entities)[0]>['salary'], number | null>(true);
  const badge = await hired.call.badge();
  same<typeof badge.name, string | null>(true);
  same<typeof badge.since, string>(true);
  const cost = await full.Employee.query('ID > 3').call.cost();
  same<typeof cost, number>(true);
  const ran = await full.singleton('Payroll').run(5);
  same<typeof ran, boolean>(true);
  // @ts-expect-error: a number is expected
  void full.Employee.call.topPaid('three');
  // @ts-expect-error: it is not exposed
  void full.call.secret();
  // @ts-expect-error: there is no such singleton
  void full.singleton('Nobody');
  void ds.Employee.call.anything(1, 2);
}

/** As `keystamp types` writes it. */
interface Written {
  readonly model: {
    readonly dataClasses: {
      readonly Employee: {
        readonly attributes: {
          readonly ID: { readonly type: 'long'; readonly primKey: true };
          readonly fullName: { readonly kind: 'calculated'; readonly type: 'string' };
          readonly bossName: { readonly kind: 'alias'; readonly type: 'string'; readonly path: 'boss.fullName' };
          readonly boss: { readonly kind: 'relatedEntity'; readonly dataClass: 'Employee' };
        };
      };
    };
  };
  readonly code: {
    readonly dataClasses: {
      readonly Employee: {
        // oxlint-disable-next-line no-explicit-any -- the catalog tells no parameters
        readonly entityFunctions: { readonly raise: { readonly exposed: true; run(...args: any[]): any } };
      };
    };
  };
}

export async function fromWritten(): Promise<void> {
  const written = createClient<Written>();
  const one = await written.Employee.get(1, { expand: ['boss'] });
  same<typeof one.fullName, string | null>(true);
  same<typeof one.bossName, string | null>(true);
  same<NonNullable<typeof one.boss>['ID'], number>(true);
  await one.call.raise(5);
  // @ts-expect-error: there is no such function
  void one.call.fire();
}

export async function withoutModel(): Promise<void> {
  const page = await untyped.dataClass('Anything').query('x > 1', { attributes: ['a', 'b.c'], top: 3 });
  void page.entities[0]?.['a'].b;
  await page.entities[0]?.save({ anything: 5 });
}
