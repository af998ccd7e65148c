// The model of the synchronisation tests: tracked classes with keys of several kinds, a relation, a class apart.
import { defineModel } from '../../src/model/definition.ts';

export default defineModel({
  name: 'sync',
  dataClasses: {
    Person: {
      track: true,
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        name: { type: 'string' },
        salary: { type: 'long' },
        place: { kind: 'relatedEntity', dataClass: 'Place' },
      },
    },
    Place: {
      track: true,
      attributes: {
        code: { type: 'string', primKey: true },
        name: { type: 'string' },
      },
    },
    Seat: {
      track: true,
      attributes: {
        row: { type: 'string', primKey: true },
        number: { type: 'long', primKey: true },
        taken: { type: 'bool' },
      },
    },
    Note: { attributes: { ID: { type: 'long', primKey: true, autosequence: true }, text: { type: 'string' } } },
  },
});

export const trackedNames = ['Person', 'Place', 'Seat'] as const;
