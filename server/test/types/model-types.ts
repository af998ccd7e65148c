// The types that `defineModel` and `EntityOf` give, checked by the compiler: a line that is wrongly accepted or wrongly
// refused fails `npm run check`. Nothing here runs.
import { defineModel, type DeferredMedia, type EntityOf, type Json } from 'keystamp';

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_equal: Same<A, B>): void => undefined;

const model = defineModel({
  dataClasses: {
    Company: {
      attributes: {
        code: { type: 'string', primKey: true },
        name: { type: 'text', mandatory: true },
        revenue: { type: 'number' },
        serial: { type: 'long64' },
        founded: { type: 'date', simpleDate: true },
        logo: { type: 'image' },
        brochure: { type: 'blob' },
        staff: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'employer' },
      },
    },
    Employee: {
      attributes: {
        ID: { kind: 'storage', type: 'long', primKey: true, autosequence: true },
        active: { type: 'bool', defaultValue: true },
        spec: { type: 'object' },
        badge: { type: 'uuid', autogenerate: true },
        lastPause: { type: 'duration' },
        companyCode: { type: 'string' },
        employer: { kind: 'relatedEntity', dataClass: 'Company', foreignKey: 'companyCode' },
        company: { kind: 'alias', path: 'employer', exposed: true },
        revenue: { kind: 'alias', path: 'company.revenue' },
        colleagues: { kind: 'alias', path: 'company.staff' },
      },
    },
  },
});

type Company = EntityOf<typeof model, 'Company'>;
type Employee = EntityOf<typeof model, 'Employee'>;

same<Company['code'], string>(true);
same<Company['name'], string>(true);
same<Company['revenue'], number | null>(true);
same<Company['serial'], number | string | null>(true);
same<Company['founded'], string | null>(true);
same<Company['logo'], DeferredMedia | null>(true);
same<Company['brochure'], DeferredMedia | null>(true);
same<Company['staff'], readonly Employee[]>(true);
same<Employee['ID'], number>(true);
same<Employee['active'], boolean | null>(true);
same<Employee['spec'], Json | null>(true);
same<Employee['badge'], string | null>(true);
same<Employee['lastPause'], number | null>(true);
same<Employee['employer'], Company | null>(true);
same<Employee['company'], Company | null>(true);
same<Employee['revenue'], number | null>(true);
same<Employee['colleagues'], readonly Employee[]>(true);
same<
  keyof Employee,
  'ID' | 'active' | 'spec' | 'badge' | 'lastPause' | 'companyCode' | 'employer' | 'company' | 'revenue' | 'colleagues'
>(true);
// @ts-expect-error: the check itself can fail
same<Company['code'], string | null>(true);
// @ts-expect-error: there is no such dataclass
export type Nobody = EntityOf<typeof model, 'Nobody'>;
// @ts-expect-error: an entity is read-only
export const rename = (company: Company): void => void (company.name = 'x');

const ID = { type: 'long', primKey: true } as const;

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        // @ts-expect-error: there is no class Employe
        boss: { kind: 'relatedEntity', dataClass: 'Employe' },
      },
    },
  },
});

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        // @ts-expect-error: there is no attribute bossId
        boss: { kind: 'relatedEntity', dataClass: 'A', foreignKey: 'bossId' },
      },
    },
  },
});

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        boss: { kind: 'relatedEntity', dataClass: 'A' },
        // @ts-expect-error: no attribute of A called chief points to A
        reports: { kind: 'relatedEntities', dataClass: 'A', inverse: 'chief' },
      },
    },
  },
});

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        // @ts-expect-error: b points to B, not to A
        bs: { kind: 'relatedEntities', dataClass: 'B', inverse: 'b' },
      },
    },
    B: { attributes: { ID, b: { kind: 'relatedEntity', dataClass: 'B' } } },
  },
});

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        b: { kind: 'relatedEntity', dataClass: 'B' },
        good: { kind: 'alias', path: 'b.title' },
        // @ts-expect-error: B has no name
        x: { kind: 'alias', path: 'b.name' },
        // @ts-expect-error: nothing follows a value
        y: { kind: 'alias', path: 'b.title.length' },
      },
    },
    B: { attributes: { ID, title: { type: 'string' } } },
  },
});

defineModel({
  dataClasses: {
    A: {
      attributes: {
        ID,
        // @ts-expect-error: there is no type float
        x: { type: 'float' },
        // @ts-expect-error: numbers have no length
        y: { type: 'long', maxLength: 3 },
        // @ts-expect-error: the first value of a flag is a flag
        z: { type: 'bool', defaultValue: 'yes' },
        // @ts-expect-error: pictures have no bounds
        photo: { type: 'image', maxValue: 3 },
      },
    },
  },
});

defineModel({
  dataClasses: {
    // @ts-expect-error: a class has attributes
    A: { table: 'a' },
  },
});
