// The sample's model: companies and the people who work there, with pictures of both.
import { defineModel, type EntityOf } from 'keystamp';

const model = defineModel({
  name: 'company',
  dataClasses: {
    Company: {
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
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        firstName: { type: 'string' },
        lastName: { type: 'string', indexed: true, mandatory: true },
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
        manager: { kind: 'relatedEntity', dataClass: 'Employee', foreignKey: 'managerID' },
        reports: { kind: 'relatedEntities', dataClass: 'Employee', inverse: 'manager' },
      },
    },
  },
});

export default model;

export type Company = EntityOf<typeof model, 'Company'>;
export type Employee = EntityOf<typeof model, 'Employee'>;
