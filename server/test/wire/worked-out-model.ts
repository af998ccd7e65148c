// The company with calculated attributes of every kind, some with code for queries and orders, some without.
import { defineModel, implement, type OrderByEvent, type QueryEvent } from 'keystamp';
import { model as company } from '../../../examples/company/model.ts';

const exposed = { kind: 'calculated', exposed: true } as const;

const model = defineModel({
  name: 'company',
  dataClasses: {
    Company: {
      attributes: {
        ...company.dataClasses.Company.attributes,
        headcount: { ...exposed, type: 'long' },
        badge: { ...exposed, type: 'image' },
      },
    },
    Employee: {
      attributes: {
        ...company.dataClasses.Employee.attributes,
        fullName: { ...exposed, type: 'string' },
        employerName: { kind: 'alias', path: 'employer.name', exposed: true },
        initial: { ...exposed, type: 'string' },
        surname: { ...exposed, type: 'string' },
        monthly: { ...exposed, type: 'number' },
        facts: { ...exposed, type: 'object' },
        portrait: { ...exposed, type: 'image' },
        noPicture: { ...exposed, type: 'image' },
        card: { ...exposed, type: 'blob' },
        peers: { ...exposed, type: 'selection', dataClass: 'Employee' },
        boss: { ...exposed, type: 'entity', dataClass: 'Employee' },
        companySize: { kind: 'alias', path: 'employer.headcount', exposed: true },
        companyBadge: { kind: 'alias', path: 'employer.badge', exposed: true },
      },
    },
  },
});

/** A square of 8 pixels in the colour of the number. */
const svg = (n: number): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="rgb(${n},0,0)"/></svg>`,
  );

export default implement(model, {
  dataClasses: {
    Company: {
      calculated: {
        headcount: { get() { return this.staff.length(); } },
        badge: { get() { return svg(this.ID); } },
      },
    },
    Employee: {
      calculated: {
        fullName: {
          get() { return `${this.firstName} ${this.lastName}`; },
          set(value: string) {
            const [firstName = null, lastName = ''] = value.split(' ');
            this.set({ firstName, lastName });
          },
          query({ operator, value }: QueryEvent<string>) {
            return { query: `firstName ${operator} :1 OR lastName ${operator} :1`, parameters: [value] };
          },
          orderBy({ operator }: OrderByEvent) { return `lastName ${operator}, initial ${operator}`; },
        },
        initial: { get() { return this.firstName?.slice(0, 1) ?? null; } },
        surname: {
          get() { return this.lastName; },
          orderBy({ operator }: OrderByEvent) { return `lastName ${operator}`; },
        },
        monthly: { get() { return this.salary === null ? null : this.salary / 10; } },
        facts: { get() { return { letters: this.lastName.length, first: this.firstName }; } },
        portrait: { get() { return this.photo; } },
        noPicture: { get: () => null },
        card: { get() { return Buffer.from(`${this.firstName} ${this.lastName}`); } },
        peers: { get() { return this.getDataClass().query('companyID = :1 and ID != :2', this.companyID, this.ID); } },
        boss: { get() { return this.manager; } },
      },
    },
  },
}); // oxfmt-ignore
