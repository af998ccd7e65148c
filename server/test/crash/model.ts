// The model of the crash and storm tests: one class with pictures of both ways to count versions, and a file.
import { defineModel } from '../../src/model/definition.ts';

export default defineModel({
  dataClasses: {
    Note: {
      attributes: {
        code: { type: 'string', primKey: true },
        title: { type: 'string', indexed: true },
        photo: { type: 'image' },
        badge: { type: 'image', imageVersion: 'stamp' },
        file: { type: 'blob' },
      },
    },
  },
});
