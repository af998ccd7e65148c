// The model of the histories: entities that are counted up, and a list that grows.
import { defineModel } from '../../src/model/definition.ts';

export default defineModel({
  dataClasses: {
    Counter: {
      attributes: {
        code: { type: 'string', primKey: true },
        value: { type: 'long' },
        by: { type: 'string' },
      },
    },
    Entry: {
      attributes: {
        ID: { type: 'long', primKey: true, autosequence: true },
        series: { type: 'string', indexed: true },
        number: { type: 'long' },
      },
    },
  },
});
