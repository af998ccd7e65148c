// The sample's data with numbers of changes, and the least code that a call and a login need.
import { defineModel, implement, type ModelDefinition } from 'keystamp';
import { model } from '../../examples/company/model.ts';

const plain: ModelDefinition = {
  ...model,
  dataClasses: Object.fromEntries(
    Object.entries(model.dataClasses as ModelDefinition['dataClasses']).map(([name, { attributes, ...dataClass }]) => [
      name,
      {
        ...dataClass,
        attributes: Object.fromEntries(
          Object.entries(attributes).filter(([, { kind }]) => kind !== 'calculated' && kind !== 'alias'),
        ),
      },
    ]),
  ),
};

export default implement(defineModel(plain), {
  // Everybody is who they say they are, and belongs to the role of that name.
  directory: { login: (name: string) => ({ name, belongsTo: [name] }) },
  functions: {
    employee: {
      exposed: true,
      run(key: number) {
        return this['Employee']?.get(key);
      },
    },
  },
  dataClasses: {
    Employee: {
      entityFunctions: {
        itself: {
          exposed: true,
          onHttpGet: true,
          run() {
            return this;
          },
        },
      },
    },
  },
});
