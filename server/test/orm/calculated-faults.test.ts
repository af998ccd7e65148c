// What code of calculated attributes gives that cannot be is its fault, and told so (spec 15 § 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataStoreOf, defineModel, implement } from 'keystamp';
import { openFilled } from './calculated-model.ts';
import { openModel } from './open-model.ts';
import { ask, save } from './rest.ts';

test('pictures that are none are the fault of the code', async () => {
  const program = await openFilled();
  try {
    const { status, body } = await ask(program, 'GET', '/rest/Member(1)/face?$imageformat=best');
    assert.deepEqual([status, body.__ERROR[0].errCode], [500, 1585]);
  } finally {
    await program.close();
  }
});

test('what code gives that is not of the declared type is its fault', async () => {
  const giving = (value: unknown): (() => never) => (() => value) as () => never;
  const odd = defineModel({
    dataClasses: {
      Odd: {
        attributes: {
          ID: { type: 'long', primKey: true, autosequence: true },
          notNumber: { kind: 'calculated', type: 'long', exposed: true },
          notPicture: { kind: 'calculated', type: 'image', exposed: true },
          notEntity: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          ofAnother: { kind: 'calculated', type: 'entity', dataClass: 'Odd', exposed: true },
          notSelection: { kind: 'calculated', type: 'selection', dataClass: 'Odd', exposed: true },
        },
      },
      Other: { attributes: { ID: { type: 'long', primKey: true } } },
    },
  });
  const others = dataStoreOf(odd);
  const opened = await openModel(
    implement(odd, {
      dataClasses: {
        Odd: {
          calculated: {
            notNumber: { get: giving('many') },
            notPicture: { get: giving('a picture') },
            notEntity: { get: giving({ ID: 1 }) },
            ofAnother: { get: () => others.Other.new() as never },
            notSelection: { get: giving([]) },
          },
        },
      },
    }),
  );
  try {
    assert.equal((await save(opened, 'Odd', { ID: 1 }, '&$attributes=ID')).status, 200);
    for (const name of ['notNumber', 'notPicture', 'notEntity', 'ofAnother', 'notSelection']) {
      const { status, body } = await ask(opened, 'GET', `/rest/Odd(1)?$attributes=${name}`);
      assert.deepEqual([status, body.__ERROR?.[0].errCode], [500, 1585], name);
    }
  } finally {
    await opened.close();
  }
});
