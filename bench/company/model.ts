// The sample's data without its code, roles and numbers of changes: what the hand-written ceilings answer as well.
import { defineModel, type ModelDefinition } from 'keystamp';
import { model } from '../../examples/company/model.ts';

const plain: ModelDefinition = {
  ...model,
  dataClasses: Object.fromEntries(
    Object.entries(model.dataClasses as ModelDefinition['dataClasses']).map(
      ([name, { track: _track, attributes, ...dataClass }]) => [
        name,
        {
          ...dataClass,
          attributes: Object.fromEntries(
            Object.entries(attributes).filter(([, { kind }]) => kind !== 'calculated' && kind !== 'alias'),
          ),
        },
      ],
    ),
  ),
};

export default defineModel(plain);
