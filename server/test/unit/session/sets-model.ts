// A class for tests of entity sets, and keys for it.
import { buildModel } from '../../../src/model/load.ts';
import type { DataClassDef } from '../../../src/model/model.ts';

export const model = buildModel({
  dataClasses: {
    Item: { attributes: { ID: { type: 'long', primKey: true } } },
    Note: { attributes: { code: { type: 'string', primKey: true } } },
  },
});

export const item = model.dataClasses.get('Item') as DataClassDef;
export const note = model.dataClasses.get('Note') as DataClassDef;

/** From so many down to 1: an order that is not that of the keys. */
export const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => count - i);
